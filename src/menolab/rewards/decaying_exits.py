"""Reward for being right early."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from menolab.records import Group, Rollout
from menolab.rewards.reward import Reward
from menolab.rewards.rightness import decided
from menolab.verifiers.extract import END_THINK


@dataclass(frozen=True)
class DecayingExits(Reward):
    """1 / 2^(n - 1) for the n-th right response in order of where its thought ends, 0 for wrong ones; None where the verifier was undecided.

    Dai et al. 2025 (S-GRPO), arXiv:2505.07686, the decaying reward of a serial group: the earliest exit that is right earns 1, each later right one half
    of the one before. For groups whose rollouts share one thought (`SerialExits`), where characters of thought order as tokens do; equal ends are
    ordered as drawn. A thought that was never closed ends last. The paper's own text was not at hand, only summaries of it.
    """

    paper = "arXiv:2505.07686"

    def __call__(self, group: Group, progress: float) -> Sequence[float | None]:
        order = sorted((r for r in group.rollouts if decided(r)), key=lambda r: (thought_end(r), r.sample))
        rank = {id(r): n for n, r in enumerate(order)}
        return [None if decided(r) is None else 0.5 ** rank[id(r)] if decided(r) else 0.0 for r in group.rollouts]


def thought_end(rollout: Rollout) -> int:
    """Characters before the thought's end; all of them and one if it does not end."""
    at = rollout.text.find(END_THINK)
    return at if at >= 0 else len(rollout.text) + 1
