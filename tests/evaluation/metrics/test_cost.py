"""What answers cost, by hand."""

from __future__ import annotations

import dataclasses
import math

import numpy as np
import pytest

from evaluation.metrics.tables import row
from fakes import FakeEngine, Sums, sums
from menolab.engines.decoding import Decoding
from menolab.errors import BadInput
from menolab.evaluation.evaluate import STANDARD, evaluate, measured
from menolab.evaluation.metrics.cost import Cost
from menolab.evaluation.metrics.metric import Table
from menolab.keys import Key

KEY = Key.root(0)


def test_by_hand():
    rows = [row("a", 0, asked=5, tokens=10), row("a", 1, asked=5, tokens=20, label="right"), row("b", 0, asked=7, tokens=1), row("b", 1, asked=7, tokens=3)]
    found = Cost(parameters=100.0)(Table(rows, 2, KEY))
    spent = {"a": 5 + 10 + 5 + 20, "b": 7 + 1 + 7 + 3}
    means = {name: e.mean for name, e in found.items() if e is not None}
    assert means == pytest.approx(
        {
            "cost_tokens": sum(spent.values()) / 4,
            "cost_tokens_right": sum(spent.values()) / 1,
            "cost_flops": 200 * sum(spent.values()) / 4,
            "cost_flops_right": 200 * sum(spent.values()),
        }
    )
    assert found["cost_seconds"] is None and found["cost_seconds_right"] is None  # no record, no clock
    assert found["cost_tokens"] is not None and found["cost_tokens"].n == 2


def test_what_is_not_known():
    none_right = Cost(1.0)(Table([row("a", asked=5), row("b", asked=5)], 1, KEY))
    assert none_right["cost_tokens_right"] is None and none_right["cost_tokens"] is not None
    assert none_right["cost_tokens"].mean == 15
    lengths_unknown = Cost(1.0)(Table([row("a", asked=5), row("b", asked=None)], 1, KEY))
    assert set(lengths_unknown.values()) == {None}
    size_unknown = Cost()(Table([row("a", asked=5)], 1, KEY))
    assert size_unknown["cost_flops"] is None and size_unknown["cost_tokens"] is not None
    with pytest.raises(BadInput, match="parameters"):
        Cost(-1.0)


def test_a_record_knows_its_model_and_its_clock():
    result = evaluate(FakeEngine(), Sums(), sums(12), Decoding(), 3, KEY)
    result = dataclasses.replace(result, record=dataclasses.replace(result.record, parameters=1000, seconds={"sample": 7.2, "verify": 1.0, "total": 9.0}))
    metrics = measured(result, Sums(), (*STANDARD, Cost())).record.metrics
    tokens, flops, seconds, each = (metrics[name] for name in ("cost_tokens", "cost_flops", "cost_seconds", "cost_seconds_right"))
    assert tokens is not None and flops is not None and seconds is not None and each is not None
    assert tokens.mean == pytest.approx(sum(len(r.prompt) + len(r.text) for r in result.rows) / 36)  # the fake's tokens are characters
    assert flops.mean == pytest.approx(2000 * tokens.mean) and seconds.mean == pytest.approx(0.2) and math.isnan(seconds.low)
    assert each.mean == pytest.approx(7.2 / sum(r.label == "right" for r in result.rows))


def test_its_interval_covers():
    """Tokens for a right answer, where long problems are hard."""
    rng, hits = np.random.default_rng(0), 0
    for i in range(200):
        ease = rng.beta(2, 2, 100)
        drawn = [(p, s, float(e)) for p, e in enumerate(ease) for s in range(2)]
        rows = [row(str(p), s, asked=0, tokens=int(200 * (1 - e)), label="right" if rng.random() < e else "wrong") for p, s, e in drawn]
        e = Cost()(Table(rows, 2, Key.root(i)))["cost_tokens_right"]
        assert e is not None
        hits += e.low <= 100 / 0.5 * (1 - 0.005) <= e.high  # half a token is rounded away
    assert 0.9 <= hits / 200 <= 0.99
