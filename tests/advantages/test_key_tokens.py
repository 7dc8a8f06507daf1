"""KTAE: which tokens go with being right."""

from __future__ import annotations

import math

import pytest
import torch
from scipy.stats import fisher_exact

from credit_cases import CreditCase, check, credit_batch, one_group
from menolab.advantages.advantage import Chain, credit
from menolab.advantages.group_baseline import GroupBaseline
from menolab.advantages.group_scale import GroupScale
from menolab.advantages.key_tokens import KeyTokens, fisher, information_gain, key_values
from oracles import grpo_advantages


def _gain(a: int, b: int, n_r: int, n_w: int) -> float:
    """Entropy of the class minus that given the token, bits."""

    def h(*counts: int) -> float:
        return -sum(c / sum(counts) * math.log2(c / sum(counts)) for c in counts if c) if sum(counts) else 0.0

    n = n_r + n_w
    return h(n_r, n_w) - (a + b) / n * h(a, b) - (n - a - b) / n * h(n_r - a, n_w - b)


def _value(token: int, right: list[list[int]], wrong: list[list[int]]) -> float:
    a, b = (sum(token in row for row in side) for side in (right, wrong))
    p = fisher_exact([[a, b], [len(right) - a, len(wrong) - b]]).pvalue
    strength = ((math.exp(-2 * p) if p < 1 - 1e-9 else 0.0) + _gain(a, b, len(right), len(wrong))) / 2
    sizes = [sum(map(len, side)) for side in (right, wrong)]
    f = []
    for side, size in zip((right, wrong), sizes, strict=True):
        tf = sum(row.count(token) for row in side) / max(size, 1)
        f.append(tf * 3.0 / (tf + 2.0 * (0.5 + 0.5 * size / (sum(sizes) / 2))))
    direction = math.asin(math.sqrt(a / len(right))) - math.asin(math.sqrt(b / len(wrong))) + f[0] / (f[1] + 1e-5) - f[1] / (f[0] + 1e-5)
    x = strength * direction
    return 2 / (1 + math.exp(-x)) - 1 if x > -700 else -1.0


@pytest.mark.parametrize("seed", range(6))
def test_against_plain_python(seed: int) -> None:
    case = CreditCase(seed)
    base = case.per_group(grpo_advantages)

    def expected(b: int, t: int) -> float:
        own = case.scorable(case.group_of[b])
        right, wrong = ([case.tokens[i] for i in own if (case.reward(i) > 0) == side] for side in (True, False))
        ending = t == case.lengths[b] - 1 and not case.truncated[b]
        return base[b] + (0.0 if ending or not right or not wrong else _value(case.tokens[b][t], right, wrong))

    check(case, Chain((GroupBaseline(), GroupScale(), KeyTokens())), expected)


@pytest.mark.parametrize(("n_r", "n_w"), [(3, 5), (8, 8), (1, 15), (6, 2)])
def test_fisher_and_information_gain_on_every_table(n_r: int, n_w: int) -> None:
    tables = [(a, b) for a in range(n_r + 1) for b in range(n_w + 1)]
    has_r, has_w = (torch.tensor([t[i] for t in tables], dtype=torch.float64) for i in (0, 1))
    expected = [fisher_exact([[a, b], [n_r - a, n_w - b]]).pvalue for a, b in tables]
    assert fisher(has_r, has_w, n_r, n_w).tolist() == pytest.approx(expected, abs=1e-9)
    assert information_gain(has_r, has_w, n_r, n_w).tolist() == pytest.approx([_gain(a, b, n_r, n_w) for a, b in tables], abs=1e-9)


def test_signs() -> None:
    """Token 0 only in right responses, 1 only in wrong ones, 2 as often in both."""
    right = torch.tensor([[1.0, 0.0, 2.0], [1.0, 0.0, 2.0]], dtype=torch.float64)
    wrong = torch.tensor([[0.0, 1.0, 2.0], [0.0, 1.0, 2.0]], dtype=torch.float64)
    good, bad, neutral = key_values(right, wrong).tolist()
    assert 0 < good <= 1 and -1 <= bad < 0 and neutral == pytest.approx(0.0, abs=1e-9)


def test_groups_of_one_class_are_left_alone() -> None:
    case = one_group([1.0, 0.5, 1.0], [[0, 1], [0, 2], [1, 2]])
    batch, grpo = credit_batch(case), Chain((GroupBaseline(), GroupScale()))
    assert torch.equal(credit(batch, Chain((*grpo.parts, KeyTokens()))), credit(batch, grpo))
