"""Keep the problems of middling difficulty."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from menolab.curricula.filter import Filter
from menolab.curricula.mixed_verdicts import right_count
from menolab.errors import BadInput, check_range
from menolab.records import Group


@dataclass(frozen=True)
class AccuracyRange(Filter):
    """Keeps groups whose share of right rollouts lies in [low, high].

    Cui et al. 2025 (PRIME), arXiv:2502.01456, online prompt filtering; 0.2 to 0.8 as in the authors' script. Rollouts that the verifier could not
    decide count as not right.
    """

    paper = "arXiv:2502.01456"

    low: float = 0.2
    high: float = 0.8

    def __post_init__(self) -> None:
        check_range("low", self.low, 0.0, 1.0)
        check_range("high", self.high, 0.0, 1.0)
        if self.low > self.high:
            raise BadInput("low", self.low, f"must not exceed high = {self.high}; no group would be kept")

    def __call__(self, groups: Sequence[Group]) -> list[Group]:
        return [group for group in groups if group.sampled and self.low <= right_count(group) / len(group.sampled) <= self.high]
