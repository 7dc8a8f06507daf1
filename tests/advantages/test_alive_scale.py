"""GPG: groups without variance do not dilute the rest."""

from __future__ import annotations

import pytest

from credit_cases import CreditCase, check, credit_batch, one_group
from menolab.advantages.advantage import Chain, credit
from menolab.advantages.alive_scale import AliveScale
from menolab.advantages.group_baseline import GroupBaseline
from oracles import mean

GPG = Chain((GroupBaseline(), AliveScale()))


@pytest.mark.parametrize("seed", range(4))
def test_against_plain_python(seed: int) -> None:
    case = CreditCase(seed)
    centred = case.per_group(lambda rs: [r - mean(rs) for r in rs])
    scorable = [b for b, r in enumerate(case.rewards) if r is not None]
    alive = [b for b in scorable if len({case.rewards[i] for i in case.scorable(case.group_of[b])}) > 1]
    check(case, GPG, lambda b, t: centred[b] * len(scorable) / len(alive))


def test_a_dead_group_more_leaves_the_mean_gradient_as_it_was() -> None:
    live = one_group([1.0, 0.0], [[0], [1]])
    both = one_group([1.0, 0.0, 0.5, 0.5, 0.5, 0.5], [[0]] * 6)
    both.groups, both.greedy = [2, 4], [None, None]
    alone, diluted = (credit(credit_batch(case), GPG)[:2, 0] / len(case.lengths) for case in (live, both))
    assert diluted.tolist() == pytest.approx(alone.tolist())
