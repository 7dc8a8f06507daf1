"""Numbers that move with training: progress in [0, 1] in, factor out."""

from __future__ import annotations

import abc
import math
from dataclasses import dataclass

from menolab.errors import check_range
from menolab.pieces import Piece


class Schedule(Piece):
    """A factor as a function of the share of training done."""

    @abc.abstractmethod
    def __call__(self, progress: float) -> float:
        """The factor at `progress` in [0, 1]."""


@dataclass(frozen=True)
class Constant(Schedule):
    """Linear warm-up, then 1."""

    warmup: float = 0.0
    """Share of training spent rising from 0 to 1."""

    def __post_init__(self) -> None:
        check_range("schedule.warmup", self.warmup, 0.0, 1.0)

    def __call__(self, progress: float) -> float:
        return min(1.0, progress / self.warmup) if self.warmup else 1.0


@dataclass(frozen=True)
class Cosine(Schedule):
    """Linear warm-up, then half a cosine down to `floor`. Loshchilov and Hutter 2016, arXiv:1608.03983, eq. 5, without restarts."""

    paper = "arXiv:1608.03983, eq. 5"

    warmup: float = 0.05
    """Share of training spent rising from 0 to 1."""
    floor: float = 0.0
    """Factor at the end."""

    def __post_init__(self) -> None:
        check_range("schedule.warmup", self.warmup, 0.0, 1.0)
        check_range("schedule.floor", self.floor, 0.0, 1.0)

    def __call__(self, progress: float) -> float:
        if progress < self.warmup:
            return progress / self.warmup
        done = (progress - self.warmup) / (1.0 - self.warmup) if self.warmup < 1.0 else 1.0
        return self.floor + (1.0 - self.floor) * 0.5 * (1.0 + math.cos(math.pi * done))
