from __future__ import annotations

import dataclasses

import pytest

from fakes import FakeEngine, Sums, sums
from menolab.engines.decoding import Decoding
from menolab.errors import BadInput
from menolab.evaluation import statistics
from menolab.evaluation.compare import adjusted, compare, verdict
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
    (lambda: _with(prompts_hash="other"), "prompts"),
    (lambda: _with(task="products"), "task"),
])  # fmt: skip
def test_what_is_not_comparable_is_refused_by_name_and_forced_with_a_warning(other, named):
    a, b = result(0.5), other()
    with pytest.raises(BadInput, match=f"^{named} = .*--force"):
        compare(a, b)
    assert any(w.startswith(f"{named} differ") for w in compare(a, b, force=True).warnings)


def _with(**changes: str) -> Result:
    r = result(0.5)
    return Result(dataclasses.replace(r.record, **changes), r.rows)


def test_forced_comparison_uses_what_both_answered():
    c = compare(result(0.5, count=50, samples=2), result(0.7), force=True)
    assert c.difference.n == 50 and set(c.pass_at_k) == {1, 2}


def test_no_shared_problem_is_refused_even_when_forced():
    a = result(0.5)
    b = Result(a.record, tuple(dataclasses.replace(row, problem="x" + row.problem) for row in a.rows))
    with pytest.raises(BadInput, match="no problem was answered by both"):
        compare(a, b, force=True)


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
