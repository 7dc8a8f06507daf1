"""Judging again and putting shards together give what one evaluation would have given."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from pathlib import Path

import pytest

from fakes import FakeEngine, Sums, sums
from menolab.engines.decoding import Decoding
from menolab.errors import BadInput
from menolab.evaluation import record
from menolab.evaluation.evaluate import evaluate
from menolab.evaluation.rescore import merge, problem_of, rescore
from menolab.keys import Key
from menolab.records import Problem, Verdict, right

KEY = Key.root(2)
SAME = ("metrics", "length", "standard_errors", "problems_hash", "prompts_hash", "tokens", "problems", "samples")


@dataclass(frozen=True)
class Lenient(Sums):
    """Whatever is there is right."""

    def verify(self, problem: Problem, text: str) -> Verdict:
        return right("lenient", "all is well", "yes")


def test_the_same_task_judges_the_same(tmp_path: Path):
    first = evaluate(FakeEngine(skill=0.5), Sums(), sums(12), Decoding(), 3, KEY)
    again = rescore(record.load(record.save(tmp_path, "a", first)), Sums())
    assert again.rows == first.rows
    assert all(getattr(again.record, name) == getattr(first.record, name) for name in SAME)
    assert any("0 of 36 verdicts changed" in w for w in again.record.warnings)


def test_other_rules_other_verdicts_same_samples():
    first = evaluate(FakeEngine(skill=0.5), Sums(), sums(12), Decoding(), 3, KEY)
    again = rescore(first, Lenient())
    assert [r.text for r in again.rows] == [r.text for r in first.rows]
    assert again.record.metrics["pass@1"] is not None and again.record.metrics["pass@1"].mean == 1.0
    assert "Lenient" in again.record.verifier and again.record.tokens == first.record.tokens


def test_a_problem_comes_back_whole():
    problem = Problem("i", "sums", "1 + 1 =", "2", 3.0, {"numbers": [1, 1], "deep": {"a": None}})
    engine = FakeEngine()
    row = evaluate(engine, Sums(), [problem], Decoding(), 1, KEY).rows[0]
    assert problem_of(row, "sums") == problem and problem_of(row, "sums").facts == problem.facts


def test_the_task_must_be_the_samples_own():
    result = evaluate(FakeEngine(), Sums(), sums(2), Decoding(), 1, KEY)
    other = dataclasses.replace(result, record=dataclasses.replace(result.record, task="products"))
    with pytest.raises(BadInput, match="samples are of products"):
        rescore(other, Sums())


def test_shards_make_the_whole():
    problems = sums(20)
    whole = evaluate(FakeEngine(), Sums(), problems, Decoding(), 3, KEY)
    shards = [evaluate(FakeEngine(), Sums(), problems[start : start + 8], Decoding(), 3, KEY) for start in (0, 8, 16)]
    merged = merge(shards, Sums())
    assert merged.rows == whole.rows
    assert all(getattr(merged.record, name) == getattr(whole.record, name) for name in SAME)


def test_shards_that_do_not_fit():
    a, b = (evaluate(FakeEngine(), Sums(), sums(4), Decoding(), n, KEY) for n in (2, 3))
    with pytest.raises(BadInput, match="samples"):
        merge([a, b], Sums())
    with pytest.raises(BadInput, match="is in two shards"):
        merge([a, a], Sums())
