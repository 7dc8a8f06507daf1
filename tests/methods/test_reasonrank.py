"""ReasonRank is GRPO on the ranking reward."""

from __future__ import annotations

from dataclasses import replace

from menolab.methods.grpo import grpo
from menolab.methods.reasonrank import reasonrank
from menolab.rewards.ranking import Ranking


def test_parts() -> None:
    assert reasonrank() == replace(grpo(), rewards=(Ranking(10, 0.2, 0.1),))
