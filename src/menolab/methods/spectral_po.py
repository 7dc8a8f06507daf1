"""Spectral Policy Optimization: learning from groups in which all are wrong."""

from __future__ import annotations

from dataclasses import replace

from menolab.methods.grpo import grpo
from menolab.pieces import published
from menolab.rewards.accuracy import Accuracy
from menolab.rewards.graded_failure import GradedFailure
from menolab.stages.reinforce import Reinforce


@published(
    paper="arXiv:2505.11595, eq. 2", catalogue="spectral-po",
    claim="Graded rewards in groups without a right answer gain accuracy over GRPO.",
    effect="pass@1 up",
)
def spectral_po(group: int = 8, epsilon: float = 0.2, beta: float = 5.0, gamma: float = 0.5) -> Reinforce:
    """Spectral PO: GRPO in which a group without a right response is graded by how far each response's steps are right.

    Chen et al. 2025, "Spectral Policy Optimization: Coloring your Incorrect Reasoning in GRPO", arXiv:2505.11595. The judge of steps is a part
    (`rewards.1.steps`): by default one that checks arithmetic by rule, in the paper a language model.
    """
    return replace(grpo(group, epsilon), rewards=(Accuracy(), GradedFailure(beta=beta, gamma=gamma)))
