"""SIRL: the penalty for leaving the reference spares the reasoning."""

from __future__ import annotations

import math

import pytest

from credit_cases import CreditCase, check_gradient
from menolab.methods.sirl import sirl
from menolab.pieces import all_needs


@pytest.mark.parametrize("seed", range(3))
def test_from_rewards_to_gradient(seed: int) -> None:
    case = CreditCase(seed)
    raw: dict[tuple[int, int], float] = {}
    for b, length in enumerate(case.lengths):
        start = next((t for t in range(length) if case.tokens[b][t] == 2), 0)
        gaps = [case.old[b][t] - case.reference[b][t] if t >= start else 0.0 for t in range(length)]
        raw |= {(b, t): case.reward(b) - 0.1 * math.fsum(gaps[t:]) for t in range(length) if case.rewards[b] is not None}
    mean = math.fsum(raw.values()) / len(raw)
    deviation = math.sqrt(math.fsum((x - mean) ** 2 for x in raw.values()) / (len(raw) - 1))
    check_gradient(case, sirl(beta=0.1, marker=(2,)), lambda b, t: (raw[b, t] - mean) / deviation, "TokenMean", (0.2, 0.2))


def test_it_asks_for_the_reference() -> None:
    assert all_needs(sirl()) == {"reference_logprobs"}
