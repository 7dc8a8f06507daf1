"""LASER-D: targets read off the batch."""

from __future__ import annotations

from random import Random

import pytest

from menolab.records import Group
from menolab.rewards.adaptive_target import AdaptiveTarget
from menolab.rewards.length_target import LengthTarget
from reward_cases import group

TERM = AdaptiveTarget(lowest=0.1, interval=0.1)


def _expected(groups: list[Group], level: str) -> float:
    """The paper's rule, slowly: the smallest candidate with P(len <= L) C_d >= 1, over all rollouts of the difficulty's problems."""
    rates = {"easy": (2 / 3, 1.1), "medium": (1 / 3, 2 / 3), "hard": (-1.0, 1 / 3)}[level]
    own = [g for g in groups if rates[0] <= sum(r.verdict.right for r in g.rollouts if r.verdict) / len(g.rollouts) < rates[1]]
    lengths = [len(r.tokens) for g in own for r in g.rollouts]
    least = {"easy": 2 * 8 // 3, "medium": 8 // 3, "hard": 1}[level]
    fitting = [k / 10 for k in range(1, 11) if lengths and sum(n <= 10 * k for n in lengths) / len(lengths) * least >= 1 - 1e-12]
    return min(fitting, default=1.0)


@pytest.mark.parametrize("seed", range(20))
def test_against_plain_python(seed: int) -> None:
    rng = Random(seed)
    groups = []
    for _ in range(6):
        chance, longest = rng.random(), rng.randint(5, 100)
        groups.append(group(*(("right" if rng.random() < chance else "wrong", rng.randint(1, longest)) for _ in range(8))))
    fitted = TERM.fitted(groups, 0.0)
    assert isinstance(fitted, LengthTarget)
    got = (fitted.easy, fitted.medium, fitted.hard)
    assert got == pytest.approx(tuple(_expected(groups, level) for level in ("easy", "medium", "hard")))


def test_harder_problems_with_longer_answers_get_a_longer_target() -> None:
    easy = group(*[("right", 12)] * 6, *[("wrong", 40)] * 2)
    hard = group(("right", 55), *[("wrong", 60)] * 7)
    fitted = TERM.fitted([easy, hard], 0.0)
    assert isinstance(fitted, LengthTarget) and (fitted.easy, fitted.hard) == pytest.approx((0.2, 0.6))


def test_no_problem_of_a_difficulty_no_limit_but_the_ground_s() -> None:
    fitted = TERM.fitted([group(*[("right", 12)] * 8)], 0.0)
    assert isinstance(fitted, LengthTarget) and fitted.medium == fitted.hard == 1.0
    assert TERM.fitted([], 0.0) == LengthTarget(1.0, 1.0, 1.0)


def test_it_remembers_nothing() -> None:
    before, after = [group(*[("right", 80)] * 8)], [group(*[("right", 12)] * 8)]
    first = TERM.fitted(before, 0.0)
    assert TERM.fitted(after, 0.0) != first == TERM.fitted(before, 1.0)
    assert TERM(after[0], 0.0) == TERM.fitted(after, 0.0)(after[0], 0.0)
