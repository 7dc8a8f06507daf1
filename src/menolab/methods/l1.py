"""L1: responses as long as the prompt asks for."""

from __future__ import annotations

from dataclasses import replace

from menolab.methods.grpo import grpo
from menolab.pieces import published
from menolab.rewards.accuracy import Accuracy
from menolab.rewards.exact_length import ExactLength
from menolab.rewards.within_budget import WithinBudget
from menolab.samplers.budgeted import Budgeted
from menolab.stages.reinforce import Reinforce


@published(paper="arXiv:2503.04697", catalogue="l1-exact", claim="Length follows what the prompt asks for; nothing is said of plain prompts.")
def l1_exact(group: int = 8, epsilon: float = 0.2, beta: float = 0.001, alpha: float = 1.23) -> Reinforce:
    """L1-Exact: GRPO on prompts that ask for n tokens, with a penalty for every token more or less.

    Aggarwal and Welleck 2025, "L1: Controlling How Long A Reasoning Model Thinks With Reinforcement Learning", arXiv:2503.04697 (LCPO-Exact); alpha, range of n
    and KL weight of the authors' scripts, with groups of 16.
    """
    return replace(grpo(group, epsilon, beta), sampler=Budgeted(group), rewards=(Accuracy(), ExactLength(alpha)))


@published(paper="arXiv:2503.04697", catalogue="l1-max", claim="Length stays below what the prompt allows; nothing is said of plain prompts.")
def l1_max(group: int = 8, epsilon: float = 0.2, beta: float = 0.001, alpha: float = 1.23, delta: float = 0.5) -> Reinforce:
    """L1-Max: GRPO on prompts that allow n tokens; a right response is worth more the further it stays below.

    Aggarwal and Welleck 2025, arXiv:2503.04697 (LCPO-Max), who start it from the model of L1-Exact (--model RUN).
    """
    sampler = Budgeted(group, words="\nThink for maximum {tokens} tokens.")
    return replace(grpo(group, epsilon, beta), sampler=sampler, rewards=(WithinBudget(alpha, delta),))
