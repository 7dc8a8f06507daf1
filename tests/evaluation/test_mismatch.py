from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from fakes import FakeEngine, Sums, sums
from menolab.engines.decoding import Decoding
from menolab.evaluation.evaluate import evaluate
from menolab.evaluation.mismatch import mismatches, unchecked
from menolab.evaluation.record import Result
from menolab.evaluation.samples import Grid, Samples, as_column, grid
from menolab.keys import Key


@pytest.fixture(scope="module")
def result() -> Result:
    return evaluate(FakeEngine(0.5), Sums(), sums(6), Decoding(max_tokens=200), 2, Key.root(0))


def changed(result: Result, column: str = "", value: Any = None, **record: Any) -> Grid:
    """The result with one column's values, or fields of its record, replaced."""
    samples = Samples.of(result)
    columns = {**samples.columns, column: as_column(column, [value] * len(result.rows))} if column else samples.columns
    return grid(Samples(dataclasses.replace(samples.record, **record), columns))


def test_what_is_alike_has_no_mismatch(result: Result):
    assert mismatches(changed(result), changed(result)) == [] == unchecked(changed(result), changed(result))


def test_the_gravest_comes_first_and_each_says_what_differs(result: Result):
    a, b = changed(result), changed(result, "gold", "0", task="products", verifier="another", decoding={**result.record.decoding, "temperature": 0.5})
    found = mismatches(a, b)
    assert [m.field for m in found] == ["task", "golds", "verifier", "decoding"]
    assert found[1].said.startswith("of 6 problems: ") and found[1].said.endswith(", ...") and found[1].said.count("against") == 3
    assert found[3].values == ({"temperature": 1.0}, {"temperature": 0.5}) and not any(m.missing for m in found)


def test_problems_and_samples_that_one_lacks_can_be_repaired(result: Result):
    few = Result(result.record, tuple(row for row in result.rows[2:] if row.sample == 0))
    found = mismatches(changed(result), grid(Samples.of(few)), ("ours", "theirs"))
    assert [(m.field, m.values, m.missing) for m in found] == [("problems", (6, 5), True), ("samples", (2, 1), True)]
    assert found[0].said == f"1 only in ours ({result.rows[0].problem})"


def test_what_is_not_told_is_not_compared_but_said(result: Result):
    silent = changed(result, "prompt", None, verifier="unknown (field acc)", decoding={})
    assert mismatches(changed(result), silent) == []
    assert unchecked(changed(result), silent) == [f"{field} not checked: B does not tell" for field in ("prompts", "verifier", "decoding")]
    assert unchecked(silent, silent)[0] == "prompts not checked: A and B do not tell"
