"""Numbers with their uncertainty: intervals clustered by problem, and paired tests on the same problems.

The unit that is drawn independently is the problem, so every interval is over problems (P of them); samples of one problem are averaged first.
All intervals are 95% and two-sided. Coverage is simulated in the tests: 92% to 98% on 30 and on 100 problems, rare successes included, which is why
shares use Wilson's interval rather than the t interval (for 30 problems and a pass rate of 5% the latter covers 73% with one sample a problem).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from menolab.errors import BadInput
from menolab.keys import Key

LEVEL = 0.95
"""Nominal coverage of every interval."""
DRAWS = 5000
"""Bootstrap resamples; the Monte Carlo error of an end point is then about 0.02 standard errors."""
BOOTSTRAPS = 1000
"""Resamples of statistics that are computed one resample at a time."""
FLIPS = 20_000
"""Monte Carlo sign flips: a p-value of 0.05 is known to 0.0015."""


@dataclass(frozen=True)
class Estimate:
    """A mean with its 95% interval and the number of problems it rests on. NaN ends mean that one problem gives no interval."""

    mean: float
    low: float
    high: float
    n: int
    """Problems, not samples."""


@dataclass(frozen=True)
class Difference:
    """B minus A on the same problems, with its interval, p-value and the smallest difference such a comparison would notice."""

    mean: float
    low: float
    high: float
    n: int
    p: float
    """Two-sided, of the hypothesis that it makes no difference which model is called A."""
    detectable: float | None
    """A true difference that a comparison like this one finds (p < 0.05) four times out of five; None if no problem differs."""


def mean(values_P: np.ndarray) -> Estimate:
    """Mean over problems with the t interval on problem means. For unbounded quantities such as lengths; shares take `share`."""
    values_P = _problems(values_P)
    n, m = len(values_P), float(values_P.mean())
    if n == 1:
        return Estimate(m, math.nan, math.nan, 1)
    half = _t(n) * float(values_P.std(ddof=1)) / math.sqrt(n)
    return Estimate(m, m - half, m + half, n)


def share(values_P: np.ndarray) -> Estimate:
    """Mean over problems of values in [0, 1] (pass@k, a share of samples), with Wilson's interval at the effective number of trials.

    The effective number is the count of independent yes/no trials that would give the observed variance of the mean, m (1 - m) / var (Korn and
    Graubard 1998, Survey Methodology 24:193), and the t quantile takes the place of z. If no two problems differ there is no variance to use and a problem
    counts as one trial, so that 0 of 30 does not read "0 to 0".
    """
    values_P = _problems(values_P)
    n, m = len(values_P), min(1.0, max(0.0, float(values_P.mean())))
    if n == 1:
        return Estimate(m, 0.0, 1.0, 1)
    variance = float(values_P.var(ddof=1)) / n
    trials = m * (1 - m) / variance if variance > 0 and 0 < m < 1 else float(n)
    return Estimate(m, *wilson(m, trials, _t(n)), n)


def wilson(p: float, trials: float, z: float = 1.959963984540054) -> tuple[float, float]:
    """Wilson's interval for a proportion p of `trials` (Wilson 1927; Brown, Cai and DasGupta 2001, eq. 4)."""
    if not trials > 0:
        raise BadInput("trials", trials, "a proportion needs one trial or more")
    centre = (p + z * z / (2 * trials)) / (1 + z * z / trials)
    half = z / (1 + z * z / trials) * math.sqrt(p * (1 - p) / trials + z * z / (4 * trials * trials))
    # At p = 0 and p = 1 one end is p exactly; rounding must not push it past.
    return max(0.0, min(p, centre - half)), min(1.0, max(p, centre + half))


def ratio(parts_P: np.ndarray, wholes_P: np.ndarray, key: Key) -> Estimate | None:
    """sum(parts) / sum(wholes) in [0, 1] with a bootstrap interval over problems; None if the wholes are all zero.

    `n` counts the problems that have a whole. For pass@1 over finished responses, where problems weigh by how often they finish.
    """
    parts_P, wholes_P = _problems(parts_P), _problems(wholes_P)
    used = wholes_P > 0
    if not used.any():
        return None
    parts_P, wholes_P = parts_P[used], wholes_P[used]
    whole_share = float(parts_P.sum() / wholes_P.sum())
    n = len(parts_P)
    if n == 1 or np.ptp(parts_P / wholes_P) == 0:
        return Estimate(whole_share, *(wilson(whole_share, n, _t(n)) if n > 1 else (0.0, 1.0)), n)
    draws = np.concatenate([(w @ parts_P) / (w @ wholes_P) for w in _resamples(n, key)])
    return Estimate(whole_share, *_ends(draws, n), n)


def bootstrap(value: Callable[[np.ndarray], float], problems: int, key: Key) -> Estimate | None:
    """A statistic that is no mean of problems, with its expanded percentile interval over `BOOTSTRAPS` resamples of problems.

    Args:
        value: the statistic when problem i counts `weight[i]` times; NaN where it does not exist (such resamples are left out).

    Returns None where the statistic of the whole does not exist.
    """
    whole = value(np.ones(problems))
    if math.isnan(whole):
        return None
    if problems == 1:
        return Estimate(whole, math.nan, math.nan, 1)
    rng = key.numpy()
    draws = np.array([value(rng.multinomial(problems, np.full(problems, 1 / problems)).astype(np.float64)) for _ in range(BOOTSTRAPS)])
    return Estimate(whole, *_ends(draws[~np.isnan(draws)], problems), problems)


def paired_difference(a_P: np.ndarray, b_P: np.ndarray, key: Key, *, shares: bool = True) -> Difference:
    """Mean of b - a over the same problems: bootstrap interval over problems, exact or sign-flip p-value.

    The interval is the expanded percentile bootstrap (Hesterberg 2015, arXiv:1411.5279, section 5.2): percentiles moved outward to t quantiles, since the plain
    percentile interval is too narrow by sqrt((n-1)/n) and by z against t; unlike the t interval it follows the skewness. If every problem moved
    by the same amount (usually none moved) resampling says nothing; the interval is then as wide as Wilson's bound on the share of problems that
    could still move by one whole answer (`shares` only).

    Raises:
        BadInput: different numbers of problems.
    """
    a_P, b_P = _problems(a_P), _problems(b_P)
    if a_P.shape != b_P.shape:
        raise BadInput("problems", [len(a_P), len(b_P)], "a paired comparison needs the same problems on both sides")
    d_P = b_P - a_P
    n, m = len(d_P), float(d_P.mean())
    spread = float(d_P.std(ddof=1)) if n > 1 else 0.0
    if spread < 1e-12:
        return Difference(m, *_all_alike(m, n, shares), n, paired_p(d_P, key), None)
    low, high = _ends(np.concatenate([w @ d_P / n for w in _resamples(n, key.fold("bootstrap"))]), n)
    return Difference(m, low, high, n, paired_p(d_P, key.fold("flip")), 2.8016 * spread / math.sqrt(n))  # z(0.975) + z(0.8)


def _all_alike(m: float, n: int, shares: bool) -> tuple[float, float]:
    """The interval of a difference when every problem moved by m."""
    if not shares:
        return (m, m) if n > 1 else (math.nan, math.nan)
    reach = wilson(0.0, n, _t(n))[1] if n > 1 else 1.0
    return max(-1.0, m - reach), min(1.0, m + reach)


def paired_p(d_P: np.ndarray, key: Key) -> float:
    """Two-sided p-value of "swapping the two models changes nothing", from differences of problems.

    The null distribution flips the sign of every problem's difference. Where all moves have one size (one sample a problem) that is McNemar's
    exact test (McNemar 1947); up to 12 moved problems are enumerated; beyond, `FLIPS` random flips, with the observed one counted in.
    """
    moved = d_P[np.abs(d_P) > 1e-12]
    if len(moved) == 0:
        return 1.0
    if np.ptp(np.abs(moved)) < 1e-12:
        return mcnemar(int((moved > 0).sum()), int((moved < 0).sum()))
    bar = abs(float(moved.sum())) - 1e-9
    if len(moved) <= 12:
        bits = (np.arange(2 ** len(moved))[:, None] >> np.arange(len(moved))) & 1
        return float((np.abs((1 - 2 * bits) @ moved) >= bar).mean())
    rng = key.numpy()
    beyond = sum(int((np.abs((1 - 2 * rng.integers(0, 2, (FLIPS // 10, len(moved)), dtype=np.int8)) @ moved) >= bar).sum()) for _ in range(10))
    return (1 + beyond) / (1 + FLIPS)


def over_seeds(values: Sequence[Sequence[float]]) -> list[Difference]:
    """Mean and 95% interval of each group of seeds' values, where seeds are what varies: t intervals with one deviation pooled over all groups.

    A few seeds say little of their own spread (the t quantile of three is 4.3), but run-to-run variation is much the same for all methods of one
    ground, so it is estimated from all of them, as in the analysis of variance: s^2 = sum over groups and seeds of (value - group mean)^2 / sum over groups
    of (seeds - 1). `n` counts seeds, `p` is that of "the mean is zero", `detectable` as for paired differences. Where no group has two seeds nothing is
    known of the spread and the ends are NaN.

    Raises:
        BadInput: a group without values.
    """
    from scipy.special import stdtr, stdtrit

    if not all(values):
        raise BadInput("seeds", 0, "give one value or more in each group")
    freedom = sum(len(group) - 1 for group in values)
    means = [math.fsum(group) / len(group) for group in values]
    squares = math.fsum((v - m) ** 2 for group, m in zip(values, means, strict=True) for v in group)
    if freedom == 0 or squares == 0:
        return [Difference(m, math.nan, math.nan, len(group), math.nan, None) for group, m in zip(values, means, strict=True)]
    errors = [math.sqrt(squares / freedom / len(group)) for group in values]
    t = float(stdtrit(freedom, (1 + LEVEL) / 2))
    power = t + float(stdtrit(freedom, 0.8))
    return [
        Difference(m, m - t * e, m + t * e, len(group), 2 * float(stdtr(freedom, -abs(m) / e)), power * e)
        for group, m, e in zip(values, means, errors, strict=True)
    ]


def mcnemar(gained: int, lost: int) -> float:
    """Exact two-sided McNemar test: were `gained` and `lost` flips of one fair coin? Exact integers until the last division."""
    n = gained + lost
    tail = sum(math.comb(n, i) for i in range(min(gained, lost) + 1))
    return min(1.0, 2 * tail / 2**n)


def holm(p_values: Sequence[float]) -> list[float]:
    """p-values adjusted for looking at several tasks at once (Holm 1979), in the order given."""
    adjusted = [0.0] * len(p_values)
    worst = 0.0
    for rank, i in enumerate(sorted(range(len(p_values)), key=lambda i: p_values[i])):
        worst = max(worst, min(1.0, (len(p_values) - rank) * p_values[i]))
        adjusted[i] = worst
    return adjusted


def _problems(values_P: np.ndarray) -> np.ndarray:
    values_P = np.asarray(values_P, dtype=np.float64)
    if values_P.ndim != 1 or len(values_P) == 0 or not np.isfinite(values_P).all():
        raise BadInput("problems", list(values_P.shape), "statistics need one finite number a problem, for one problem or more")
    return values_P


def _t(n: int) -> float:
    """The t quantile for n problems."""
    from scipy.special import stdtrit

    return float(stdtrit(n - 1, (1 + LEVEL) / 2))


def _resamples(n: int, key: Key) -> Iterator[np.ndarray]:
    """`DRAWS` bootstrap resamples of n problems as how often each was drawn, `[250, n]` at a time so that memory stays small."""
    rng = key.numpy()
    for _ in range(DRAWS // 250):
        yield rng.multinomial(n, np.full(n, 1 / n), size=250).astype(np.float64)


def _ends(draws: np.ndarray, n: int) -> tuple[float, float]:
    """The expanded percentile interval of bootstrap draws over n problems."""
    from scipy.special import ndtr

    tail = float(ndtr(-math.sqrt(n / (n - 1)) * _t(n)))
    low, high = np.quantile(draws, [tail, 1 - tail])
    return float(low), float(high)
