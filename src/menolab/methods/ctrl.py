"""CTRL: critics trained by what their critiques bring about."""

from __future__ import annotations

from dataclasses import replace

from menolab.judges.revision import Revision
from menolab.methods.grpo import grpo
from menolab.pieces import published
from menolab.rewards.judged import Judged
from menolab.stages.reinforce import Reinforce


@published(
    paper="arXiv:2502.03492", catalogue="ctrl-critic-rl",
    claim="Critiques trained by their effect on revisions raise the revised accuracy; it is no solver.",
)
def ctrl(group: int = 8, epsilon: float = 0.2, beta: float = 0.001, model: str = "") -> Reinforce:
    """GRPO on critiques, each worth whether the generator `model`, having read it, solves the problem; for the ground `task=Judgements`.

    Xie et al. 2025, "Teaching Language Models to Critique via Reinforcement Learning", arXiv:2502.03492, stage 2, with the authors' settings (8 critiques,
    KL to the reference 0.001 in the loss). Stage 1 is the ground's cold start on critiques written with a hint (`Judgements`, style "hint"). The part
    `rewards.0.judge.task` says which task is solved. Left out: critique and revision over several turns at test time.
    """
    return replace(grpo(group, epsilon, beta), rewards=(Judged(Revision(model)),))
