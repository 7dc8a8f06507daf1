"""RAIF's rule reward: all, none, or the share."""

from __future__ import annotations

from judged import texts, with_scores
from menolab.rewards.compliance import Compliance


def test_the_share_of_constraints_met_and_the_ends_apart() -> None:
    group = with_scores(texts(*[""] * 6), 1.0, 0.0, 0.5, 2 / 3, 0.99, None)
    assert Compliance()(group, 0.0) == [2.0, -2.0, 0.5, 2 / 3, 0.99, None]
    assert Compliance(1.0)(group, 0.0)[:2] == [1.0, -1.0]
