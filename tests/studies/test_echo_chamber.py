from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest

from menolab.keys import Key
from menolab.studies.desk import Desk
from menolab.studies.echo_chamber import EchoChamber, countdown_style, demonstrated, exactness, format_of, shares_of, style_of, total_variation
from menolab.tasks.countdown import Countdown
from studies.simulated import subjects

TEXTS = {
    "guess": "<think></think><answer>(80-33)-1</answer>",
    "tries": "<think>95-33=62 80-62=18\n95+33=128 128+80=208</think><answer>1</answer>",
    "goal": "<think>80+33=113 80-33=47 95-48=47 48+95=143</think><answer>95-(80-33)</answer>",
}


@pytest.mark.parametrize("fields", [{}, {"styles": ("search", "thorough"), "weights": (0.5, 0.5)}, {"numbers": 2, "operations": "+-"}])
def test_styles_are_told_exactly_from_templates(fields: dict):
    assert exactness(Countdown(**fields), 60, Key.root(1)) == 1.0


def test_styles_of_texts():
    styles = ("guess", "tries", "goal")
    assert {name: countdown_style(text, 3, styles) for name, text in TEXTS.items()} == {name: name for name in TEXTS}
    assert countdown_style("<think>Let me think.</think>", 3, styles) == "other"
    assert countdown_style("<think>95-33=62 80-62=18\n95-3", 3, styles) == "tries", "a last line that was cut off does not count"
    assert countdown_style("<think>8*3=24 8/2=4 24-4=20 1+1=2</think>", 3, ("goal", "thorough")) == "thorough"
    assert style_of("words only", "id", ()) == "words"


def test_formats():
    assert format_of("def simple_math_problem() -> int:\n    return 3") == "code" and format_of("<llm-code>\nprint(3)") == "code"
    assert format_of(r"so $x = 3$, \boxed{3}") == "symbols" and format_of("She pays $3 for it.") == "words"


def test_shares_and_distance():
    told = ["a", "b", "a", "a", "c", "c"]
    assert shares_of(told, ["a", "b", "c"], 3).tolist() == [[2 / 3, 1 / 3, 0], [1 / 3, 0, 2 / 3]]
    p, q = [0.2, 0.3, 0.5], [0.5, 0.5, 0.0]
    assert total_variation(np.array(p), np.array(q)) == pytest.approx(sum(max(0.0, a - b) for a, b in zip(p, q, strict=True)))
    assert demonstrated(Countdown(weights=(4, 3, 3))) == {"guess": 0.4, "tries": 0.3, "goal": 0.3}


def test_a_mixture_that_collapses_on_one_style(tmp_path: Path):
    """The row's condition on the figures: one style's share goes to about 1, accuracy rises, pass@k falls, and the study says so."""
    rng = np.random.default_rng(0)
    styles = ("guess", "tries", "goal")
    drawn = rng.choice(3, size=(60, 16), p=(0.4, 0.3, 0.3))
    right = rng.random((60, 16)) < np.array([0.2, 0.2, 0.5])[drawn]
    (before,) = subjects(right, labels=("before",), text=lambda p, s: TEXTS[styles[drawn[p, s]]])
    solved = rng.random(60) < 0.8
    after_right = np.repeat(solved[:, None], 16, axis=1)
    (after,) = subjects(after_right, labels=("after",), text=lambda p, s: TEXTS["goal"])
    n = (found := EchoChamber(checked=20)([before, after], Desk(tmp_path))).numbers
    assert found.facts["amplified"] == "goal" and n["its share after"].mean == 1.0 and abs(n["its share before"].mean - 0.3) < 0.05
    assert n["its accuracy before"].mean == pytest.approx(right[drawn == 2].mean())
    assert n["the others' accuracy before"].mean == pytest.approx(right[drawn != 2].mean())
    p = [(drawn == i).mean() for i in range(3)]
    assert n["style entropy before"].mean == pytest.approx(-sum(x * math.log(x) for x in p)) and n["style entropy after"].mean == 0
    assert n["distance from the mixture after"].mean == pytest.approx(0.7)
    assert n["pass@1 difference"].low > 0 > n["pass@16 difference"].high
    assert "Training converged on it." in found.verdict and not found.warnings
