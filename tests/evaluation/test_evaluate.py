from __future__ import annotations

import math
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import torch

from fakes import FakeEngine, Sums, sums
from menolab.engines.decoding import Decoding
from menolab.errors import BadInput
from menolab.evaluation import evaluate as module
from menolab.evaluation.evaluate import evaluate, standard_errors
from menolab.evaluation.record import Result, load, save
from menolab.keys import Key

KEY = Key.root(1)


def run(engine: FakeEngine, count: int = 40, samples: int = 4) -> Result:
    return evaluate(engine, Sums(), sums(count), Decoding(max_tokens=400), samples, KEY)


def mean(result: Result, name: str) -> float:
    estimate = result.record.metrics[name]
    assert estimate is not None
    return estimate.mean


def test_numbers_are_those_of_the_rows():
    result = run(FakeEngine(skill=0.5, truncate=0.2))
    rows, record = result.rows, result.record
    assert len(rows) == 160 and (record.problems, record.samples) == (40, 4)
    assert mean(result, "pass@1") == pytest.approx(sum(r.label == "right" for r in rows) / 160)
    assert mean(result, "truncated") == pytest.approx(sum(r.finish == "length" for r in rows) / 160)
    assert mean(result, "unparsed") == mean(result, "truncated") > 0.1
    finished = [r for r in rows if r.finish == "stop"]
    assert mean(result, "pass@1_finished") == pytest.approx(sum(r.label == "right" for r in finished) / len(finished))
    assert mean(result, "pass@1_finished") > mean(result, "pass@1")
    assert mean(result, "pass@4") == pytest.approx(len({r.problem for r in rows if r.label == "right"}) / 40)
    assert mean(result, "length") == pytest.approx(sum(r.tokens or 0 for r in rows) / 160)
    assert mean(result, "entropy") == pytest.approx(0.5)
    assert record.tokens["completion"] == sum(r.tokens or 0 for r in rows)
    assert record.tokens["prompt"] == sum(len(r.prompt) for r in rows)  # the fake's tokens are characters
    assert any("token limit" in w for w in record.warnings)


def test_the_draws_do_not_depend_on_the_chunk(monkeypatch: pytest.MonkeyPatch):
    whole = run(FakeEngine())
    monkeypatch.setattr(module, "CHUNK", 7)
    engine = FakeEngine()
    assert run(engine).rows == whole.rows
    assert engine.calls == [28] * 5 + [20]


def test_fewer_problems_are_the_first_of_more():
    assert run(FakeEngine(), count=10).rows == run(FakeEngine(), count=40).rows[:40]


def test_models_meet_the_same_problems_and_the_same_draws():
    weak, strong = run(FakeEngine(skill=0.3)), run(FakeEngine(skill=0.7))
    assert weak.record.problems_hash == strong.record.problems_hash and weak.record.prompts_hash == strong.record.prompts_hash
    solved = [(a.label == "right", b.label == "right") for a, b in zip(weak.rows, strong.rows, strict=True)]
    assert (True, False) not in solved and (False, True) in solved  # one draw decides both, so the stronger never loses one


def test_a_verifier_that_raises_is_undecided_and_errored():
    result = run(FakeEngine(broken="!"))
    assert mean(result, "undecided") == mean(result, "errored") == 1.0 and mean(result, "pass@1") == 0.0
    assert "fell over" in result.rows[0].reason
    assert any("fault" in w for w in result.record.warnings)


def test_undecided_is_not_errored_and_not_unparsed():
    result = run(FakeEngine(broken="?"))
    assert (mean(result, "undecided"), mean(result, "errored"), mean(result, "unparsed")) == (1.0, 0.0, 0.0)


def test_nothing_finished_has_no_finished_score():
    result = run(FakeEngine(truncate=1.0))
    assert result.record.metrics["pass@1_finished"] is None
    assert mean(result, "pass@1") == 0.0 and mean(result, "maj@4") == 0.0


def test_entropy_is_unknown_without_log_probabilities():
    assert run(FakeEngine(logprob=None)).record.metrics["entropy"] is None


def test_one_sample_of_one_problem():
    result = run(FakeEngine(), count=1, samples=1)
    length = result.record.metrics["length"]
    assert length is not None and math.isnan(length.low)
    assert any("few" in w for w in result.record.warnings)


def test_progress_counts_problems():
    seen: list[tuple[int, int]] = []
    evaluate(FakeEngine(), Sums(), sums(70), Decoding(), 1, KEY, progress=lambda done, total: seen.append((done, total)))
    assert seen == [(32, 70), (64, 70), (70, 70)]


def test_no_problems_and_repeated_problems_are_refused():
    for problems in ([], sums(2) + sums(1)):
        with pytest.raises(BadInput, match="problems"):
            evaluate(FakeEngine(), Sums(), problems, Decoding(), 1, KEY)


def test_spreads_are_the_two_standard_errors():
    half = np.array([[1, 0]] * 50 + [[0, 1]] * 50)
    split = np.array([[1, 1]] * 50 + [[0, 0]] * 50)
    assert standard_errors(half)["problems"] == 0 and standard_errors(half)["samples"] == pytest.approx(0.05)
    assert standard_errors(split)["samples"] == 0 and standard_errors(split)["problems"] == pytest.approx(0.5 / 10, rel=0.01)
    assert standard_errors(np.array([[1]])) == {"problems": None, "samples": None}


class _Counting(FakeEngine):
    """Counts what is encoded and tokenised."""

    def __init__(self) -> None:
        super().__init__()
        self.encoded, self.tokenised = 0, []

    def encode(self, prompt: str) -> tuple[int, ...]:
        self.encoded += 1
        return super().encode(prompt)

    def tokens(self, text: str) -> tuple[int, ...]:
        self.tokenised.append(text)
        return super().tokens(text)


def test_what_is_the_same_for_all_rows_is_found_once():
    engine = _Counting()
    result = evaluate(engine, Sums(), sums(40), Decoding(), 4, KEY)
    assert engine.encoded == 40 and engine.tokenised == ["</think>"]
    assert all(row.asked == len(row.prompt) for row in result.rows) and all((row.thinking or 0) > 0 for row in result.rows)


def test_the_record_tells_the_models_size_and_the_engines_batch():
    engine = FakeEngine()
    assert evaluate(engine, Sums(), sums(2), Decoding(), 1, KEY).record.parameters is None
    linear = torch.nn.Linear(3, 2)
    engine.policy, engine.max_batch = SimpleNamespace(model=linear), 7  # type: ignore[attr-defined]
    record = evaluate(engine, Sums(), sums(2), Decoding(), 1, KEY).record
    assert (record.parameters, record.batch) == (8, 7)


def test_numbers_of_tokens_are_stored_where_they_are_asked_for(tmp_path: Path):
    plain = run(FakeEngine())
    assert all(row.entropy is None and row.reference is None for row in plain.rows) and plain.record.reference == ""
    asked: dict[str, Any] = {"entropy": True, "reference": ("other", FakeEngine(logprob=-1.25)), "parts": tmp_path / "parts"}
    told = evaluate(FakeEngine(), Sums(), sums(40), Decoding(max_tokens=400), 4, KEY, **asked)
    assert told.rows == plain.rows and told.record.reference == "other"  # nothing that was drawn or judged is another
    for row in told.rows:
        assert row.entropy is not None and row.reference is not None and len(row.entropy) == len(row.reference) == row.tokens
        assert row.entropy[0] == pytest.approx(0.7, rel=2**-11) and row.reference[0] == -1.25
    stored = load(save(tmp_path, "told", told), tokens=True)
    assert stored.record.reference == "other" and list(stored.rows[5].entropy or ()) == list(told.rows[5].entropy or ())
    with pytest.raises(BadInput, match="another entropy"):  # parts with and without are not mixed
        evaluate(FakeEngine(), Sums(), sums(40), Decoding(max_tokens=400), 4, KEY, **(asked | {"entropy": False}))


def test_numbers_of_tokens_that_would_say_nothing_are_refused():
    greedy, other = Decoding(temperature=0.0, max_tokens=400), ("other", FakeEngine())
    with pytest.raises(BadInput, match="one token"):
        evaluate(FakeEngine(), Sums(), sums(2), greedy, 1, KEY, entropy=True)
    with pytest.raises(BadInput, match="one token"):
        evaluate(FakeEngine(), Sums(), sums(2), greedy, 1, KEY, reference=other)

    class Otherwise(FakeEngine):
        def encode(self, prompt: str) -> tuple[int, ...]:
            return (0, *super().encode(prompt))

    with pytest.raises(BadInput, match="same tokenizer"):
        evaluate(FakeEngine(), Sums(), sums(2), Decoding(max_tokens=400), 1, KEY, reference=("other", Otherwise()))
