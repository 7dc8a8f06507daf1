"""SEED-GRPO: updates shrink with the entropy of the answers."""

from __future__ import annotations

import math
from collections import Counter

import pytest

from credit_cases import CreditCase, check_gradient
from menolab.methods.seed_grpo import seed_grpo
from oracles import mean


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("alpha", [0.0, 0.5])
def test_from_rewards_to_gradient(seed: int, alpha: float) -> None:
    case = CreditCase(seed)
    centred = case.per_group(lambda rs: [r - mean(rs) for r in rs])

    def advantage(b: int, t: int) -> float:
        own = [case.answers[i] for i in case.scorable(case.group_of[b])]
        entropy = -sum(n / len(own) * math.log(n / len(own)) for n in Counter(own).values())
        return centred[b] * (1 - alpha * entropy / math.log(len(own)) if len(own) > 1 else 1.0)

    check_gradient(case, seed_grpo(alpha=alpha), advantage, "SequenceMean", (0.2, 0.2))
