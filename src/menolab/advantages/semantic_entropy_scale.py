"""Move less on problems whose answers disagree."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Hashable, Sequence
from dataclasses import dataclass

import torch

from menolab.advantages.advantage import Advantage
from menolab.errors import BadInput, check_range
from menolab.records import Batch

SHAPES = ("linear", "exponential")


@dataclass(frozen=True)
class SemanticEntropyScale(Advantage):
    """Credit times f(alpha SE / log G): SE is the entropy of the group's answers, f(x) = 1 - x (linear) or exp(-x) (exponential).

    Chen et al. 2025 (SEED-GRPO), arXiv:2505.12346. SE = -sum_k p_k log p_k with p_k the share of rollouts whose extracted answer is the k-th: the
    discrete semantic entropy of Farquhar et al. 2024, which is 0 when all agree and log G when all differ (the paper's Monte-Carlo estimate
    weighs clusters by their likelihood and agrees at both ends). Responses without an answer are one cluster; unscorable ones are left out.
    """

    paper = "arXiv:2505.12346"

    alpha: float = 0.5
    """Sensitivity: at the largest entropy credit is multiplied by f(alpha)."""
    shape: str = "linear"
    """"linear" or "exponential"."""

    def __post_init__(self) -> None:
        check_range("alpha", self.alpha, 0.0, 1.0 if self.shape == "linear" else None)
        if self.shape not in SHAPES:
            raise BadInput("shape", self.shape, f"one of {', '.join(SHAPES)}")

    def __call__(self, batch: Batch, credit_BT: torch.Tensor) -> torch.Tensor:
        if not batch.answers:
            raise BadInput("batch.answers", (), "SemanticEntropyScale groups rollouts by their answers; collate judged groups")
        members: dict[int, list[int]] = {}
        for b, (g, nan) in enumerate(zip(batch.group_B.tolist(), batch.reward_B.isnan().tolist(), strict=True)):
            if not nan:
                members.setdefault(g, []).append(b)
        factor_B = torch.ones(len(batch.reward_B), dtype=torch.float64, device=credit_BT.device)
        for own in members.values():
            if len(own) > 1:
                factor_B[own] = self._factor(entropy([batch.answers[b] for b in own]) / math.log(len(own)))
        return (credit_BT.double() * factor_B[:, None]).float()

    def _factor(self, share: float) -> float:
        return 1.0 - self.alpha * share if self.shape == "linear" else math.exp(-self.alpha * share)


def entropy(labels: Sequence[Hashable]) -> float:
    """Entropy of the shares of equal labels, nats."""
    return -math.fsum(n / len(labels) * math.log(n / len(labels)) for n in Counter(labels).values())
