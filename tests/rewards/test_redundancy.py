"""Traces that stand still, and traces that go on."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise

import pytest

from menolab.records import Group, Problem, Rollout, right
from menolab.rewards.redundancy import Redundancy, internal, split, trace_of
from reward_cases import FINE, group

STEPS = "3*4=12 12+8=20 20/5=4 4+9=13 13*2=26 26-7=19 19+1=20 20+5=25 25-9=16 16/4=4"


def _reward(trace: str, answer: str = "12") -> float:
    rollout = Rollout((1,), (2,), (-0.1,), f"<think>{trace}</think><answer>{answer}</answer>", "stop", 0, right("compare", "", answer))
    value = Redundancy()(Group(Problem("p", "t", "?", answer), (rollout,)), 0.0)[0]
    assert value is not None
    return value


def _slow(words: Sequence[str], size: int, step: int) -> float:
    """The mean cosine of neighbouring windows, from vectors over the vocabulary."""
    names = sorted(set(words))
    windows = [[words[i : i + size].count(name) for name in names] for i in range(0, len(words) - size + 1, step)]
    cosines = []
    for a, b in pairwise(windows):
        norms = math.sqrt(sum(x * x for x in a)) * math.sqrt(sum(x * x for x in b))
        cosines.append(sum(x * y for x, y in zip(a, b, strict=True)) / norms)
    return sum(cosines) / len(cosines)


def test_internal_degree_against_plain_python() -> None:
    words = (STEPS + " wait 3*4=12 again 3*4=12 and 12+8=20 so 20/5=4 or 4+9=13 which is 13*2=26").split() * 2
    assert internal(" ".join(words), 0.1, 0.05) == pytest.approx(_slow(words, int(0.1 * len(words)), int(0.05 * len(words))))
    assert internal("", 0.1, 0.05) == internal("one", 0.1, 0.05) == 0.0


def test_standing_still_has_a_higher_degree_than_distinct_steps() -> None:
    still = " ".join(["3*4=12 so again"] + ["3*4=12"] * 9)
    assert internal(still, 0.1, 0.05) > 0.6 > internal(STEPS, 0.1, 0.05) == 0.0


def test_worth_of_internal_redundancy_is_the_authors_curve() -> None:
    def sigmoid(x: float) -> float:
        return 1 / (1 + math.exp(-20 * (x - 0.3)))

    for degree in (0.0, 0.3, 0.7, 0.9, 1.0):
        assert Redundancy().internal_worth(degree) == pytest.approx((sigmoid(1 - degree) - sigmoid(0)) / (sigmoid(1) - sigmoid(0)))
    assert [Redundancy().internal_worth(degree) for degree in (0.0, 0.7, 1.0)] == [1.0, pytest.approx(0.5, abs=0.01), 0.0]


@pytest.mark.parametrize(
    ("trace", "answer", "solution", "tail"),
    [
        ("3*4=12. Wait, 4*3=12.", "12", "3*4=12", ". Wait, 4*3=12."),
        ("3*4=12", "12", "3*4=12", ""),
        ("120 and 112 and 12*3 and 5-12 are not it, 12 is", "12", "120 and 112 and 12*3 and 5-12 are not it, 12", "is"),
        ("12.5 no", "12", "12.5 no", ""),
        ("nothing", "12", "nothing", ""),
        ("a trace", None, "a trace", ""),
        ("", "12", "", ""),
    ],
)
def test_the_solution_ends_at_the_answer(trace: str, answer: str | None, solution: str, tail: str) -> None:
    assert split(trace, answer) == (solution, tail)


def test_concise_beats_repeated_beats_continued() -> None:
    concise = _reward("3*5=15 15-3=12")
    repeated = _reward("3*5=15 3*5=15 3*5=15 3*5=15 3*5=15 3*5=15 15-3=12")
    continued = _reward("3*5=15 15-3=12 " + "but let us look at it once more, from another side, to be sure of it " * 20)
    assert concise == 1.0 and 0.5 <= repeated < 1.0 and continued < repeated, (concise, repeated, continued)
    assert _reward("6+6=12 and that took long") == pytest.approx(0.5 * (1 + 6 / (6 + len("and that took long"))))


def test_wrong_is_worth_nothing_and_undecided_is_unscorable() -> None:
    assert Redundancy()(group(("wrong", 3), ("none", 3), ("unsure", 3), ("right", 3)), 0.0) == [0.0, 0.0, None, 1.0]
    assert trace_of("<think> a b </think><answer>1</answer>") == "a b" and trace_of("no tags") == "no tags" and FINE.extracted == "1"


def test_a_second_thought_hides_nothing() -> None:
    """The verifier looks for the answer behind the last tag, so what stands before it is the trace."""
    assert trace_of("a</think>b") == "a" and trace_of("<think>a</think><think>b</think>c") == "a</think><think>b"
    tail = "so again 12 and once more 12 to be sure"
    assert _reward(f"3*4= 12</think><think>{tail}") <= _reward(f"3*4= 12 {tail}") < _reward("3*4= 12")
