"""Code-R1: programs rewarded by their tests."""

from __future__ import annotations

from dataclasses import replace

from menolab.methods.grpo import grpo
from menolab.pieces import published
from menolab.rewards.answer_format import AnswerFormat
from menolab.rewards.graded_answer import GradedAnswer
from menolab.rewards.scaled import Scaled
from menolab.stages.reinforce import Reinforce


@published(
    paper="ganler/code-r1", catalogue="code-r1",
    claim="Tests that cannot be cheated make code rewards reliable; nothing is said of arithmetic.",
)
def code_r1(group: int = 8, epsilon: float = 0.2, beta: float = 0.001) -> Reinforce:
    """Code-R1: GRPO with 1.1 for a program that passes all its tests in the right form, 0.1 for one that fails one, -1.1 for a response out of form.

    Liu and Zhang 2025, "Code-R1: Reproducing R1 for Code with Reliable Rewards", the authors' code: 0.1 for the form, 1 for the answer. What makes the reward
    reliable is in the verifier `CodeTests` and its sandbox, and in problems whose reference solution passes; any task may be the
    ground. A response in form that holds no program gets -0.9, theirs -1.1.
    """
    return replace(grpo(group, epsilon, beta), rewards=(Scaled(AnswerFormat()), GradedAnswer(right=1.0, wrong=0.0, unread=-1.0)), weights=(0.1, 1.0))
