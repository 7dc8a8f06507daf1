from __future__ import annotations

import itertools
from pathlib import Path

import numpy as np
import pytest

from fakes import FakeEngine, Sums, sums
from menolab.engines.decoding import Decoding
from menolab.errors import BadInput
from menolab.evaluation.evaluate import evaluate
from menolab.keys import Key
from menolab.records import Completion
from menolab.studies.desk import Desk
from menolab.studies.sober_look import SoberLook, flips, kendall, protocol
from menolab.studies.subject import Subject
from studies.simulated import bernoulli, subjects


def test_intervals_cover_the_known_accuracy_at_the_nominal_rate():
    """The row's condition: simulated models of known accuracy, 30 problems as AIME has, 10 seeds; chances of problems spread as of a middling model."""
    rng = np.random.default_rng(0)
    for a, b in ((0.6, 1.4), (2.0, 2.0)):
        covered = 0
        for trial in range(400):
            n = protocol(bernoulli(rng.beta(a, b, 30), 10, trial))["pass@1"]
            covered += n.low <= a / (a + b) <= n.high
        assert 0.92 <= covered / 400 <= 0.98, (a, b, covered)


def test_single_seeds_flip_the_rank_of_close_models(tmp_path: Path):
    """The row's condition: a better model on 30 problems is ranked lower by many single seeds, and the study says how many."""
    p = np.random.default_rng(1).beta(2, 2, 30)
    close = subjects(bernoulli(p, 32, 0), bernoulli(p + 0.03 * (p < 0.9), 32, 1), labels=("a", "b"))
    n = (found := SoberLook()(close, Desk(tmp_path))).numbers
    assert 0.1 < n["flips, a / b"].mean < 0.5 and n["difference, a / b"].mean > 0 and n["rank agreement"].mean < 0.9
    assert "single seeds rank them the other way" in found.verdict and "only stored samples" in found.warnings[0]
    assert n["lowest seed, a"].mean < n["pass@1, a"].mean < n["highest seed, a"].mean and n["one problem"].mean == pytest.approx(1 / 30)
    far = subjects(bernoulli(p * 0.3, 32, 0), bernoulli(p * 0.3 + 0.6, 32, 1), labels=("a", "b"))
    n = SoberLook()(far, Desk(tmp_path)).numbers
    assert n["flips, a / b"].mean == 0 and n["rank agreement"].mean == 1


def test_flips_are_counted_over_all_pairs():
    rng = np.random.default_rng(2)
    for _ in range(50):
        a, b = rng.integers(0, 5, 6) / 5, rng.integers(0, 5, 6) / 5
        if abs(a.mean() - b.mean()) < 1e-9:
            assert flips(a, b) == 0.5
            continue
        up = b.mean() > a.mean()
        by_hand = [0.5 if x == y else float((y > x) != up) for x, y in itertools.product(a, b)]
        assert flips(a, b) == pytest.approx(np.mean(by_hand))


def test_kendall():
    assert kendall([1, 2, 3], [10, 20, 30]) == 1 and kendall([1, 2, 3], [3, 2, 1]) == -1
    assert kendall([1, 2, 3], [1, 3, 2]) == pytest.approx((2 - 1) / 3) and kendall([1, 1, 2], [1, 2, 3]) == pytest.approx(2 / 3)


def test_settings_are_tried_and_kept(tmp_path: Path):
    """An engine whose answers are cut by a token limit: the limit shows, and the second time nothing is drawn."""

    class Cut(FakeEngine):
        def generate(self, requests, decoding):
            end = decoding.max_tokens
            full = super().generate(requests, decoding)
            return [c if len(c.tokens) <= end else Completion(c.tokens[:end], c.logprobs[:end], "length") for c in full]

    engine = Cut(skill=0.9)
    desk = Desk(tmp_path, on=Sums(), problems=12, max_tokens=200)
    study = SoberLook(samples=3, temperatures=(0.5,), limits=(0.1,), wordings=("{prompt} ?",))
    found = study([Subject("m", engine=lambda: engine)], desk)
    rows = {row[1]: row for row in found.tables[0].rows}
    assert list(rows) == ["temperature 0.5", "top-p 0.9", "20 tokens", "wording 1"]
    assert rows["20 tokens"][2].mean == 0 and rows["temperature 0.5"][3].mean == 0, "this engine knows no temperature, and the draws are the same"
    assert "m 20 tokens" in found.verdict and found.numbers["settings that move the score"].mean == 1
    drawn = len(engine.calls)
    assert study([Subject("m", engine=lambda: engine)], desk).numbers == found.numbers and len(engine.calls) == drawn


def test_settings_meet_the_draws_of_stored_samples(tmp_path: Path):
    """Stored samples were drawn under a key of their own; a setting that this engine does not know then changes nothing, to the last answer."""
    stored = evaluate(FakeEngine(skill=0.5), Sums(), sums(20), Decoding(max_tokens=200), 4, Key.root(99))
    study = SoberLook(samples=10, temperatures=(0.5,), top_p=(), limits=(), wordings=())
    found = study([Subject("m", {"sums": stored}, lambda: FakeEngine(skill=0.5))], Desk(tmp_path))
    (row,) = found.tables[0].rows
    assert row[3].mean == 0 and row[2].mean == stored.record.metrics["pass@1"].mean  # type: ignore[union-attr]


def test_settings_that_make_no_sense():
    with pytest.raises(BadInput, match="where the problem goes"):
        SoberLook(wordings=("no place",))
    with pytest.raises(BadInput, match="float32, bfloat16"):
        SoberLook(dtypes=("int4",))
