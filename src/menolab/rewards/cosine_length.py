"""Reward for being right briefly, or wrong at length."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from menolab.errors import check_range
from menolab.records import Group
from menolab.rewards.reward import Reward, limit_of
from menolab.rewards.rightness import decided


@dataclass(frozen=True)
class CosineLength(Reward):
    """CosFn(t, T, a, b) = b + (a - b) (1 + cos(pi t / T)) / 2: from a at length t = 0 to b at the token limit T, by the verdict.

    Yeo et al. 2025, "Demystifying Long Chain-of-Thought Reasoning in LLMs", arXiv:2502.03373, section 4.2: right responses go from r_0^c down to r_L^c,
    wrong ones from r_0^w up to r_L^w, so that thinking longer pays only where it is needed; one that reaches the limit gets r_e. The defaults here are
    those of open-r1, without r_e; the paper's are right 2 to 1, wrong -10 to 0, r_e -10 (`demystifying_long_cot`).
    """

    catalogue = "cosine-length-reward"
    paper = "arXiv:2502.03373, section 4.2"

    right_short: float = 1.0
    right_long: float = 0.5
    wrong_short: float = -1.0
    wrong_long: float = -0.5
    exceeded: float | None = None
    """r_e, of a response as long as the limit, right or wrong; None: that of any other."""

    def __post_init__(self) -> None:
        check_range("right_short", self.right_short, self.right_long)
        check_range("wrong_long", self.wrong_long, self.wrong_short)

    def __call__(self, group: Group, progress: float) -> Sequence[float | None]:
        limit = limit_of(group, self)
        return [None if (right := decided(r)) is None else self._value(right, r.length, limit) for r in group.rollouts]

    def _value(self, right: bool, tokens: int, limit: int) -> float:
        if tokens >= limit and self.exceeded is not None:
            return self.exceeded
        short, long = (self.right_short, self.right_long) if right else (self.wrong_short, self.wrong_long)
        return long + (short - long) * 0.5 * (1.0 + math.cos(math.pi * min(tokens / limit, 1.0)))
