"""A plan is worth the success of those who carry it out."""

from __future__ import annotations

from menolab.records import Group, Problem, Rollout, Verdict, right, undecided, wrong
from menolab.rewards.plan_quality import PlanQuality

RIGHT, WRONG, OPEN = right("c", "", "1"), wrong("c", ""), undecided("c", "")


def _group(*of: tuple[tuple[int, ...], Verdict]) -> Group:
    return Group(Problem("p", "t", "?", "1"), tuple(Rollout((1,), (2,), (-0.1,), "", "stop", i, v, path=path) for i, (path, v) in enumerate(of)))


def test_equals_the_empirical_success_rate_of_each_plan() -> None:
    group = _group(((0, 0), RIGHT), ((1, 0), WRONG), ((0, 1), RIGHT), ((0, 2), WRONG), ((1, 1), RIGHT), ((1, 2), WRONG), ((1, 3), WRONG), ((0, 3), RIGHT))
    assert list(PlanQuality()(group, 0.0)) == [0.75, 0.25, 0.75, 0.75, 0.25, 0.25, 0.25, 0.75]


def test_undecided_continuations_are_left_out_and_a_plan_without_any_is_unscorable() -> None:
    assert list(PlanQuality()(_group(((0, 0), RIGHT), ((0, 1), OPEN), ((1, 0), OPEN), ((2,), WRONG)), 0.0)) == [1.0, 1.0, None, 0.0]


def test_without_plans_all_are_of_one() -> None:
    assert list(PlanQuality()(_group(((), RIGHT), ((), WRONG)), 0.0)) == [0.5, 0.5]
