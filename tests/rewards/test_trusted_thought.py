"""Trust-GRPO: a judge is believed as far as it prefers right responses."""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from dataclasses import dataclass

import pytest

from judged import judged
from menolab.records import Group
from menolab.rewards.reward import Reward
from menolab.rewards.trusted_thought import TrustedThought


@dataclass(frozen=True)
class _Told(Reward):
    """The score that the text names; None for a question mark."""

    def __call__(self, group: Group, progress: float) -> Sequence[float | None]:
        return [None if r.text == "?" else float(r.text) for r in group.rollouts]


def _term(*rows: tuple[str, str], progress: float = 0.0) -> list[float | None]:
    return list(TrustedThought(_Told(), weight=0.3, decay=0.5)(judged(*((text, label, 3) for text, label in rows)), progress))


def _oracle(rows: Sequence[tuple[float, bool]], progress: float) -> list[float]:
    good, bad = ([s for s, right in rows if right == wanted] for wanted in (True, False))
    gap = sum(good) / len(good) - sum(bad) / len(bad)
    gamma = 1.0 if gap >= 0 else math.exp(gap)
    return [gamma * 0.3 * math.exp(-progress / 0.5) * s for s, _ in rows]


@pytest.mark.parametrize("seed", range(10))
def test_formula(seed: int) -> None:
    rng = random.Random(seed)
    rows = [(rng.random(), i < 3) for i in range(7)]
    expected = _oracle(rows, rng_progress := rng.random())
    assert _term(*((str(s), "right" if right else "wrong") for s, right in rows), progress=rng_progress) == pytest.approx(expected)


def test_trust_is_1_for_a_good_judge_and_falls_smoothly_for_a_bad_one() -> None:
    worth = [(_term(("0.5", "right"), (str(0.5 + gap / 10), "wrong"))[0] or 0.0) / 0.15 for gap in range(-5, 6)]
    assert worth[:6] == pytest.approx([1.0] * 6) and worth[6:] == pytest.approx([math.exp(-gap / 10) for gap in range(1, 6)])


def test_groups_without_both_outcomes_get_nothing() -> None:
    assert _term(("0.9", "right"), ("0.1", "right")) == [0.0, 0.0] == _term(("0.9", "wrong"), ("0.1", "wrong"))
    assert _term(("0.9", "right"), ("?", "wrong")) == [0.0, None]
    assert _term(("0.9", "undecided"), ("0.4", "right"), ("0.1", "wrong")) == pytest.approx([None, 0.12, 0.03])


def test_it_fades_and_never_turns_right_and_wrong_round() -> None:
    worst = (("0.0", "right"), ("1.0", "wrong"))
    for progress in (0.0, 0.3, 1.0):
        right, wrong = _term(*worst, progress=progress)
        assert right is not None and wrong is not None and 1.0 + right > 0.0 + wrong
    faded = [_term(("1.0", "right"), ("0.0", "wrong"), progress=p)[0] for p in (0.0, 0.5, 1.0)]
    assert faded == pytest.approx([0.3, 0.3 / math.e, 0.3 / math.e**2])
