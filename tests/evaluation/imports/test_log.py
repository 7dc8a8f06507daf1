from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from fakes import Sums
from imports_logs import inspect_log, inspect_zip, lm_harness
from menolab.errors import BadInput
from menolab.evaluation.compare import compare
from menolab.evaluation.imports.log import get, to_result
from menolab.evaluation.imports.read import read
from menolab.evaluation.record import load, save
from menolab.evaluation.rescore import rescore
from menolab.records import Problem, Verdict, right, wrong


@dataclass(frozen=True)
class Ends(Sums):
    """Right where the text ends in the gold answer."""

    def verify(self, problem: Problem, text: str) -> Verdict:
        return (right if text.rstrip(".").endswith(problem.answer) else wrong)("compare", "the end", text[-2:])


def test_a_log_becomes_a_result_that_is_saved_compared_and_judged_again(tmp_path: Path):
    samples = read(inspect_zip(tmp_path / "log.eval", inspect_log({(1, 1): "C", (1, 2): "I", (2, 1): "I", (2, 2): "C"})))
    result = to_result(samples)
    assert [(row.problem, row.sample, row.label, row.vote) for row in result.rows][:2] == [("1", 0, "right", "RIGHT:1"), ("1", 1, "wrong", None)]
    stored = load(save(tmp_path, "sums", result))
    assert stored.rows == result.rows and stored.record.decoding == result.record.decoding
    assert compare(result, samples).difference.mean == 0.0
    again = rescore(result, Ends())
    assert [row.label for row in again.rows] == ["right"] * 4 and again.record.metrics["pass@1"] is not None
    assert any("2 of 4 verdicts changed; first judged by inspect_ai" in w for w in again.record.warnings)


def test_unknown_tokens_stay_unknown(tmp_path: Path):
    result = to_result(read(lm_harness(tmp_path, [1.0, 0.0])))
    assert [row.tokens for row in result.rows] == [None, None] and load(save(tmp_path, "gsm8k", result)).rows == result.rows
    assert rescore(result, Ends2()).record.metrics["length"] is None


@dataclass(frozen=True)
class Ends2(Ends):
    @property
    def name(self) -> str:
        return "gsm8k"


def test_duplicates_stay_an_error(tmp_path: Path):
    path = lm_harness(tmp_path, [1.0, 0.0])
    path.write_text(path.read_text() * 2)
    with pytest.raises(BadInput, match=r"^duplicates = 2"):
        to_result(read(path))


def test_get_takes_whole_keys_before_it_goes_inward():
    row = {"a.b": 1, "a": {"b": 2, "c": [3, {"d": 4}]}}
    assert [get(row, path) for path in ("a.b", "a.c.1.d", "x|a.c.0", "a.c.7", "a.b.c")] == [1, 4, 3, None, None]
