"""REINFORCE++: credit standardised over the whole batch."""

from __future__ import annotations

import math

import pytest

from credit_cases import CreditCase, check, credit_batch
from menolab.advantages.advantage import Chain, credit, scored
from menolab.advantages.group_baseline import GroupBaseline
from menolab.advantages.whiten import Whiten
from oracles import mean


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("baseline", [False, True])
def test_against_plain_python(seed: int, baseline: bool) -> None:
    case = CreditCase(seed)
    start = case.per_group(lambda rs: [r - mean(rs) for r in rs]) if baseline else [r or 0.0 for r in case.rewards]
    tokens = [start[b] for b, n in enumerate(case.lengths) if case.rewards[b] is not None for _ in range(n)]
    centre = mean(tokens)
    deviation = math.sqrt(math.fsum((x - centre) ** 2 for x in tokens) / (len(tokens) - 1))
    check(case, Chain((GroupBaseline(), Whiten())) if baseline else Whiten(), lambda b, t: (start[b] - centre) / (deviation + 1e-8))


def test_zero_mean_and_unit_deviation_with_one_rollout_a_problem() -> None:
    case = CreditCase(0)
    case.groups = [1] * len(case.lengths)
    case.greedy = [None] * len(case.lengths)
    batch = credit_batch(case)
    tokens = credit(batch, Whiten())[scored(batch)].double()
    assert tokens.mean().abs() < 1e-6 and tokens.std() == pytest.approx(1.0, abs=1e-5)


def test_a_batch_without_scorable_tokens_has_no_credit() -> None:
    case = CreditCase(0)
    case.rewards = [None] * len(case.lengths)
    assert (credit(credit_batch(case), Whiten()) == 0).all()
