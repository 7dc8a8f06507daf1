"""Right against wrong within problems, the frontier, and votes of the shortest on synthetic samples."""

from __future__ import annotations

import json
import random
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from evaluation.metrics.tables import row
from fakes import FakeEngine, Sums, sums
from menolab.cli.main import main
from menolab.engines.decoding import Decoding
from menolab.errors import BadInput
from menolab.evaluation import record
from menolab.evaluation.evaluate import evaluate
from menolab.evaluation.metrics.metric import Table
from menolab.keys import Key
from menolab.records import Completion, Request
from menolab.studies.desk import Desk
from menolab.studies.study import carry_out
from menolab.studies.subject import Subject
from menolab.studies.think_deep_think_fast import ThinkDeepThinkFast, frontier, shortest_vote, ways, within


@dataclass
class Rambling(FakeEngine):
    """Wrong more often than right, each time with the same slip; wrong responses are longer by `longer` words of doubt."""

    longer: int = 12

    def _one(self, request: Request) -> Completion:
        a, b = map(int, self.decode(request.prompt).removesuffix(" =").split(" + "))
        rng = request.key.random()
        is_right = rng.random() < 0.42
        doubt = "perhaps it is, wait, hmm " * (0 if is_right else self.longer // 6)
        text = f"<think>{'counting on ' * rng.randint(1, 6)}{doubt}therefore</think><answer>{a + b + (0 if is_right else 1)}</answer>"
        return Completion(tuple(map(ord, text)), (-0.5,) * len(text), "stop")


def test_where_right_answers_are_shorter_a_vote_of_the_shortest_beats_the_plain_vote(tmp_path: Path) -> None:
    """The row's works_when."""
    subjects = [Subject("rambles", engine=Rambling), Subject("even", engine=lambda: Rambling(longer=0))]
    found = carry_out(ThinkDeepThinkFast(samples=15, keep=0.3), subjects, Desk(tmp_path, on=Sums(), problems=30))
    n = found.numbers
    gain, none = n["rambles shortest less all"], n["even shortest less all"]
    assert gain.low is not None and gain.low > 0.3 and n["rambles shortest less as many"].low > 0.3  # type: ignore[operator]
    assert none.mean is not None and abs(none.mean) < 0.2
    for name in ("tokens", "hedging", "backtracking"):
        assert n[f"rambles {name}, wrong less right"].low > 0, name  # type: ignore[operator]
    assert n["rambles discourse, wrong less right"].high < 0, "the same words, more thinly spread"  # type: ignore[operator]
    assert n["even hedging, wrong less right"].mean is None and "No response holds words of hedging" in found.verdict  # nothing was seen, so nothing is known
    assert "wrong responses against right ones: longer" in found.verdict and "Words that differ: hedging" in found.verdict
    names = [row[0] for row in found.tables[1].rows]
    assert "rambles vote of the shortest 30%" in names


def test_frontier_against_all_pairs() -> None:
    rng = random.Random(0)
    for _ in range(50):
        points = [(str(i), float(rng.randint(1, 6)), rng.randint(1, 6) / 6) for i in range(12)]
        best = frontier(points)
        beaten = {p for p in points for q in points if q[1] <= p[1] and q[2] >= p[2] and q[1:] != p[1:]}
        assert {p[1:] for p in best} == {p[1:] for p in points if p not in beaten}
        assert [p[1] for p in best] == sorted(p[1] for p in best) and len({p[1:] for p in best}) == len(best)
    assert frontier([]) == []


def test_within_leaves_out_problems_without_both() -> None:
    values = np.array([[1.0, 2.0, 6.0], [5.0, 5.0, 5.0], [4.0, 8.0, 0.0], [9.0, 9.0, 9.0]])
    right = np.array([[1.0, 0.0, 0.0], [1.0, 1.0, 1.0], [1.0, 0.0, 1.0], [0.0, 0.0, 0.0]])
    right_Q, wrong_Q = within(values, right)
    assert list(right_Q) == [1.0, 2.0] and list(wrong_Q) == [4.0, 8.0]


def test_shortest_vote_by_hand() -> None:
    votes = [["RIGHT:1", "2", "2", "RIGHT:1"], ["3", "RIGHT:4", None, "3"]]
    tokens = np.array([[5.0, 9.0, 7.0, 5.0], [2.0, 2.0, 1.0, 8.0]])
    accuracy, cost = shortest_vote(votes, tokens, 0.5)
    assert list(accuracy) == [1.0, 0.0], "two right ones; the unparsed and the earlier of two equally long"
    assert list(cost) == [5 + 5 + 5 + 5, 2 + 2 + 1 + 2]
    accuracy, cost = shortest_vote(votes, tokens, 0.75)
    assert list(accuracy) == [1.0, 0.5], "a tie of 3 and 4 is worth half"
    assert list(cost) == [5 + 7 + 7 + 5, 2 + 2 + 1 + 2]
    assert list(shortest_vote(votes, tokens, 1.0)[0]) == [0.5, 0.0]


def test_ways_cost_what_they_draw() -> None:
    rows = [row("p", s, tokens=10 * (s + 1), label="right" if s else "wrong", vote="RIGHT:1" if s else "0") for s in range(3)]
    found = ways(Table(rows, 3, Key.root(0)), 1 / 3)
    assert [p[:2] for p in found] == [("maj@1", 20.0), ("maj@2", 40.0), ("maj@3", 60.0), ("vote of the shortest 33%", 30.0)]
    assert [p[2] for p in found] == pytest.approx([2 / 3, 2 / 3, 1.0, 0.0])


def test_one_answer_a_problem_says_nothing(tmp_path: Path) -> None:
    result = evaluate(FakeEngine(), Sums(), sums(4), Decoding(), 1, Key.root(0), model="one")
    with pytest.raises(BadInput, match="one answer a problem"):
        carry_out(ThinkDeepThinkFast(), [Subject("one", {"sums": result})], Desk(tmp_path))


def test_through_the_verb(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = record.save(tmp_path, "m", evaluate(Rambling(), Sums(), sums(12), Decoding(), 6, Key.root(0), model="m"))
    assert main(["study", "think-deep-think-fast", str(path), "--out", str(tmp_path / "out"), "--json"]) == 0
    data = json.loads(capsys.readouterr().out)
    assert data["numbers"]["m tokens, wrong less right"]["mean"] > 0 and len(data["tables"][0]["rows"]) == 5
    assert "Wrong less right" in (tmp_path / "out" / "study.html").read_text()
