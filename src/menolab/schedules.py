"""Numbers that move with training: progress in [0, 1] in, factor out."""

from __future__ import annotations

import abc
import math
from dataclasses import dataclass

from menolab.errors import BadInput, check_range
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


@dataclass(frozen=True)
class SigmoidDecay(Schedule):
    """1 - sigmoid(steepness (progress - middle)): near 1 before the middle, near 0 after it.

    Liu et al. 2025 (NoisyRollout), arXiv:2504.13055, as in the authors' code (decay_mode "sigmoid"; steepness 30, middle at step 40).
    """

    paper = "arXiv:2504.13055"

    middle: float = 0.5
    """Progress at which it is 1/2."""
    steepness: float = 30.0

    def __post_init__(self) -> None:
        check_range("schedule.middle", self.middle, 0.0, 1.0)
        check_range("schedule.steepness", self.steepness, 0.0, 500.0, open_low=True)

    def __call__(self, progress: float) -> float:
        return 1.0 / (1.0 + math.exp(self.steepness * (progress - self.middle)))


@dataclass(frozen=True)
class CosineUntil(Schedule):
    """Half a cosine from `high` to `low` until a share of the training is done, 0 from then on.

    Liu et al. 2025 (UFT), arXiv:2505.16984, appendix B: low + (high - low) (1 + cos(pi t / T_hint)) / 2 for t < T_hint, else 0; 0.95 to 0.05 over
    300 of 500 steps.
    """

    paper = "arXiv:2505.16984, appendix B"

    high: float = 0.95
    low: float = 0.05
    until: float = 0.6
    """Progress from which on it is 0."""

    def __post_init__(self) -> None:
        check_range("schedule.low", self.low, 0.0, 1.0)
        check_range("schedule.high", self.high, self.low, 1.0)
        check_range("schedule.until", self.until, 0.0, 1.0)

    def __call__(self, progress: float) -> float:
        if progress >= self.until:
            return 0.0
        return self.low + (self.high - self.low) * 0.5 * (1.0 + math.cos(math.pi * progress / self.until))


@dataclass(frozen=True)
class Stairs(Schedule):
    """The values one after the other, each for an equal share of training: (1/3, 2/3, 1) for a token limit that grows in three stages, (0, 1) for a term
    that starts half-way."""

    values: tuple[float, ...] = (1.0,)

    def __post_init__(self) -> None:
        if not self.values:
            raise BadInput("schedule.values", self.values, "give at least one value")
        for value in self.values:
            check_range("schedule.values", value, 0.0)

    def __call__(self, progress: float) -> float:
        return self.values[min(int(progress * len(self.values)), len(self.values) - 1)]
