"""Thinkless: the choice of mode apart from the response."""

from __future__ import annotations

import pytest

from bandits import climb
from credit_cases import CreditCase, check_gradient
from judged import judged
from menolab.methods.thinkless import thinkless
from menolab.rewards.by_mode import ByMode
from oracles import mean


@pytest.mark.parametrize("seed", range(3))
def test_from_rewards_to_gradient(seed: int) -> None:
    case = CreditCase(seed)
    weights = case.per_group(lambda rs: [r - mean(rs) for r in rs])
    check_gradient(case, thinkless(), lambda b, t: weights[b], "Decoupled", (0.2, 0.2))


def _expected(right: float, text: str) -> float:
    (term,) = thinkless().rewards
    yes, no = (term(judged((text, label, 3)), 0.0)[0] or 0.0 for label in ("right", "wrong"))
    return right * yes + (1 - right) * no


def test_the_mode_separates_by_difficulty() -> None:
    """Where being right at once is nearly as likely, it wins; where only thinking helps, thinking does."""
    think, short = "<think>1+1=2</think><answer>2</answer>", "<answer>2</answer>"
    easy = climb(_expected(0.95, think), _expected(0.9, short))
    hard = climb(_expected(0.7, think), _expected(0.2, short))
    assert easy < 0.05 and hard > 0.95


def test_rewards_of_the_released_script() -> None:
    assert thinkless().rewards == (ByMode(0.5, -1.0, 1.0, -1.0),)
