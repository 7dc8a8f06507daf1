from __future__ import annotations

import bisect
import itertools
import math

import numpy as np
import pytest
from scipy import stats

from menolab.errors import BadInput
from menolab.evaluation import statistics
from menolab.keys import Key

KEY = Key.root(3)


def test_mean_is_scipys_t_interval():
    values = np.random.default_rng(0).gamma(2.0, 30.0, 40)
    ours = statistics.mean(values)
    low, high = stats.t.interval(0.95, 39, loc=values.mean(), scale=stats.sem(values))
    assert (ours.mean, ours.low, ours.high, ours.n) == pytest.approx((values.mean(), low, high, 40))
    one = statistics.mean(np.array([5.0]))
    assert one.mean == 5.0 and math.isnan(one.low) and math.isnan(one.high)


@pytest.mark.parametrize(("hits", "n"), [(0, 10), (1, 10), (5, 10), (10, 10), (37, 200)])
def test_wilson_is_scipys(hits: int, n: int):
    want = stats.binomtest(hits, n).proportion_ci(0.95, "wilson")
    assert statistics.wilson(hits / n, n) == pytest.approx((want.low, want.high), abs=1e-9)


def test_share_of_many_problems_agrees_with_the_t_interval_in_the_middle():
    values = np.random.default_rng(1).binomial(8, 0.5, 400) / 8
    ours, t = statistics.share(values), statistics.mean(values)
    assert (ours.low, ours.high) == pytest.approx((t.low, t.high), abs=2e-3)


@pytest.mark.parametrize("value", [0.0, 1.0, 0.5])
def test_no_spread_is_not_certainty(value: float):
    e = statistics.share(np.full(30, value))
    assert 0.05 < e.high - e.low < 0.5 and e.low <= value <= e.high and e.low >= 0 and e.high <= 1
    assert statistics.share(np.array([value])) == statistics.Estimate(value, 0.0, 1.0, 1)


@pytest.mark.parametrize("n", [30, 100])
@pytest.mark.parametrize("samples", [1, 8])
@pytest.mark.parametrize(("a", "b"), [(0.5, 0.5), (2.0, 2.0), (0.3, 3.0), (3.0, 0.5)])
def test_coverage_of_share(n: int, samples: int, a: float, b: float):
    """Problems are drawn from a population of difficulties, then samples of each: a 95% interval should cover about 95%, at the edges too."""
    rng = np.random.default_rng(n + samples)
    truth, trials = a / (a + b), 1000
    hits = 0
    for _ in range(trials):
        e = statistics.share(rng.binomial(samples, rng.beta(a, b, n)) / samples)
        hits += e.low <= truth <= e.high
    assert 0.92 <= hits / trials <= 0.99  # Wilson is a little wide for rare successes, by design


@pytest.mark.parametrize("n", [30, 100])
@pytest.mark.parametrize("samples", [1, 8])
def test_coverage_and_size_of_the_paired_difference(n: int, samples: int, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(statistics, "DRAWS", 500)
    monkeypatch.setattr(statistics, "FLIPS", 1000)
    rng = np.random.default_rng(n + samples)
    trials, hits, false_alarms = 400, 0, 0
    for i in range(trials):
        p, q = rng.beta(1, 1.5, (2, n)) * 0.4 + rng.beta(1, 1.5, n) * 0.6  # correlated difficulties, equal on average
        d = statistics.paired_difference(rng.binomial(samples, p) / samples, rng.binomial(samples, q) / samples, Key.root(i))
        hits += d.low <= 0 <= d.high
        false_alarms += d.p < 0.05
    assert 0.92 <= hits / trials <= 0.98
    assert false_alarms / trials <= 0.08


@pytest.mark.parametrize("n", [30, 100])
def test_coverage_of_the_ratio(n: int, monkeypatch: pytest.MonkeyPatch):
    """pass@1 over finished: harder problems finish less often, so the truth is the ratio of two expectations."""
    monkeypatch.setattr(statistics, "DRAWS", 500)
    rng = np.random.default_rng(n)
    ease = rng.beta(2, 2, 200_000)
    truth = float((ease * (0.4 + 0.5 * ease)).mean() / (0.4 + 0.5 * ease).mean())
    hits = 0
    for i in range(300):
        easy = rng.beta(2, 2, n)
        finished = rng.binomial(8, 0.4 + 0.5 * easy)
        e = statistics.ratio(rng.binomial(finished, easy), finished, Key.root(i))
        assert e is not None
        hits += e.low <= truth <= e.high
    assert 0.92 <= hits / 300 <= 0.98


def test_ratio_of_nothing_and_of_certainty():
    assert statistics.ratio(np.zeros(5), np.zeros(5), KEY) is None
    e = statistics.ratio(np.array([8.0, 0.0, 8.0]), np.array([8.0, 0.0, 8.0]), KEY)
    assert e is not None and e.mean == 1.0 and e.low < 0.9 and e.high == 1.0 and e.n == 2


def test_mcnemar_is_the_mid_p_of_the_binomial_test():
    """By the supplement's formula: the exact p less the chance of what was seen; and its table 1, seven flips against one."""
    for gained, lost in itertools.product(range(9), repeat=2):
        n, here = gained + lost, stats.binom.pmf(gained, gained + lost, 0.5)
        want = stats.binomtest(gained, n).pvalue - here if gained != lost else 1 - here / 2 if n else 1.0
        assert statistics.mcnemar(gained, lost) == pytest.approx(want)
    assert statistics.mcnemar(7, 1) == pytest.approx(0.0391, abs=5e-5)


def test_sign_flip_is_scipys_permutation_test_with_ties_halved():
    d = np.random.default_rng(5).integers(-8, 9, 10) / 8
    whole = stats.permutation_test((d,), lambda x: x.sum(), permutation_type="samples", n_resamples=2**10)
    ties = (np.abs(np.abs(whole.null_distribution) - abs(d.sum())) < 1e-9).mean()
    assert ties > 0.01 and statistics.paired_p(d, KEY) == pytest.approx(whole.pvalue - ties / 2)


def test_a_sum_of_zero_is_no_evidence():
    assert statistics.paired_p(np.array([0.5, 0.25, -0.75, 0.0]), KEY) == pytest.approx(1 - 2 / 8 / 2)  # two of the eight flips sum to zero


def rejected(n: int, moved: float) -> float:
    """How often `mcnemar` says p < 0.05 where each of n problems moves with this chance, either way alike: by summing over all outcomes."""
    found = 0.0
    for m in range(1, n + 1):
        weight = stats.binom.pmf(m, n, moved)
        if weight > 1e-9:
            fewer = bisect.bisect_left(range(m // 2 + 1), 0.05, key=lambda few, m=m: statistics.mcnemar(few, m - few))  # so many values of it reject
            found += weight * 2 * float(stats.binom.cdf(fewer - 1, m, 0.5))
    return float(found)


@pytest.mark.parametrize(("n", "moved"), [(30, 0.35), (30, 0.5), (100, 0.1), (100, 0.3), (500, 0.02), (500, 0.1), (500, 0.5)])
def test_size_of_mcnemar(n: int, moved: float):
    assert 0.04 <= rejected(n, moved) <= 0.06


@pytest.mark.parametrize(("n", "moved", "size"), [(30, 0.1, 0.0086), (30, 0.2, 0.0314), (100, 0.05, 0.0245), (500, 0.01, 0.0245)])
def test_too_few_flips_reject_less(n: int, moved: float, size: float):
    """Five flips or more are needed to reject at all, so where fewer are usual 4% is out of reach of any test of flips."""
    assert rejected(n, moved) == pytest.approx(size, abs=5e-4)


def size_of_paired_p(n: int, samples: int, trials: int) -> float:
    """How often two models alike on every problem seem to differ."""
    rng = np.random.default_rng(n + samples)
    alarms = 0
    for i in range(trials):
        p_P = rng.beta(1, 1.5, n)
        alarms += statistics.paired_p((rng.binomial(samples, p_P, n) - rng.binomial(samples, p_P, n)) / samples, Key.root(i)) < 0.05
    return alarms / trials


@pytest.mark.parametrize(("n", "samples"), [(30, 2), (30, 8), (100, 4)])
def test_size_of_the_permutation_test(n: int, samples: int, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(statistics, "FLIPS", 1000)
    assert 0.04 <= size_of_paired_p(n, samples, 3000) <= 0.06


@pytest.mark.slow
@pytest.mark.parametrize("n", [30, 100, 500])
@pytest.mark.parametrize("samples", [1, 2, 4, 16])
def test_size_of_the_permutation_test_at_length(n: int, samples: int, monkeypatch: pytest.MonkeyPatch):
    """20,000 comparisons each: the Monte Carlo error is 0.15% (one standard error). Fewer flips make a p coarser, not smaller."""
    monkeypatch.setattr(statistics, "FLIPS", 2000)
    assert 0.04 <= size_of_paired_p(n, samples, 20_000) <= 0.06


def test_one_sample_a_problem_is_mcnemar():
    a, b = np.array([0, 0, 0, 0, 1, 1, 1.0]), np.array([1, 1, 1, 1, 0, 1, 1.0])
    assert statistics.paired_difference(a, b, KEY).p == statistics.mcnemar(4, 1)


def test_random_flips_agree_with_the_normal_limit():
    d = np.random.default_rng(6).normal(0.1, 1.0, 80)
    z = d.sum() / math.sqrt((d**2).sum())
    assert statistics.paired_p(d, KEY) == pytest.approx(2 * stats.norm.sf(abs(z)), abs=0.02)
    assert statistics.paired_p(d + 5, KEY) == pytest.approx(1 / (statistics.FLIPS + 1))


def test_swapping_the_models_changes_the_sign_only():
    rng = np.random.default_rng(8)
    a, b = rng.binomial(4, 0.3, 60) / 4, rng.binomial(4, 0.45, 60) / 4
    there, back = statistics.paired_difference(a, b, KEY), statistics.paired_difference(b, a, KEY)
    assert there.mean == pytest.approx(-back.mean) and there.p == pytest.approx(back.p)
    assert (there.low, there.high) == pytest.approx((-back.high, -back.low))
    assert there.low < there.mean < there.high


def test_pairing_beats_not_pairing():
    """Hard and easy problems, a small steady gain: the paired interval must not contain the spread of difficulty."""
    easy = np.linspace(0, 0.9, 100)
    d = statistics.paired_difference(easy, easy + 0.05 + 0.02 * np.sin(np.arange(100)), KEY)
    assert d.low > 0.04 and d.high < 0.06 and d.p < 1e-3
    assert d.detectable is not None and d.detectable < 0.01


def test_no_movement_is_not_certainty():
    same = np.array([0.0, 1.0, 1.0, 0.0] * 10)
    d = statistics.paired_difference(same, same, KEY)
    assert (d.mean, d.p, d.detectable) == (0.0, 1.0, None)
    assert d.low < -0.02 and d.high > 0.02
    one = statistics.paired_difference(np.array([0.0]), np.array([1.0]), KEY)
    assert (one.low, one.high, one.p) == (0.0, 1.0, 0.5)


def test_the_same_key_gives_the_same_interval():
    rng = np.random.default_rng(9)
    a, b = rng.random(50), rng.random(50)
    assert statistics.paired_difference(a, b, KEY) == statistics.paired_difference(a, b, KEY)
    assert statistics.paired_difference(a, b, KEY) != statistics.paired_difference(a, b, KEY.fold("other"))


def test_holm():
    assert statistics.holm([0.01, 0.04, 0.03]) == pytest.approx([0.03, 0.06, 0.06])
    assert statistics.holm([0.9, 0.8]) == [1.0, 1.0]
    assert statistics.holm([]) == []


@pytest.mark.parametrize("values", [np.array([]), np.array([1.0, np.nan]), np.zeros((2, 2))])
def test_what_is_not_one_number_a_problem_is_refused(values: np.ndarray):
    with pytest.raises(BadInput):
        statistics.share(values)


def test_unpaired_lengths_are_refused():
    with pytest.raises(BadInput, match="same problems"):
        statistics.paired_difference(np.zeros(3), np.zeros(4), KEY)


def test_over_seeds_is_the_t_interval_with_a_pooled_deviation() -> None:
    values = [[0.1, 0.2, 0.3], [1.0, 1.4], [-0.5]]
    # By hand: squares 0.02 and 0.08 about the means, over 2 + 1 + 0 degrees of freedom.
    deviation = math.sqrt((0.02 + 0.08) / 3)
    t = stats.t(3)
    for d, group in zip(statistics.over_seeds(values), values, strict=True):
        m, error = sum(group) / len(group), deviation / math.sqrt(len(group))
        assert (d.mean, d.low, d.high) == pytest.approx((m, m - t.ppf(0.975) * error, m + t.ppf(0.975) * error))
        assert d.p == pytest.approx(2 * t.sf(abs(m) / error)) and d.n == len(group)
    one = statistics.over_seeds([[0.1, 0.2, 0.3]])[0]
    test = stats.ttest_1samp([0.1, 0.2, 0.3], 0.0)
    assert one.p == pytest.approx(test[1]) and (one.low, one.high) == pytest.approx(tuple(test.confidence_interval(0.95)))


def test_over_seeds_without_a_spread_says_so() -> None:
    assert all(math.isnan(d.low) and math.isnan(d.p) for d in statistics.over_seeds([[0.1], [0.2]]))
    with pytest.raises(BadInput, match="seeds"):
        statistics.over_seeds([[0.1], []])


def test_over_seeds_covers() -> None:
    """Ten methods of three seeds each: nominal 95% intervals hold the truth 93% to 97% of the time."""
    rng = np.random.default_rng(0)
    truth = rng.normal(size=10)
    held = [
        d.low <= m <= d.high
        for _ in range(400)
        for d, m in zip(statistics.over_seeds((truth[:, None] + rng.normal(size=(10, 3))).tolist()), truth, strict=True)
    ]
    assert 0.93 <= np.mean(held) <= 0.97


def test_the_bootstrap_of_a_mean_is_near_the_t_interval() -> None:
    values = np.random.default_rng(2).normal(1.0, 2.0, 60)
    got = statistics.bootstrap(lambda w: float(w @ values / w.sum()), 60, KEY)
    want = statistics.mean(values)
    assert got is not None and got.mean == pytest.approx(want.mean) and got.n == 60
    assert (got.low, got.high) == pytest.approx((want.low, want.high), abs=0.12)
    assert statistics.bootstrap(lambda w: math.nan, 5, KEY) is None


@pytest.mark.parametrize("n", [30, 100, 500])
@pytest.mark.parametrize("p", [0.05, 0.5, 0.95])
def test_nominal_coverage_of_a_share(n: int, p: float) -> None:
    """95% intervals cover 93% to 97% of the time (one sample a problem: a lattice, so exact 95% is not to be had)."""
    counts = np.arange(n + 1)
    weights = stats.binom.pmf(counts, n, p)
    held = 0.0
    for c, weight in zip(counts, weights, strict=True):
        if weight > 1e-9:
            e = statistics.share(np.repeat([1.0, 0.0], [c, n - c]))
            held += weight * (e.low <= p <= e.high)
    assert 0.93 <= held <= 0.97


def test_differences_of_several_scores_are_those_of_each():
    rng = np.random.default_rng(12)
    a, b = rng.binomial(4, 0.4, (50, 3)) / 4, rng.binomial(4, 0.5, (50, 3)) / 4
    together = statistics.paired_differences(a, b, KEY)
    for k, ours in enumerate(together):
        alone = statistics.paired_difference(a[:, k], b[:, k], KEY)
        assert (ours.mean, ours.p) == (alone.mean, alone.p) and ours.detectable == pytest.approx(alone.detectable)
        assert (ours.low, ours.high) == pytest.approx((alone.low, alone.high), abs=0.01)


def test_the_interval_from_moments_is_the_bootstraps(monkeypatch: pytest.MonkeyPatch):
    """Skewed differences, all of them distinct: with and without resampling."""
    d = np.random.default_rng(13).gamma(0.5, 1.0, 3000)
    moments = statistics.paired_difference(np.zeros(3000), d, KEY, shares=False)
    monkeypatch.setattr(statistics, "MANY", 10_000)
    drawn = statistics.paired_difference(np.zeros(3000), d, KEY, shares=False)
    error = d.std() / math.sqrt(3000)
    assert (moments.low, moments.high) == pytest.approx((drawn.low, drawn.high), abs=0.06 * error)
    assert moments.high - moments.mean > moments.mean - moments.low


def test_rare_moves_of_many_problems_are_drawn():
    """Four gains among 5000 problems: the mean's distribution is far from normal, and no resample of gains is a loss."""
    b = np.zeros(5000)
    b[:4] = 1.0
    d = statistics.paired_difference(np.zeros(5000), b, KEY)
    assert 0.0 < d.low < 0.0004 and d.high == pytest.approx(stats.poisson(4).ppf(0.975) / 5000, abs=2.1e-4)


def test_many_small_moves_have_a_normal_p():
    d = np.random.default_rng(14).normal(0.03, 1.0, 4000)
    z = abs(d.sum()) / math.sqrt((d**2).sum())
    assert statistics.paired_p(d, KEY) == pytest.approx(stats.norm.sf(z) * 2, abs=1e-4)


@pytest.mark.parametrize("up", [113, 121])
def test_some_hundreds_of_moves_agree_with_flips(up: int):
    """Moves of 1/8 to 8/8 of a problem, `up` of 200 upward: the weight is just below the bound, where the correction matters most."""
    rng = np.random.default_rng(22)
    d = rng.integers(1, 9, 200) / 8 * np.repeat([1, -1], [up, 200 - up])
    assert 0.007 < (d**4).sum() / (d**2).sum() ** 2 < 0.01
    sums = np.abs(np.concatenate([(1 - 2 * rng.integers(0, 2, (5000, 200), dtype=np.int8)) @ d for _ in range(40)]))
    want = float(((sums > abs(d.sum()) + 1e-9).sum() + (np.abs(sums - abs(d.sum())) <= 1e-9).sum() / 2) / len(sums))
    assert 0.005 < want < 0.2
    assert statistics.paired_p(d, KEY) == pytest.approx(want, abs=4 * math.sqrt(want * (1 - want) / len(sums)))


def test_mcnemar_of_many_flips_is_exact():
    assert statistics.mcnemar(5100, 4900) == pytest.approx(stats.binomtest(4900, 10_000).pvalue - stats.binom.pmf(4900, 10_000, 0.5), rel=1e-9)


def test_a_mean_over_tasks_of_one_task_is_the_paired_difference():
    rng = np.random.default_rng(15)
    a, b = rng.binomial(4, 0.4, 80) / 4, rng.binomial(4, 0.5, 80) / 4
    ours, alone = statistics.stratified_difference([b - a], KEY), statistics.paired_difference(a, b, KEY)
    assert (ours.mean, ours.n, ours.detectable) == pytest.approx((alone.mean, alone.n, alone.detectable))
    assert (ours.low, ours.high, ours.p) == pytest.approx((alone.low, alone.high, alone.p), abs=0.01)


def test_a_mean_over_tasks_by_hand():
    """Two tasks of 2 and 3 problems: all 32 flips of signs, each task weighing one half."""
    tasks = [np.array([0.5, 0.25]), np.array([1.0, 0.25, 0.5])]
    weighted = [d / len(task) / 2 for task in tasks for d in task]
    total = sum(weighted)
    sums = [sum(s * d for s, d in zip(signs, weighted, strict=True)) for signs in itertools.product((-1, 1), repeat=5)]
    ours = statistics.stratified_difference(tasks, KEY)
    beyond = sum(1.0 if abs(s) > total + 1e-9 else 0.5 if abs(s) >= total - 1e-9 else 0.0 for s in sums)  # equal sums count half
    assert ours.mean == pytest.approx(total) and ours.p == pytest.approx(beyond / 32) and ours.n == 5
    with pytest.raises(BadInput, match="one task"):
        statistics.stratified_difference([], KEY)


def test_coverage_of_the_mean_over_tasks():
    rng, hits = np.random.default_rng(16), 0
    for i in range(300):
        tasks = [rng.binomial(4, 0.6, 40) / 4 - rng.binomial(4, 0.5, 40) / 4, rng.binomial(1, 0.4, 100) - rng.binomial(1, 0.3, 100)]
        d = statistics.stratified_difference(tasks, KEY.fold(i))
        hits += d.low <= 0.1 <= d.high
    assert 0.92 <= hits / 300 <= 0.98


def test_over_runs_by_hand():
    """The random-effects analysis of variance with plain loops."""
    rng = np.random.default_rng(17)
    a, b = rng.random((3, 7)), rng.random((2, 7)) + np.array([[0.3], [-0.3]])
    d, spread = statistics.over_runs([(a, b)])
    squares, noise = 0.0, 0.0
    for table in (a, b):
        runs, problems, grand = table.mean(1), table.mean(0), table.mean()
        squares += sum((r - grand) ** 2 for r in runs)
        noise += sum((table[r, p] - runs[r] - problems[p] + grand) ** 2 for r in range(len(table)) for p in range(7)) / 6
    between = max(0.0, squares / 3 - noise / 3 / 7)
    moves = [b[:, p].mean() - a[:, p].mean() for p in range(7)]
    items = sum((m - sum(moves) / 7) ** 2 for m in moves) / 6 / 7
    error = math.sqrt(items + between * (1 / 3 + 1 / 2))
    degrees = error**4 / (items**2 / 6 + (squares / 3 * 5 / 6) ** 2 / 3)
    assert spread == pytest.approx(math.sqrt(between)) and spread > 0
    assert d.mean == pytest.approx(sum(moves) / 7) and d.n == 7
    assert (d.low, d.high) == pytest.approx(stats.t.interval(0.95, degrees, loc=d.mean, scale=error))
    assert d.p == pytest.approx(2 * stats.t.sf(abs(d.mean) / error, degrees))


def test_over_runs_needs_runs_and_problems():
    with pytest.raises(BadInput, match="two runs"):
        statistics.over_runs([(np.zeros((1, 5)), np.zeros((1, 5)))])
    d, spread = statistics.over_runs([(np.zeros((2, 5)), np.zeros((2, 5)))])
    assert spread == 0.0 and math.isnan(d.p) and d.mean == 0.0


@pytest.mark.parametrize("spread", [0.05, 0.1, 0.3])
def test_size_of_the_test_over_runs(spread: float):
    """Three runs each of two methods alike: the test says otherwise one time in twenty, whether runs or problems vary more."""
    rng, hits = np.random.default_rng(18), 0
    for _ in range(3000):
        sides = [rng.normal(0, spread, (3, 1)) + rng.normal(0, 0.5, (3, 60)) + rng.normal(0, 0.3, 60) for _ in range(2)]
        hits += statistics.over_runs([(sides[0], sides[1])])[0].p < 0.05
    assert 0.04 <= hits / 3000 <= 0.06


def test_p_values_are_written_in_one_way():
    assert [statistics.p_value(p) for p in (1e-9, 1e-6, 0.00123, 0.25, 1.0)] == ["p < 1e-6", "p = 1e-06", "p = 0.0012", "p = 0.25", "p = 1"]
