"""PRIME's filter: problems of middling difficulty."""

from __future__ import annotations

import pytest

from menolab.curricula.accuracy_range import AccuracyRange
from menolab.errors import BadInput
from menolab.records import Group, Problem, Rollout, right, wrong


def _group(right_ones: int, of: int) -> Group:
    verdicts = [right("c", "", "1")] * right_ones + [wrong("c", "")] * (of - right_ones)
    return Group(Problem(str(right_ones), "t", "?", "1"), tuple(Rollout((1,), (2,), (-0.1,), "", "stop", i, v) for i, v in enumerate(verdicts)))


def test_both_ends_are_kept() -> None:
    groups = [_group(n, 10) for n in range(11)]
    assert [g.problem.id for g in AccuracyRange()(groups)] == ["2", "3", "4", "5", "6", "7", "8"]
    assert AccuracyRange(0.0, 1.0)(groups) == groups
    assert AccuracyRange()([_group(0, 0)]) == []


def test_an_empty_range_is_refused() -> None:
    with pytest.raises(BadInput, match="no group would be kept"):
        AccuracyRange(0.8, 0.2)
