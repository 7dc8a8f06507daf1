"""Accuracy against difficulty: levels, collapse and effort by hand, and a noisy stub whose accuracy collapses with the size of the puzzle."""

from __future__ import annotations

import json
import math
import re
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from scipy import stats

from fakes import FakeEngine, Sums
from menolab.cli.main import main
from menolab.engines.decoding import Decoding
from menolab.errors import BadInput
from menolab.evaluation import record, statistics
from menolab.evaluation.evaluate import evaluate
from menolab.evaluation.statistics import Estimate
from menolab.keys import Key
from menolab.records import Completion, Problem, Request, Verdict, right, wrong
from menolab.studies.desk import Desk
from menolab.studies.illusion_of_thinking import IllusionOfThinking, Level, collapse, effort, grouped, levels_of, mean, share, welch
from menolab.studies.study import carry_out
from menolab.studies.subject import Subject
from menolab.tasks.task import Task


@dataclass(frozen=True)
class Ladder(Task):
    """Climb n rungs: the answer is the list 1..n, checked step by step."""

    most: int = 8

    @property
    def name(self) -> str:
        return "ladder"

    def __call__(self, key: Key) -> Problem:
        return self._of(key.random().randint(1, self.most))

    def _of(self, n: int) -> Problem:
        return Problem(f"n={n}", self.name, f"climb {n}", " ".join(map(str, range(1, n + 1))), float(n), {"n": n})

    def listed(self) -> tuple[Problem, ...]:
        return tuple(self._of(n) for n in range(1, self.most + 1))

    def verify(self, problem: Problem, text: str) -> Verdict:
        counted = self.steps(problem, text)
        if counted is None:
            return wrong("extract", "no answer")
        return right("play", "all there", "list") if counted == (problem.facts["n"],) * 2 else wrong("play", "a slip", "list")

    def steps(self, problem: Problem, text: str) -> tuple[int, int] | None:
        found = re.search("<answer>(.*?)</answer>", text)
        if found is None:
            return None
        said = found.group(1).split()
        held = next((i for i, s in enumerate(said) if s != str(i + 1)), len(said))
        return held, len(said)


@dataclass
class Climber(FakeEngine):
    """Slips at each step with some probability, thinks longer for longer ladders up to a size, and gives up thinking beyond it."""

    slip: float = 0.35
    tires: int = 5
    limit: int = 10**6

    def _one(self, request: Request) -> Completion:
        n = int(self.decode(request.prompt).split()[-1])
        rng = request.key.random()
        said = [i if rng.random() >= self.slip ** (8 / max(n, 1)) else i + 1 for i in range(1, n + 1)]
        effort = n if n <= self.tires else max(1, 2 * self.tires - n)
        text = f"<think>{'so ' * (4 * effort + rng.randint(0, 2))}</think><answer>{' '.join(map(str, said))}</answer>"
        text, finish = (text, "stop") if len(text) <= self.limit else (text[: self.limit], "length")
        return Completion(tuple(map(ord, text)), (-0.5,) * len(text), finish)  # type: ignore[arg-type]


def test_a_noisy_stub_collapses_with_size(tmp_path: Path) -> None:
    """The row's works_when, its last part; the simulators' own tests have the rest."""
    found = carry_out(IllusionOfThinking(samples=40, floor=0.2), [Subject("stub", engine=Climber)], Desk(tmp_path, on=Ladder()))
    rows = found.tables[0].rows
    assert [row[1] for row in rows] == [str(n) for n in range(1, 9)] and all(row[2:4] == (1, 40) for row in rows)
    accuracy = [row[4].mean or 0.0 for row in rows]  # type: ignore[union-attr]
    assert accuracy[0] > 0.9 and accuracy[-1] < 0.15
    collapsed = found.numbers["stub collapse"]
    assert collapsed.mean is not None and collapsed.low is not None and collapsed.high is not None
    assert 3 <= collapsed.low <= collapsed.mean <= collapsed.high <= 8
    assert found.numbers["stub most thinking at"].mean == 5
    fall = found.numbers["stub effort after the peak"]
    assert fall.high is not None and fall.high < 0 and fall.mean == pytest.approx(-3 * 4 * 3, abs=4)
    held = [row[7].mean for row in rows]  # type: ignore[union-attr]
    assert held[0] > 0.9 > held[-1] > 0.0 and 1 <= rows[-1][8] <= 8  # type: ignore[operator]
    assert "collapsed from" in found.verdict and "shorter by" in found.verdict and not found.warnings


def test_a_collapse_by_the_token_limit_is_said_to_be_one(tmp_path: Path) -> None:
    found = carry_out(IllusionOfThinking(samples=12), [Subject("cut", engine=lambda: Climber(slip=0.0, tires=99, limit=80))], Desk(tmp_path, on=Ladder()))
    assert "token limit" in found.warnings[0] and "may be the limit's" in found.warnings[0]


def _estimates(*ends: tuple[float, float, float]) -> list[Estimate]:
    return [Estimate(m, low, high, 1) for low, m, high in ends]


@pytest.mark.parametrize(
    ("ends", "wanted"),
    [
        ([(0.8, 0.9, 1.0), (0.3, 0.5, 0.7), (0.0, 0.0, 0.1)], (2, 2, 2)),
        ([(0.8, 0.9, 1.0), (0.1, 0.3, 0.7), (0.0, 0.0, 0.1)], (2, 1, 2)),
        ([(0.8, 0.9, 1.0), (0.0, 0.1, 0.3), (0.0, 0.1, 0.3)], (1, 1, None)),
        ([(0.8, 0.9, 1.0), (0.0, 0.1, 0.15), (0.5, 0.6, 0.7)], (None, None, None)),  # it comes back
        ([(0.0, 0.1, 0.15), (0.0, 0.0, 0.1)], (None, None, None)),  # never there
        ([(0.8, 0.9, 1.0), (0.7, 0.8, 0.9)], (None, None, None)),  # never gone
    ],
)
def test_collapse(ends: list[tuple[float, float, float]], wanted: tuple[int | None, ...]) -> None:
    assert collapse(_estimates(*ends), 0.2) == wanted


def test_levels_keep_equal_difficulties_together_and_are_about_equal() -> None:
    assert [list(g) for g in grouped(np.array([3.0, 1.0, 3.0, 2.0]), 5)] == [[1], [3], [0, 2]]
    rng = np.random.default_rng(0)
    for _ in range(20):
        difficulty = rng.integers(0, 40, 200).astype(float)
        groups = grouped(difficulty, 6)
        assert sorted(np.concatenate(groups)) == list(range(200)) and len(groups) <= 6
        for easier, harder in pairwise(groups):
            assert difficulty[easier].max() < difficulty[harder].min()
        assert max(map(len, groups)) <= 200 / 6 + 2 * max(np.unique(difficulty, return_counts=True)[1])


def test_welch_against_scipy() -> None:
    rng = np.random.default_rng(1)
    for n_a, n_b in ((5, 9), (30, 12), (2, 2)):
        a, b = rng.normal(3, 1, n_a), rng.normal(1, 4, n_b)
        ours = welch(statistics.mean(a), statistics.mean(b), n_a, n_b)
        theirs = stats.ttest_ind(b, a, equal_var=False).confidence_interval(0.95)
        assert (ours.low, ours.high) == pytest.approx((theirs.low, theirs.high), rel=1e-6)
    assert math.isnan(welch(Estimate(1.0, math.nan, math.nan, 1), Estimate(2.0, 1.0, 3.0, 3), 1, 3).low)


def test_one_problem_is_measured_over_its_samples() -> None:
    one = share(np.array([[1.0, 0.0, 0.0, 0.0]]))
    z, p, n = 1.959963984540054, 0.25, 4
    centre, half = (p + z * z / (2 * n)) / (1 + z * z / n), z / (1 + z * z / n) * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n))
    assert (one.mean, one.low, one.high, one.n) == pytest.approx((0.25, centre - half, centre + half, 1))
    assert share(np.array([[1.0, 1.0], [0.0, 0.0]])) == statistics.share(np.array([1.0, 0.0]))
    tokens = mean(np.array([[1.0, 2.0, 3.0]]))
    assert tokens.mean == 2.0 and tokens.high == pytest.approx(2 + 4.302652729911275 / math.sqrt(3)) and tokens.n == 1


def test_effort_that_never_falls_is_no_fall() -> None:
    level = Level(1.0, 1.0, 2, 8, Estimate(1, 1, 1, 2), Estimate(5.0, 4.0, 6.0, 2), 0.0, None, None)
    peak, fall = effort([level, replace(level, low=2.0, high=2.0, thinking=Estimate(9.0, 8.0, 10.0, 2))])
    assert peak == 1 and fall.mean == 0.0


def test_a_task_without_difficulties_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="do not differ in difficulty"):
        carry_out(IllusionOfThinking(samples=2), [Subject("m", engine=Climber)], Desk(tmp_path, on=Ladder(most=1)))


def test_any_task_with_difficulties_serves_through_the_verb(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    task = Sums()
    problems = list({p.id: p for p in (task(Key.root(9).fold(i)) for i in range(60))}.values())
    result = evaluate(FakeEngine(skill=0.7), task, problems, Decoding(), 4, Key.root(0), model="sums")
    path = record.save(tmp_path, "m", result)
    assert len(levels_of(result, task, 5)) == 5 and levels_of(result, task, 5)[0].held is None
    assert main(["study", "illusion-of-thinking", str(path), "--out", str(tmp_path / "out"), "--levels", "4", "--json"]) == 0
    data = json.loads(capsys.readouterr().out)
    assert len(data["tables"][0]["rows"]) == 4
    assert data["numbers"]["sums easiest"]["mean"] > data["numbers"]["sums hardest"]["mean"]


def test_hanoi_from_the_stored_moves(tmp_path: Path) -> None:
    """The published puzzle: a stub that plays the optimal moves and slips now and then."""
    module = pytest.importorskip("menolab.tasks.illusion_of_thinking")
    task = module.IllusionOfThinking(most=5)
    optimal = {p.prompt: json.loads(p.answer.split("=", 1)[1]) for p in task.listed()}

    class Player(FakeEngine):
        def _one(self, request: Request) -> Completion:
            rng = request.key.random()
            moves = [move if rng.random() < 0.93 else [move[0], move[2], move[1]] for move in optimal[self.decode(request.prompt)]]
            text = f"<think>{'hm ' * len(moves)}</think><answer>moves = {json.dumps(moves)}</answer>"
            return Completion(tuple(map(ord, text)), (-0.5,) * len(text), "stop")

    for problem in task.listed():
        assert task.steps(problem, f"<answer>{problem.answer}</answer>") == (2 ** problem.facts["n"] - 1,) * 2
    found = carry_out(IllusionOfThinking(samples=40, floor=0.3), [Subject("player", engine=Player)], Desk(tmp_path, on=task))
    accuracy = [row[4].mean or 0.0 for row in found.tables[0].rows]  # type: ignore[union-attr]
    for n, measured in enumerate(accuracy, 1):
        assert measured == pytest.approx(0.93 ** (2**n - 1), abs=4 * math.sqrt(0.25 / 40))
    assert accuracy[0] > 0.8 and accuracy[-1] < 0.3 and found.numbers["player collapse"].mean in (4.0, 5.0)
