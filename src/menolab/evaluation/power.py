"""How large a comparison must be to notice a difference of a given size."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from menolab.errors import BadInput, check_range
from menolab.evaluation.statistics import POWER


@dataclass(frozen=True)
class Power:
    """What one paired comparison tells about the next one: how its noise splits into problems and samples.

    The mean difference over P problems with S samples of each has variance (between + within / S) / P: `between` is how differently the two models do
    on different problems, which more samples do not lower; `within` is the noise of drawing samples.
    """

    between: float
    """Variance of the true difference over problems."""
    within: float
    """Variance of the difference of one sample each, averaged over problems."""

    def __post_init__(self) -> None:
        check_range("between", self.between, 0.0)
        check_range("within", self.within, 0.0)

    def detectable(self, problems: int, samples: int) -> float:
        """The smallest true difference that is found four times out of five."""
        return POWER * math.sqrt((self.between + self.within / samples) / problems)

    def problems_for(self, difference: float, samples: int) -> int:
        """Problems that a difference needs at this number of samples."""
        check_range("difference", difference, 0.0, open_low=True)
        return max(2, math.ceil((POWER / difference) ** 2 * (self.between + self.within / samples)))

    def samples_for(self, difference: float, problems: int) -> int | None:
        """Samples that a difference needs on this many problems; None where no number is enough, since the problems themselves are too few."""
        check_range("difference", difference, 0.0, open_low=True)
        room = problems * (difference / POWER) ** 2 - self.between
        return None if room <= 0 else max(1, math.ceil(self.within / room))


def power(a_PS: np.ndarray, b_PS: np.ndarray) -> Power:
    """The noise of a paired comparison, split by the method of moments (one-way analysis of variance).

    ``within`` is the mean over problems of the samples' unbiased variance, p(1-p) S/(S-1) for yes/no samples, summed over both models; ``between`` is what the
    variance of the problems' differences has beyond within / S, not below 0. With one sample a problem the two cannot be told apart: all of it then counts
    as `within`.

    Raises:
        BadInput: other shapes than two equal tables of two problems or more.
    """
    if a_PS.shape != b_PS.shape or a_PS.ndim != 2 or a_PS.shape[0] < 2 or a_PS.shape[1] < 1:
        raise BadInput("samples", [list(a_PS.shape), list(b_PS.shape)], "power needs both models' samples on the same two problems or more")
    S = a_PS.shape[1]
    total = float((b_PS.mean(1) - a_PS.mean(1)).var(ddof=1))
    if S == 1:
        return Power(0.0, total)
    within = sum(float(side_PS.var(axis=1, ddof=1).mean()) for side_PS in (a_PS, b_PS))
    return Power(max(0.0, total - within / S), within)
