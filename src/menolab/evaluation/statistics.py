"""Numbers with their uncertainty: intervals clustered by problem, and paired tests on the same problems.

The unit that is drawn independently is the problem, so every interval is over problems (P of them); samples of one problem are averaged first.
All intervals are 95% and two-sided. Coverage is simulated in the tests: 92% to 98% on 30 and on 100 problems, rare successes included, which is why
shares use Wilson's interval rather than the t interval (for 30 problems and a pass rate of 5% the latter covers 73% with one sample a problem). So is the size
of the paired tests, which are by mid-p: 4% to 6% of true nulls are rejected at 5%, fewer where less than ten problems move.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from menolab.errors import BadInput
from menolab.keys import Key

LEVEL = 0.95
"""Nominal coverage of every interval."""
DRAWS = 5000
"""Bootstrap resamples; the Monte Carlo error of an end point is then about 0.02 standard errors."""
BOOTSTRAPS = 1000
"""Resamples of statistics that are computed one resample at a time."""
MANY = 2000
"""Problems above which the bootstrap of a mean is taken from its moments."""
Z = 1.959963984540054
"""z(97.5%), how many standard errors a 95% interval reaches to either side."""
POWER = Z + 0.8416212335729143
"""z(97.5%) + z(80%): a two-sided test at 5% finds a difference of so many standard errors four times out of five."""
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


def wilson(p: float, trials: float, z: float = Z) -> tuple[float, float]:
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
    """Mean of b - a over the same problems: bootstrap interval over problems, McNemar's or sign-flip mid-p (`paired_p`).

    The interval is the expanded percentile bootstrap (Hesterberg 2015, arXiv:1411.5279, section 5.2): percentiles moved outward to t quantiles, since the plain
    percentile interval is too narrow by sqrt((n-1)/n) and by z against t; unlike the t interval it follows the skewness. If every problem moved
    by the same amount (usually none moved) resampling says nothing; the interval is then as wide as Wilson's bound on the share of problems that
    could still move by one whole answer (`shares` only).

    Raises:
        BadInput: different numbers of problems.
    """
    if np.shape(a_P) != np.shape(b_P) or np.ndim(a_P) != 1:
        raise BadInput("problems", [np.size(a_P), np.size(b_P)], "a paired comparison needs the same problems on both sides")
    return paired_differences(np.asarray(a_P)[:, None], np.asarray(b_P)[:, None], key, shares=shares)[0]


def paired_differences(a_PK: np.ndarray, b_PK: np.ndarray, key: Key, *, shares: bool = True) -> list[Difference]:
    """`paired_difference` of each of K scores of the same problems (pass@k for every k); the resamples of problems are the same for all."""
    d_PK = np.stack([_problems(b_P) - _problems(a_P) for a_P, b_P in zip(a_PK.T, b_PK.T, strict=True)], axis=1)
    n = len(d_PK)
    spread_K = d_PK.std(axis=0, ddof=1) if n > 1 else np.zeros(d_PK.shape[1])
    ends_K = _mean_ends(d_PK, key.fold("bootstrap")) if spread_K.max() >= 1e-12 else []
    found = []
    for k, (d_P, spread) in enumerate(zip(d_PK.T, spread_K.tolist(), strict=True)):
        m, p = float(d_P.mean()), paired_p(d_P, key.fold("flip"))
        if spread < 1e-12:
            found.append(Difference(m, *_all_alike(m, n, shares), n, p, None))
        else:
            found.append(Difference(m, *ends_K[k], n, p, POWER * spread / math.sqrt(n)))
    return found


def stratified_difference(d_TP: Sequence[np.ndarray], key: Key) -> Difference:
    """The mean over tasks of their mean differences, problems being drawn anew within each task.

    The interval is the expanded percentile bootstrap, stratified by task, at Welch and Satterthwaite's degrees of freedom; the p-value flips the signs of all
    problems' differences, each weighing 1 / (tasks x problems of its task). `n` counts problems. A difference within one task is `paired_difference`'s.

    Raises:
        BadInput: no task.
    """
    d_TP = [_problems(d_P) for d_P in d_TP]
    if not d_TP:
        raise BadInput("tasks", 0, "a mean over tasks needs one task or more")
    tasks, n = len(d_TP), sum(len(d_P) for d_P in d_TP)
    m = math.fsum(float(d_P.mean()) for d_P in d_TP) / tasks
    variances = [float(d_P.var(ddof=1)) / len(d_P) / tasks**2 if len(d_P) > 1 else 0.0 for d_P in d_TP]
    error = math.sqrt(math.fsum(variances))
    p = paired_p(np.concatenate([d_P / len(d_P) / tasks for d_P in d_TP]), key.fold("flip"))
    if error < 1e-12:
        return Difference(m, math.nan, math.nan, n, p, None)
    freedom = error**4 / math.fsum(v**2 / max(1, len(d_P) - 1) for v, d_P in zip(variances, d_TP, strict=True))
    draws = np.mean([_mean_draws(d_P[:, None], key.fold("bootstrap", i))[:, 0] for i, d_P in enumerate(d_TP)], axis=0)
    # A task of n problems is resampled with a deviation that is sqrt((n-1)/n) too small; the tail takes that back for all of them together.
    shrunk = math.sqrt(math.fsum(v * (len(d_P) - 1) / len(d_P) for v, d_P in zip(variances, d_TP, strict=True)))
    low, high = _quantiles(draws, error / shrunk * _t(freedom + 1))
    return Difference(m, low, high, n, p, POWER * error)


def over_runs(tasks: Sequence[tuple[np.ndarray, np.ndarray]]) -> tuple[Difference, float]:
    """B minus A where each is several runs (seeds), `[R, P]` scores a task: what to expect of new runs on new problems, and how far runs spread.

    Variance of the difference = variance over problems of the runs' mean difference / P + s^2 (1/R_a + 1/R_b), where s^2 is the variance between runs: that of
    the runs' scores about their model's mean, pooled over both, less what the interaction of runs and problems (and sampling) puts into a run's score, not
    below 0 (the random-effects model of two crossed factors, runs and problems). The t interval takes Satterthwaite's degrees of freedom (1946). Over several
    tasks scores are means over tasks, and the problems' variances add up over tasks / tasks^2.

    Returns the difference (`n` counts problems) and s, the standard deviation between runs.

    Raises:
        BadInput: no side has two runs, or one problem only.
    """
    from scipy.special import stdtr, stdtrit

    sides = list(zip(*tasks, strict=True))  # A's tables [R, P] by task, and B's
    scores = [np.mean([table_RP.mean(axis=1) for table_RP in side], axis=0) for side in sides]
    freedom = sum(len(runs) - 1 for runs in scores)
    if freedom < 1 or any(a_RP.shape[1] < 2 for a_RP, _ in tasks):
        raise BadInput("runs", [len(runs) for runs in scores], "the spread between runs needs two runs of a model, and two problems or more")
    count = len(tasks)
    problems = math.fsum(float((b.mean(axis=0) - a.mean(axis=0)).var(ddof=1)) / a.shape[1] for a, b in tasks) / count**2
    seen = math.fsum(float(((runs - runs.mean()) ** 2).sum()) for runs in scores) / freedom
    noise = math.fsum(sum(_interaction(table_RP) for table_RP in pair) / freedom / pair[0].shape[1] for pair in tasks) / count**2
    between = max(0.0, seen - noise)
    share = sum(1 / len(runs) for runs in scores)
    m = float(scores[1].mean() - scores[0].mean())
    n = sum(a.shape[1] for a, _ in tasks)
    error = math.sqrt(problems + between * share)
    if error < 1e-12:
        return Difference(m, math.nan, math.nan, n, math.nan, None), math.sqrt(between)
    # The runs' share of the variance is a difference of mean squares, and as uncertain as the first of them.
    runs = seen * share if between > 0 else 0.0
    degrees = error**4 / (problems**2 / (n - count) + runs**2 / freedom)
    t = float(stdtrit(degrees, (1 + LEVEL) / 2))
    p = 2 * float(stdtr(degrees, -abs(m) / error))
    return Difference(m, m - t * error, m + t * error, n, p, (t + float(stdtrit(degrees, 0.8))) * error), math.sqrt(between)


def _interaction(table_RP: np.ndarray) -> float:
    """Sum of squares of runs x problems beyond their means, per problem's degree of freedom."""
    rest_RP = table_RP - table_RP.mean(axis=0) - table_RP.mean(axis=1, keepdims=True) + table_RP.mean()
    return float((rest_RP**2).sum()) / (table_RP.shape[1] - 1)


def _all_alike(m: float, n: int, shares: bool) -> tuple[float, float]:
    """The interval of a difference when every problem moved by m."""
    if not shares:
        return (m, m) if n > 1 else (math.nan, math.nan)
    reach = wilson(0.0, n, _t(n))[1] if n > 1 else 1.0
    return max(-1.0, m - reach), min(1.0, m + reach)


def paired_p(d_P: np.ndarray, key: Key) -> float:
    """Two-sided p-value of "swapping the two models changes nothing", from differences of problems.

    The null distribution flips the sign of every problem's difference, and p is its mid-p: the chance of a larger sum, and half that of an equal one. Counted
    in full, equal sums make the test of a few sizes of moves reject 2% to 4% of true nulls at the level of 5% (see `mcnemar`).

    Where all moves have one size (one sample a problem) that is McNemar's test; up to 12 moved problems are enumerated; beyond, `FLIPS` random flips, with
    the observed one counted in. Where no problem weighs much (w = sum d^4 / (sum d^2)^2 < 0.01, some hundreds of moved problems) the flips' sum is normal but
    for its excess kurtosis, -2 w: a sum of z deviations is as rare as z + w (z^3 - 3 z) / 12 of a normal one (Cornish and Fisher 1938), and mid-p takes
    care of the lattice. At p = 0.05 what that leaves out is less than the Monte Carlo error of `FLIPS`.
    """
    moved = d_P[np.abs(d_P) > 1e-12]
    if len(moved) == 0:
        return 1.0
    if np.ptp(np.abs(moved)) < 1e-12:
        return mcnemar(int((moved > 0).sum()), int((moved < 0).sum()))
    total, squares = float(moved.sum()), moved**2
    rounding = 1e-9 * float(np.abs(moved).sum())

    def beyond(bits_NP: np.ndarray) -> float:
        """How many flips sum up to more than what was seen, equal ones counted half."""
        excess_N = np.abs((1 - 2 * bits_NP) @ moved) - abs(total)
        return float((excess_N > rounding).sum() + (np.abs(excess_N) <= rounding).sum() / 2)

    if len(moved) <= 12:
        return beyond((np.arange(2 ** len(moved))[:, None] >> np.arange(len(moved))) & 1) / 2 ** len(moved)
    variance = float(squares.sum())
    weight, z = float((squares**2).sum()) / variance**2, abs(total) / math.sqrt(variance)
    if weight < 0.01:
        return math.erfc((z + weight * (z**3 - 3 * z) / 12) / math.sqrt(2))
    rng = key.numpy()
    return (1 + sum(beyond(rng.integers(0, 2, (FLIPS // 10, len(moved)), dtype=np.int8)) for _ in range(10))) / (1 + FLIPS)


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
    """McNemar's two-sided mid-p test: were `gained` and `lost` flips of one fair coin? Exact integers until the last division.

    With n = gained + lost and X of Binomial(n, 1/2), p = 2 P(X < fewer) + P(X = fewer), and 1 - P(X = n / 2) / 2 for a draw (Fagerland, Lydersen and
    Laake 2013, BMC Medical Research Methodology 13:91, and its supplement, eq. 2). McNemar's exact test counts P(X = fewer) twice and rejects 2% to 4% of
    true nulls at the level of 5%; mid-p rejects 4% to 5% from about ten expected flips on, and fewer below: five flips are needed to reject at all. At one
    given n it may exceed the level (7.03% for eight flips), over the flips that happen to come up it did so in none of their 9595 cases. No flips: p = 1.
    """
    n, fewer = gained + lost, min(gained, lost)
    if n == 0:
        return 1.0
    below, term = 0, 1
    for i in range(fewer):
        below += term
        term = term * (n - i) // (i + 1)  # C(n, i + 1) from C(n, i)
    return float(Fraction(2**n - term // 2 if 2 * fewer == n else 2 * below + term, 2**n))


def holm(p_values: Sequence[float]) -> list[float]:
    """p-values adjusted for looking at several tasks at once (Holm 1979), in the order given."""
    adjusted = [0.0] * len(p_values)
    worst = 0.0
    for rank, i in enumerate(sorted(range(len(p_values)), key=lambda i: p_values[i])):
        worst = max(worst, min(1.0, (len(p_values) - rank) * p_values[i]))
        adjusted[i] = worst
    return adjusted


def p_value(p: float) -> str:
    """A p-value as it is written: "p = 0.023"; below a millionth the approximations behind it no longer carry digits."""
    return "p < 1e-6" if p < 1e-6 else f"p = {p:.2g}"


def _problems(values_P: np.ndarray) -> np.ndarray:
    values_P = np.asarray(values_P, dtype=np.float64)
    if values_P.ndim != 1 or len(values_P) == 0 or not np.isfinite(values_P).all():
        raise BadInput("problems", list(values_P.shape), "statistics need one finite number a problem, for one problem or more")
    return values_P


def _t(n: float) -> float:
    """The t quantile for n problems."""
    from scipy.special import stdtrit

    return float(stdtrit(n - 1, (1 + LEVEL) / 2))


def _resamples(n: int, key: Key) -> Iterator[np.ndarray]:
    """`DRAWS` bootstrap resamples of n problems as how often each was drawn, `[250, n]` at a time so that memory stays small."""
    rng = key.numpy()
    for _ in range(DRAWS // 250):
        yield rng.multinomial(n, np.full(n, 1 / n), size=250).astype(np.float64)


def _mean_draws(d_PK: np.ndarray, key: Key) -> np.ndarray:
    """`DRAWS` bootstrap means `[DRAWS, K]`. Equal problems are drawn together: how often a value comes up is multinomial over the values, which are few."""
    values_CK, counts = distinct(d_PK)
    rng, n = key.numpy(), len(d_PK)
    size = max(1, 2_500_000 // len(counts))  # 20 MB at a time
    sizes = [min(size, DRAWS - done) for done in range(0, DRAWS, size)]
    return np.concatenate([rng.multinomial(n, counts / n, size=draws) @ values_CK / n for draws in sizes])


def distinct(values_PK: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The distinct rows in order of appearance `[C, K]`, and how often each is there; so the draws of -d are those of d with their signs changed."""
    values_PK = np.ascontiguousarray(values_PK, dtype=np.float64)
    ids: dict[bytes, int] = {}
    which_P = [ids.setdefault(row.tobytes(), len(ids)) for row in values_PK]
    return np.array([np.frombuffer(row) for row in ids]), np.bincount(which_P)


def _mean_ends(d_PK: np.ndarray, key: Key) -> list[tuple[float, float]]:
    """The expanded percentile interval of each column's mean over problems.

    Beyond `MANY` problems the bootstrap's quantiles are taken from its moments (Cornish and Fisher 1938, first order): the mean of a resample has the
    sample's deviation over sqrt(n), its skewness over sqrt(n) and its excess kurtosis over n. While the latter two are below 0.1, what the first order
    leaves out is below half the Monte Carlo error of `DRAWS`; so much is asked for unless so many values are distinct that drawing them would take long.
    """
    n = len(d_PK)
    m_K, s_K = d_PK.mean(axis=0), np.maximum(d_PK.std(axis=0), 1e-300)
    z_PK = (d_PK - m_K) / s_K
    skewness_K, kurtosis_K = (z_PK**3).mean(axis=0) / math.sqrt(n), ((z_PK**4).mean(axis=0) - 3) / n
    mild = bool((np.abs(skewness_K) < 0.1).all() and (np.abs(kurtosis_K) < 0.1).all())
    if n <= MANY or not (mild or len(distinct(d_PK)[1]) > MANY):
        return [_ends(draws, n) for draws in _mean_draws(d_PK, key).T]
    z = math.sqrt(n / (n - 1)) * _t(n)
    middle_K, half_K = m_K + s_K / math.sqrt(n) * skewness_K * (z * z - 1) / 6, z * s_K / math.sqrt(n)
    return list(zip((middle_K - half_K).tolist(), (middle_K + half_K).tolist(), strict=True))


def _ends(draws: np.ndarray, n: int) -> tuple[float, float]:
    """The expanded percentile interval of bootstrap draws over n problems."""
    return _quantiles(draws, math.sqrt(n / (n - 1)) * _t(n))


def _quantiles(draws: np.ndarray, z: float) -> tuple[float, float]:
    """The quantiles of draws that lie z standard errors out where the draws are normal."""
    from scipy.special import ndtr

    tail = float(ndtr(-z))
    low, high = np.quantile(draws, [tail, 1 - tail])
    return float(low), float(high)
