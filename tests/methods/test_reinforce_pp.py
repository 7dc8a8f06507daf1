"""REINFORCE++ and its variant with baseline."""

from __future__ import annotations

import math

import pytest

from credit_cases import CreditCase, check_gradient
from menolab.methods.reinforce_pp import reinforce_pp, reinforce_pp_baseline
from menolab.pieces import all_needs
from oracles import mean


def _whitened(case: CreditCase, raw: dict[tuple[int, int], float]) -> dict[tuple[int, int], float]:
    centre = mean(list(raw.values()))
    deviation = math.sqrt(math.fsum((x - centre) ** 2 for x in raw.values()) / (len(raw) - 1))
    return {at: (x - centre) / (deviation + 1e-8) for at, x in raw.items()}


def _tokens(case: CreditCase) -> list[tuple[int, int]]:
    return [(b, t) for b, n in enumerate(case.lengths) if case.rewards[b] is not None for t in range(n)]


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("beta", [0.0, 0.05])
def test_from_rewards_to_gradient(seed: int, beta: float) -> None:
    case = CreditCase(seed)
    raw = {(b, t): case.reward(b) - beta * math.fsum(case.old[b][s] - case.reference[b][s] for s in range(t, case.lengths[b])) for b, t in _tokens(case)}
    white = _whitened(case, raw)
    check_gradient(case, reinforce_pp(beta=beta), lambda b, t: white[b, t], "SequenceMean", (0.2, 0.2))


@pytest.mark.parametrize("seed", range(3))
def test_the_variant_with_baseline(seed: int) -> None:
    case = CreditCase(seed)
    centred = case.per_group(lambda rs: [r - mean(rs) for r in rs])
    white = _whitened(case, {(b, t): centred[b] for b, t in _tokens(case)})
    check_gradient(case, reinforce_pp_baseline(), lambda b, t: white[b, t], "SequenceMean", (0.2, 0.2))


def test_the_reference_is_asked_for_only_where_it_counts() -> None:
    assert all_needs(reinforce_pp(beta=0.0)) == frozenset() and all_needs(reinforce_pp()) == {"reference_logprobs"}
    assert reinforce_pp().sampler.group == 1
