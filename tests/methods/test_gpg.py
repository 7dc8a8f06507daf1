"""GPG: the policy gradient of groups, undiluted."""

from __future__ import annotations

import pytest

from credit_cases import CreditCase, check_gradient
from menolab.methods.gpg import gpg
from oracles import mean


@pytest.mark.parametrize("seed", range(3))
def test_from_rewards_to_gradient(seed: int) -> None:
    case = CreditCase(seed)
    centred = case.per_group(lambda rs: [r - mean(rs) for r in rs])
    scorable = [b for b, r in enumerate(case.rewards) if r is not None]
    alive = [b for b in scorable if len({case.rewards[i] for i in case.scorable(case.group_of[b])}) > 1]
    check_gradient(case, gpg(), lambda b, t: centred[b] * len(scorable) / len(alive), "TokenMean")
