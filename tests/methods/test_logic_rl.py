"""Logic-RL: REINFORCE++ with its KL term in the loss. Its table of rewards is checked with `GradedAnswer`."""

from __future__ import annotations

import pytest

from credit_cases import CreditCase, check_gradient
from menolab.losses.penalty import KLToReference
from menolab.methods.logic_rl import logic_rl
from menolab.rewards.answer_format import AnswerFormat
from menolab.rewards.graded_answer import GradedAnswer
from menolab.rewards.scaled import Scaled


@pytest.mark.parametrize("seed", range(3))
def test_from_rewards_to_gradient(seed: int) -> None:
    """Credit standardised over the tokens of the batch, with the sample deviation; no baseline of the group."""
    case = CreditCase(seed)
    values = [r for r, n in zip(case.rewards, case.lengths, strict=True) if r is not None for _ in range(n)]
    mean = sum(values) / len(values)
    scale = (sum((v - mean) ** 2 for v in values) / (len(values) - 1)) ** 0.5
    check_gradient(case, logic_rl(beta=0.0), lambda b, t: (case.reward(b) - mean) / scale, "SequenceMean", (0.2, 0.2))


def test_parts() -> None:
    assert logic_rl().rewards == (Scaled(AnswerFormat(), -1.0, 1.0), GradedAnswer(2.0, -1.5, -2.0))
    assert logic_rl().loss.penalty == KLToReference(0.001)  # type: ignore[attr-defined]
