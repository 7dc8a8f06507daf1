"""Distinct answers and entropies, by hand."""

from __future__ import annotations

import math

import pytest

from evaluation.metrics.tables import row
from menolab.evaluation.metrics.diversity import Diversity, entropy
from menolab.evaluation.metrics.metric import Table
from menolab.evaluation.record import Row
from menolab.keys import Key


def _mean(rows: list[Row], name: str) -> float | None:
    estimate = Diversity()(Table(rows, 4, Key.root(0)))[name]
    return None if estimate is None else estimate.mean


def test_by_hand():
    rows = [row("a", i, vote=v, surprise=s) for i, (v, s) in enumerate([("1", 0.1), ("1", 0.2), ("2", 1.0), (None, 0.1)])]
    rows += [row("b", i, vote="7") for i in range(4)]
    assert _mean(rows, "distinct") == pytest.approx((2 / 3 + 1 / 4) / 2)
    assert _mean(rows, "answer_entropy") == pytest.approx((-(2 / 3 * math.log(2 / 3) + 1 / 3 * math.log(1 / 3)) + 0) / 2)
    one, two = math.exp(-0.1) + math.exp(-0.2), math.exp(-1.0)
    p = one / (one + two)
    assert _mean(rows, "semantic_entropy") == pytest.approx(-(p * math.log(p) + (1 - p) * math.log(1 - p)) / 2)


def test_a_response_drawn_twice_counts_once_in_the_sum_over_sequences():
    rows = [row("a", i, vote=v, text=v, surprise=0.5) for i, v in enumerate("1112")]
    assert _mean(rows, "semantic_entropy") == pytest.approx(math.log(2))
    assert _mean(rows, "answer_entropy") == pytest.approx(entropy([3, 1]))


def test_without_answers_nothing_is_known():
    rows = [row("a", i, vote=None) for i in range(4)]
    assert (_mean(rows, "distinct"), _mean(rows, "answer_entropy"), _mean(rows, "semantic_entropy")) == (None, None, None)


def test_a_uniform_distribution_has_the_largest_entropy():
    assert entropy([1, 1, 1]) == pytest.approx(math.log(3)) and entropy([5]) == 0.0
