"""Words of reflection: planted ones are found and told apart, and length differences split exactly."""

from __future__ import annotations

import json
import math
import random
from dataclasses import dataclass
from pathlib import Path

import pytest

from evaluation.metrics.tables import row
from fakes import FakeEngine, Sums, sums
from menolab.cli.main import main
from menolab.engines.decoding import Decoding
from menolab.evaluation import record
from menolab.evaluation.evaluate import evaluate
from menolab.keys import Key
from menolab.records import Completion, Request
from menolab.studies.desk import Desk
from menolab.studies.oat_zero import OatZero, effective, split
from menolab.studies.study import carry_out
from menolab.studies.subject import Subject


@pytest.mark.parametrize(
    ("text", "label", "wanted"),
    [
        ("<think>The answer is 8.\nLet me recheck.\n</think><answer>7</answer>", "right", True),
        ("<think>The answer is 7.\nLet me recheck.\n</think><answer>7</answer>", "right", False),
        ("<think>The answer is 8.\nLet me recheck.\n</think><answer>9</answer>", "wrong", False),
        ("<think>Let me rethink it at once.\n</think><answer>7</answer>", "right", False),
        ("<think>The answer is 8.\nNo: it is 7.\n</think><answer>7</answer>", "right", None),
        ("<think>The answer is 8.\nTry again. The answer is 7.\nTo be safe I check again.</think><answer>7</answer>", "right", True),
    ],
)
def test_planted_reflections(text: str, label: str, wanted: bool | None) -> None:
    assert effective(Sums(), row("3+4", text=text, gold="7", prompt="3 + 4 =", label=label)) is wanted


def test_split_is_exact() -> None:
    rng = random.Random(0)
    for _ in range(100):
        share_a, share_b = rng.random(), rng.random()
        with_a, with_b, without_a, without_b = (rng.uniform(5, 50) for _ in range(4))
        mix, within = split(share_a, share_b, with_a, with_b, without_a, without_b)
        whole = share_b * with_b + (1 - share_b) * without_b - share_a * with_a - (1 - share_a) * without_a
        assert mix + within == pytest.approx(whole, abs=1e-9)
        assert split(share_a, share_b, with_a, with_a, without_a, without_a)[1] == pytest.approx(0.0, abs=1e-12)
        assert split(share_a, share_a, with_a, with_b, without_a, without_b)[0] == 0.0
    mix, within = split(0.0, 0.5, math.nan, 30.0, 10.0, 12.0)
    assert mix == pytest.approx(0.5 * (30 - 11)) and within == pytest.approx(0.75 * 2), "a new kind is no change within it"
    assert sum(split(0.0, 0.0, math.nan, math.nan, 10.0, 12.0)) == 2.0


@dataclass
class Trained(FakeEngine):
    """Right with `skill`; right responses are longer, and a fixed share of all says that it rechecks, to no effect."""

    def _one(self, request: Request) -> Completion:
        a, b = map(int, self.decode(request.prompt).removesuffix(" =").split(" + "))
        rng = request.key.random()
        is_right = rng.random() < self.skill
        reflects = "recheck " if rng.random() < 0.3 else "so then "
        text = f"<think>{reflects}{'step by step ' * (4 if is_right else 1)}</think><answer>{a + b + (0 if is_right else 1)}</answer>"
        return Completion(tuple(map(ord, text)), (-0.5,) * len(text), "stop")


def test_length_grows_with_right_answers_and_not_with_reflection(tmp_path: Path) -> None:
    """The row's works_when on stubs: reward makes right answers more frequent, they are longer, and reflections stay what they were."""
    subjects = [Subject("before", engine=lambda: Trained(skill=0.2)), Subject("after", engine=lambda: Trained(skill=0.8))]
    found = carry_out(OatZero(samples=8), subjects, Desk(tmp_path, on=Sums(), problems=40))
    by_right, by_reflection = found.tables[0].rows
    difference = by_right[2]
    assert isinstance(difference, float) and difference == pytest.approx(by_reflection[2]) == pytest.approx(0.6 * 39, abs=4)  # type: ignore[arg-type]
    assert by_right[4] == pytest.approx(difference, abs=1.0) and abs(by_reflection[4]) < 1.0  # type: ignore[arg-type]
    assert found.numbers["after reflecting"].mean == pytest.approx(0.3, abs=0.06)
    assert found.numbers["after effective"].mean == 0.0 and "to effect" in found.verdict


def test_through_the_verb(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = record.save(tmp_path, "m", evaluate(FakeEngine(), Sums(), sums(8), Decoding(), 2, Key.root(0), model="plain"))
    assert main(["study", "oat-zero", str(path), "--out", str(tmp_path / "out"), "--json"]) == 0
    data = json.loads(capsys.readouterr().out)
    assert data["numbers"]["plain reflecting"]["mean"] == 0.0 and data["numbers"]["plain effective"]["mean"] is None
    assert "no response holds a word" in data["verdict"]
