"""SCoRe's bonus for the second attempt."""

from __future__ import annotations

import pytest

from menolab.records import Group, Problem, Rollout, Verdict, right, undecided, wrong
from menolab.rewards.improvement import Improvement

FINE, BAD, UNSURE = right("compare", "", "1"), wrong("compare", "", "2"), undecided("compare", "slow")


def _conversations(*pairs: tuple[Verdict, Verdict]) -> Group:
    turns = [Rollout((1,), (2,), (-0.1,), "", "stop", i, pair[turn], turn=turn) for turn in (0, 1) for i, pair in enumerate(pairs)]
    return Group(Problem("p", "t", "?", "1"), tuple(turns))


def test_fixing_pays_breaking_costs_and_keeping_is_neutral() -> None:
    group = _conversations((BAD, FINE), (FINE, BAD), (FINE, FINE), (BAD, BAD), (right("c", "", "1", score=0.5), FINE))
    assert Improvement(10.0)(group, 0.0) == pytest.approx([0.0] * 5 + [10.0, -10.0, 0.0, 0.0, 5.0])


def test_an_undecided_attempt_makes_the_bonus_unscorable() -> None:
    assert Improvement()(_conversations((UNSURE, FINE), (BAD, UNSURE)), 0.0) == [0.0, 0.0, None, None]
