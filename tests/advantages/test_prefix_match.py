"""T-SPMO: advantages of (prefix, next token) pairs."""

from __future__ import annotations

import pytest

from credit_cases import CreditCase, check, credit_batch, one_group
from menolab.advantages.advantage import credit
from menolab.advantages.prefix_match import PrefixMatch
from oracles import mean


def _brute(case: CreditCase, b: int, t: int) -> float:
    """All responses of the group are looked through for every pair."""
    prefix, pair = case.tokens[b][:t], case.tokens[b][: t + 1]
    own = case.scorable(case.group_of[b])
    sharing = [i for i in own if case.tokens[i][:t] == prefix and len(case.tokens[i]) > t]
    going_on = [i for i in own if case.tokens[i][: t + 1] == pair]
    return (mean([case.reward(i) for i in going_on]) - mean([case.reward(i) for i in sharing])) / len(going_on)


@pytest.mark.parametrize("seed", range(6))
def test_brute_force(seed: int) -> None:
    case = CreditCase(seed)
    check(case, PrefixMatch(), lambda b, t: _brute(case, b, t))


def test_a_branching_is_where_the_credit_goes() -> None:
    """Shared beginning: nothing. At the fork: right against the mean. After it nobody branches: nothing again."""
    case = one_group([1.0, 0.0, 0.0], [[5, 1, 7, 7], [5, 2, 7], [5, 2, 8]])
    got = credit(credit_batch(case), PrefixMatch())
    assert got[0, :4].tolist() == pytest.approx([0.0, 2 / 3, 0.0, 0.0])
    assert got[1, :3].tolist() == pytest.approx([0.0, -1 / 6, 0.0]) and got[2, :3].tolist() == pytest.approx([0.0, -1 / 6, 0.0])


@pytest.mark.parametrize("seed", range(6))
def test_advantages_at_a_node_weighted_by_counts_sum_to_zero(seed: int) -> None:
    case = CreditCase(seed)
    case.groups, case.greedy = [12], [None]
    got = credit(credit_batch(case), PrefixMatch())
    first = {case.tokens[b][0]: b for b in case.scorable(0) if case.lengths[b]}
    counts = {token: [case.tokens[i][0] for i in case.scorable(0) if case.lengths[i]].count(token) for token in first}
    assert sum(float(got[b, 0]) * counts[token] ** 2 for token, b in first.items()) == pytest.approx(0.0, abs=1e-6)
