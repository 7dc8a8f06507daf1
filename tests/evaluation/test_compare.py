from __future__ import annotations

import dataclasses

import pytest

from fakes import FakeEngine, Sums, sums
from menolab.engines.decoding import Decoding
from menolab.errors import BadInput
from menolab.evaluation import statistics
from menolab.evaluation.compare import Rules, adjusted, compare, overall, scores_together, verdict
from menolab.evaluation.evaluate import evaluate
from menolab.evaluation.record import Result
from menolab.keys import Key


def result(skill: float, *, samples: int = 4, count: int = 60, seed: int = 0, task: Sums | None = None, limit: int = 400, **engine: float) -> Result:
    return evaluate(FakeEngine(skill=skill, **engine), task or Sums(), sums(count), Decoding(max_tokens=limit), samples, Key.root(seed))  # type: ignore[arg-type]


def test_a_better_model_is_better():
    c = compare(result(0.3), result(0.7))
    assert c.difference.mean == pytest.approx(c.b.mean - c.a.mean)
    assert c.difference.low > 0 and c.difference.p < 0.001 and c.difference.n == 60
    assert len(c.gained) > len(c.lost) == 0
    assert "B is better than A by +" in verdict([c])
    assert c.pass_at_k[1] == c.difference and set(c.pass_at_k) == {1, 2, 3, 4}


def test_a_model_against_itself():
    c = compare(result(0.5), result(0.5))
    assert (c.difference.mean, c.difference.p) == (0.0, 1.0) and not c.gained and not c.lost
    assert "no difference shown" in verdict([c])


def test_the_same_model_on_new_draws_shows_no_difference():
    c = compare(result(0.5, seed=1), result(0.5, seed=2))
    assert c.difference.low < 0 < c.difference.high and c.difference.p > 0.05
    assert "would notice about" in verdict([c])


def test_one_sample_is_mcnemar_and_flips_are_the_discordant_problems():
    a, b = result(0.3, samples=1, seed=1), result(0.6, samples=1, seed=2)
    c = compare(a, b)
    assert c.difference.p == statistics.mcnemar(len(c.gained), len(c.lost))
    assert all(f.a == 0.0 and f.b == 1.0 and f.answer_b == f.gold != f.answer_a for f in c.gained)


def test_order_of_problems_does_not_matter():
    a, b = result(0.3), result(0.5, seed=5)
    turned = [row for start in range(56 * 4, -1, -4 * 4) for row in b.rows[start : start + 16]]
    moved = compare(a, Result(dataclasses.replace(b.record), tuple(turned)))
    assert moved == compare(a, b)


def test_length_change_is_in_tokens():
    a = result(0.5)
    longer = Result(a.record, tuple(dataclasses.replace(row, tokens=row.tokens + 7) for row in a.rows))
    c = compare(a, longer)
    assert (c.length.mean, c.length.low, c.length.high) == (7.0, 7.0, 7.0) and c.length.p < 1e-3


@pytest.mark.parametrize(("other", "named"), [
    (lambda: result(0.5, count=50), "problems"),
    (lambda: result(0.5, limit=300), "decoding"),
    (lambda: result(0.5, samples=2), "samples"),
    (lambda: result(0.5, task=Sums(largest=98)), "verifier"),
    (lambda: _rows(prompt="how much is it?"), "prompts"),
    (lambda: _rows(gold="0"), "golds"),
    (lambda: _with(task="products"), "task"),
])  # fmt: skip
def test_what_is_not_comparable_is_refused_by_name_and_forced_with_a_warning(other, named):
    a, b = result(0.5), other()
    with pytest.raises(BadInput, match=f"^{named} = .*--{'intersect' if named in ('problems', 'samples') else 'force'}"):
        compare(a, b)
    assert any(w.startswith(f"{named} differ") for w in compare(a, b, Rules(force=True)).warnings)


def _with(**changes: str) -> Result:
    r = result(0.5)
    return Result(dataclasses.replace(r.record, **changes), r.rows)


def _rows(**changes: str) -> Result:
    r = result(0.5)
    return Result(r.record, tuple(dataclasses.replace(row, **changes) if row.problem == r.rows[0].problem else row for row in r.rows))  # type: ignore[arg-type]


def test_the_items_whose_golds_differ_are_named():
    a, b = result(0.5), _rows(gold="0")
    first = a.rows[0]
    with pytest.raises(BadInput, match=rf"of 1 problems: {first.problem.replace('+', '[+]')}: '{first.gold}' against '0'"):
        compare(a, b)


def test_what_one_lacks_is_left_out_and_counted_on_request():
    c = compare(result(0.5, count=50), result(0.7), Rules(intersect=True))
    assert c.difference.n == 50 and c.dropped == {"problems of B that not all have": 10}
    assert any("left out: 10 problems of B" in w for w in c.warnings)


def test_unlike_decoding_is_not_intersected_away():
    with pytest.raises(BadInput, match=r"^decoding = .*'max_tokens': 400"):
        compare(result(0.5), result(0.5, limit=300), Rules(intersect=True))


def test_scores_between_wrong_and_right_are_refused_unless_scores_are_compared():
    a, b = result(0.4), result(0.4)
    half = Result(b.record, tuple(dataclasses.replace(row, label="undecided", score=0.5) for row in b.rows))
    with pytest.raises(BadInput, match=r"^score = 0.5: is neither 0 nor 1, as those of 240 samples; --score"):
        compare(a, half)
    c = compare(a, half, Rules(measure="score"))
    assert c.b.mean == 0.5 and c.difference.mean == pytest.approx(0.5 - c.a.mean) and set(c.pass_at_k) == {1}


def test_power_says_what_more_problems_and_samples_would_show():
    c = compare(result(0.5, seed=1), result(0.6, seed=2))
    assert c.power is not None and c.difference.detectable is not None
    assert c.power.detectable(60, 4) == pytest.approx(c.difference.detectable, rel=1e-3)
    assert c.power.problems_for(c.difference.detectable, 4) == pytest.approx(60, abs=1)


def test_runs_of_one_model_widen_the_interval():
    """Two runs far apart: of these very models B is better, of models trained so nothing is known."""
    a, b = [result(0.5, seed=i) for i in (1, 2)], [result(s, seed=i) for s, i in ((0.3, 3), (1.0, 4))]
    pooled, c = compare(a[0], b[1]), compare([*a], [*b])
    assert c.runs is not None and len(c.runs.a) == len(c.runs.b) == 2 and c.runs.spread > 0.1
    assert c.difference.high - c.difference.low > 3 * (c.runs.same_runs.high - c.runs.same_runs.low)
    assert c.difference.p > 0.05 and pooled.difference.p < 0.001
    assert c.difference.mean == pytest.approx(sum(c.runs.b) / 2 - sum(c.runs.a) / 2) == pytest.approx(c.runs.same_runs.mean)
    assert c.samples == 4 and c.difference.n == 60


def test_flips_of_runs_show_the_most_frequent_answer_of_all():
    a, b = [result(0.2, samples=1, seed=i) for i in range(3)], [result(0.9, samples=1, seed=i) for i in range(3, 6)]
    c = compare(a, b)
    assert c.gained and all(f.b > 0.5 > f.a and f.answer_b == f.gold for f in c.gained)


def test_overall_is_the_mean_over_tasks_whatever_their_sizes():
    big, small = compare(result(0.3), result(0.7)), compare(result(0.3, count=20), result(0.3, count=20))
    whole = overall([big, small])
    assert whole.difference.mean == pytest.approx(big.difference.mean / 2) and whole.difference.n == 80 and whole.tasks == 2
    assert whole.difference.low < whole.difference.mean < whole.difference.high and whole.difference.p < 0.001
    assert "Over 2 tasks: B is better than A by" in verdict([big, small], whole)


def test_scores_of_several_models_are_on_shared_problems():
    table_MP = scores_together([result(0.3), result(0.5, count=40), result(0.7)], Rules(intersect=True))
    assert table_MP.shape == (3, 40) and table_MP[0].mean() < table_MP[2].mean()


def test_forced_comparison_uses_what_both_answered():
    c = compare(result(0.5, count=50, samples=2), result(0.7), Rules(force=True))
    assert c.difference.n == 50 and set(c.pass_at_k) == {1, 2}


def test_no_shared_problem_is_refused_even_when_forced():
    a = result(0.5)
    b = Result(a.record, tuple(dataclasses.replace(row, problem="x" + row.problem) for row in a.rows))
    with pytest.raises(BadInput, match="no problem was answered by both"):
        compare(a, b, Rules(force=True))


def test_a_gain_in_pass_1_bought_with_pass_k_is_said():
    """B answers half of the problems always and the others never; A answers every problem one time in four."""
    a, b = result(0.5), result(0.5)
    half = [dataclasses.replace(row, label="right" if row.sample == 0 else "wrong") for row in a.rows]
    sure = [dataclasses.replace(row, label="right" if i // 4 % 2 == 0 else "wrong") for i, row in enumerate(b.rows)]
    said = verdict([compare(Result(a.record, tuple(half)), Result(b.record, tuple(sure)))])
    assert "B is better" in said and "But pass@4 moved the other way: -50.0 points" in said


def test_several_tasks_are_adjusted_for():
    c = compare(result(0.4, samples=1, seed=1), result(0.6, samples=1, seed=2))
    both = adjusted([c, c])
    assert [x.p_holm for x in both] == [min(1.0, 2 * c.difference.p)] * 2
