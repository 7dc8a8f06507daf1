"""Trust-GRPO: outcome first, thinking beside it."""

from __future__ import annotations

from menolab.methods.grpo import grpo
from menolab.methods.sophiavl_r1 import trust_grpo
from menolab.pieces import swap
from menolab.rewards.accuracy import Accuracy
from menolab.rewards.trusted_thought import TrustedThought


def test_it_is_grpo_with_one_more_term_whose_judge_can_be_changed() -> None:
    method = trust_grpo(group=4)
    assert method.rewards == (Accuracy(), TrustedThought(weight=0.3)) and method.advantage == grpo().advantage and method.loss == grpo().loss
    assert swap(method, "rewards.1.judge", "AnswerFormat").rewards[1] != method.rewards[1]
