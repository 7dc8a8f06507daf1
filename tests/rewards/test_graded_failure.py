"""Spectral PO's graded rewards."""

from __future__ import annotations

import math

import pytest

from menolab.advantages.advantage import credit
from menolab.methods.spectral_po import spectral_po
from menolab.records import Group, Problem, Rollout, Verdict, right, undecided, wrong
from menolab.rewards.graded_failure import GradedFailure
from menolab.stages.collate import collate

GOOD, HALF, NONE = "3+4=7 7+1=8", "3+4=7 7+1=9", "3+4=8"


def _group(*pairs: tuple[str, Verdict]) -> Group:
    rollouts = tuple(Rollout((1,), (2, 3), (-0.1, -0.1), text, "stop", i, verdict) for i, (text, verdict) in enumerate(pairs))
    return Group(Problem("p", "t", "?", "1"), rollouts)


BAD, FINE = wrong("compare", "no", "1"), right("compare", "yes", "2")


def test_only_groups_without_a_right_response_are_graded() -> None:
    grade = [_logistic(4.0 * (x - 0.25)) for x in (1.0, 0.5, 0.0)]
    graded = GradedFailure(beta=4.0, gamma=0.25)
    assert graded(_group((GOOD, BAD), (HALF, BAD), (NONE, BAD)), 0.0) == pytest.approx(grade) and 1.0 > grade[0] > grade[1] > 0.5 > grade[2] > 0.0
    assert graded(_group((GOOD, BAD), (HALF, FINE), (NONE, BAD)), 0.0) == [0.0, 0.0, 0.0]
    assert graded(_group((GOOD, undecided("x", "y")), (NONE, BAD)), 0.0) == pytest.approx([grade[0], grade[2]])


def _logistic(x: float) -> float:
    return math.exp(x) / (math.exp(x) + 1.0)


def test_a_graded_failure_is_never_worth_a_success() -> None:
    assert all(0.0 < x < 1.0 for x in GradedFailure()(_group((GOOD, BAD), (HALF, BAD), (NONE, BAD)), 0.0) if x is not None)
    assert GradedFailure()(_group((HALF, BAD)), 0.0) == [0.5]


def test_all_wrong_groups_have_credit_that_sums_to_zero() -> None:
    group = _group((GOOD, BAD), (HALF, BAD), (NONE, BAD))
    values = GradedFailure()(group, 0.0)
    scored = group.with_rollouts(tuple(_with_reward(r, v) for r, v in zip(group.rollouts, values, strict=True)))
    got = credit(collate([scored], 16), spectral_po().advantage)[:, 0]
    assert got.abs().min() >= 0 and got[0] > got[1] > got[2] and abs(float(got.sum())) < 1e-5


def _with_reward(r: Rollout, value: float | None) -> Rollout:
    from dataclasses import replace

    return replace(r, reward=value)
