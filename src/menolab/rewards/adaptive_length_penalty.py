"""Penalty for length, the higher the easier the problem."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from menolab.errors import check_range
from menolab.records import Group
from menolab.rewards.reward import Reward, limit_of, solve_rate
from menolab.rewards.rightness import decided


@dataclass(frozen=True)
class AdaptiveLengthPenalty(Reward):
    """-beta max(p, 1/K) |y| / N with p the share of right ones among the K rollouts of the problem and N the token limit. Added to `Accuracy`.

    Xiang et al. 2025 (ALP), arXiv:2506.05256: r(y, q) = 1[right] - (beta / N) max(p_solved(q), 1/K) |y|: a token costs most where the model is
    sure, and never less than where it is right once in K. The solve rate is the group's own, so nothing is remembered. The paper's beta was not at hand.
    Undecided rollouts are unscorable and count towards neither p nor K.
    """

    catalogue = "alp"
    paper = "arXiv:2506.05256"

    beta: float = 0.2
    """What a response as long as the limit costs on a problem that is always solved."""

    def __post_init__(self) -> None:
        check_range("beta", self.beta, 0.0)

    def __call__(self, group: Group, progress: float) -> Sequence[float | None]:
        limit = limit_of(group, self)
        count = sum(decided(r) is not None for r in group.sampled)
        price = self.beta * max(solve_rate(group), 1.0 / max(count, 1))
        return [None if decided(r) is None else -price * r.length / limit for r in group.rollouts]
