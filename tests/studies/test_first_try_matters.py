"""First tries: the kinds of reflections by hand, shares that sum to one, and early stops replayed on planted traces."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import pytest

from evaluation.metrics.tables import row
from fakes import FakeEngine, Sums, sums
from menolab.cli.main import main
from menolab.engines.decoding import Decoding
from menolab.evaluation import record
from menolab.evaluation.evaluate import evaluate
from menolab.evaluation.metrics.metric import Table
from menolab.keys import Key
from menolab.records import Completion, Request
from menolab.studies.desk import Desk
from menolab.studies.first_try_matters import KINDS, FirstTryMatters, kind, look, reflections, stopped
from menolab.studies.study import carry_out
from menolab.studies.subject import Subject
from menolab.studies.tried import Try, tried


def one(end: int, answer: str, right: bool) -> Try:
    return Try(end, answer, "right" if right else "wrong", ("RIGHT:" if right else "") + answer)


@pytest.mark.parametrize(
    ("before", "after", "wanted"),
    [
        (one(1, "7", True), one(2, "7", True), "T->T"),
        (one(1, "7", True), one(2, "8", False), "T->F"),
        (one(1, "8", False), one(2, "7", True), "F->T"),
        (one(1, "8", False), one(2, "8", False), "F->F same"),
        (one(1, "8", False), one(2, "9", False), "F->F different"),
        (Try(1, "?", "undecided", "?"), Try(2, "?", "undecided", "?"), "F->F same"),
    ],
)
def test_kinds(before: Try, after: Try, wanted: str) -> None:
    assert kind(before, after) == wanted


def test_numbers_by_hand() -> None:
    # Texts of ten characters, ten tokens. Sample by sample: answers at these places, and the final verdict of the last.
    answers = [
        (one(2, "8", False), one(6, "7", True), one(10, "7", True)),  # F->T, T->T
        (one(4, "7", True), one(10, "7", True)),  # T->T
        (one(5, "8", False), one(10, "8", False)),  # F->F same
        (one(5, "7", True), one(8, "9", False), one(10, "5", False)),  # T->F, F->F different
        (),  # nothing stated
        (one(10, "7", True),),
    ]
    finals = [1, 1, 0, 0, 0, 1]
    rows = [row(f"p{i // 2}", i % 2, text="x" * 10, label="right" if finals[i] else "wrong") for i in range(6)]
    found = look(answers, Table(rows, 2, Key.root(0)), 3)
    assert found.reflections == 6
    shares = {name: estimate.mean for name, estimate in found.kinds.items() if estimate is not None}
    assert shares == pytest.approx({"T->T": 2 / 6, "F->F same": 1 / 6, "F->F different": 1 / 6, "F->T": 1 / 6, "T->F": 1 / 6})
    means = {name: value.mean for name, value in found.numbers.items()}
    assert means["first right"] == pytest.approx(3 / 5) and means["final right"] == pytest.approx(3 / 5)
    assert means["icr"] == pytest.approx(1 / 2) and means["cir"] == pytest.approx(1 / 3)
    assert means["answers"] == pytest.approx(11 / 6)
    assert means["confirming"] == pytest.approx(3 / 6)
    assert means["first answer at"] == pytest.approx((0.3 + 0.5 + 1.0) / 3), "problems weigh alike: the last has one sample with an answer"
    assert means["first right answer at"] == pytest.approx((0.5 + 0.5 + 1.0) / 3)
    assert means["after the first right"] == pytest.approx((4 + 6 + 5 + 0) / 40)
    first, second, third = found.stops
    assert first.right.mean == pytest.approx(3 / 6) and first.tokens.mean == pytest.approx((2 + 4 + 5 + 5 + 10 + 10) / 60)
    assert second.right.mean == pytest.approx(3 / 6) and second.change.mean == pytest.approx(0.0)
    assert third.tokens.mean == 1.0 and third.change.mean == 0.0


def test_a_response_with_fewer_answers_is_read_to_its_end() -> None:
    sample = row(text="x" * 8, label="right")
    assert stopped(sample, (one(4, "8", False),), 1) == (False, 0.5)
    assert stopped(sample, (one(4, "8", False),), 2) == (True, 1.0)
    assert stopped(row(text="", label="wrong"), (), 1) == (False, 1.0)


@dataclass
class Reflecting(FakeEngine):
    """Says an answer, then reflects twice: `keeps` is how often a reflection leaves it as it is; a changed one is right half of the time."""

    keeps: float = 0.95
    first: float = 0.7

    def _one(self, request: Request) -> Completion:
        a, b = map(int, self.decode(request.prompt).removesuffix(" =").split(" + "))
        rng = request.key.random()
        says = a + b if rng.random() < self.first else a + b + 1
        text = f"<think>adding up. The answer is {says}.\n"
        for _ in range(2):
            if rng.random() >= self.keeps:
                says = a + b if rng.random() < 0.5 else a + b + rng.randint(2, 9)
            text += f"Let me check that once more, slowly and with care. The answer is {says}.\n"
        text += f"</think><answer>{says}</answer>"
        return Completion(tuple(map(ord, text)), (-0.5,) * len(text), "stop")


def test_mostly_confirming_reflections_cost_tokens_and_gain_little(tmp_path: Path) -> None:
    """The row's works_when: exact extraction, shares that sum to one, and an early stop that cuts tokens at a bounded loss."""
    subject = Subject("confirms", engine=Reflecting)
    found = carry_out(FirstTryMatters(samples=6), [subject], Desk(tmp_path, on=Sums(), problems=24))
    sheet = found.tables[0]
    shares = [value.mean or 0.0 for value in sheet.rows[0][1:-1]]  # type: ignore[union-attr]
    assert list(sheet.columns[1:-1]) == list(KINDS) and sum(shares) == pytest.approx(1.0, abs=1e-12)
    assert sheet.rows[0][-1] == 24 * 6 * 2, "two are planted in each"
    assert found.numbers["confirms confirming"].mean == pytest.approx(0.95, abs=0.05)
    k, right, change, tokens = found.tables[1].rows[0][1:]
    assert k == 1 and tokens.mean < 0.35 and abs(change.mean) < 0.08 and right.n == 24  # type: ignore[union-attr]
    assert "repeat the answer" in found.verdict


def test_extraction_is_exact_on_planted_traces() -> None:
    result = evaluate(Reflecting(keeps=0.3), Sums(), sums(12), Decoding(), 4, Key.root(0))
    by_id = {problem.id: problem for problem in sums(12)}
    for sample in result.rows:
        planted = [line.rsplit(" ", 1)[1].rstrip(".") for line in sample.text.splitlines()[:3]]
        found = tried(Sums(), by_id[sample.problem], sample.text)
        assert [t.answer for t in found] == planted
        assert [t.label for t in found] == ["right" if said == sample.gold else "wrong" for said in planted]
        assert sum(reflections(found).values()) == 2


def test_through_the_verb(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from menolab.tasks.countdown import Countdown, countdown_demonstration

    task = Countdown()
    problems = [task(Key.root(1).fold(i)) for i in range(6)]

    class Writes(FakeEngine):
        def _one(self, request: Request) -> Completion:
            problem = next(p for p in problems if p.prompt == self.decode(request.prompt))
            text = countdown_demonstration(problem, "tries", request.key).text
            return Completion(tuple(map(ord, text)), (-0.5,) * len(text), "stop")

    path = record.save(tmp_path, "m", evaluate(Writes(), task, problems, Decoding(), 4, Key.root(0), model="tries"))
    assert main(["study", "first-try-matters", str(path), "--out", str(tmp_path / "out"), "--stops", "2", "--json"]) == 0
    data = json.loads(capsys.readouterr().out)
    assert data["numbers"]["tries icr"]["mean"] is not None and data["numbers"]["tries answers"]["mean"] > 1
    assert (tmp_path / "out" / "study.html").read_text().count("F-&gt;F different") == 1
