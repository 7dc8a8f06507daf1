"""L1: lengths that follow what is asked for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pytest

from menolab.methods.l1 import l1_exact, l1_max
from menolab.rewards.exact_length import ExactLength
from menolab.rewards.within_budget import WithinBudget
from menolab.samplers.budgeted import Budgeted
from reward_cases import Lengths

ASKED: Mapping[str, int] = {"20": 20, "50": 50, "80": 80}


def test_exact_lengths_come_to_what_was_asked_for_and_rise_with_it() -> None:
    policy = Lengths({kind: lambda n: 0.8 for kind in ASKED}, asked=ASKED)
    before = {kind: policy.expected(kind, lambda n, asked=asked: abs(n - asked)) for kind, asked in ASKED.items()}
    policy.learn(l1_exact(), steps=400)
    after = {kind: policy.expected(kind, lambda n, asked=asked: abs(n - asked)) for kind, asked in ASKED.items()}
    assert all(after[kind] < 0.4 * before[kind] for kind in ASKED), (before, after)
    lengths = [policy.length(kind) for kind in ASKED]
    assert lengths == sorted(lengths) and lengths[0] < 35 and lengths[2] > 65


def test_budgets_are_rarely_exceeded_and_less_is_used_on_easy_problems() -> None:
    """Under one budget of 60, an easy problem is solved at any length and a hard one from 40 tokens on."""
    asked = {"easy": 60, "hard": 60}
    policy = Lengths({"easy": lambda n: 0.9, "hard": lambda n: 0.9 if n >= 40 else 0.05}, asked=asked)
    policy.learn(l1_max(), steps=400)
    assert all(policy.expected(kind, lambda n: float(n > 60)) < 0.05 for kind in asked)
    assert policy.length("easy") < 35 < policy.length("hard") and policy.accuracy("hard") > 0.7


def test_parts() -> None:
    assert l1_exact(group=4).sampler == Budgeted(4) and ExactLength() in l1_exact().rewards
    assert l1_max(group=4).sampler == replace(Budgeted(4), words="\nThink for maximum {tokens} tokens.") and l1_max().rewards == (WithinBudget(),)
    assert pytest.approx(3e-4 * 4096, abs=0.01) == 1.23
