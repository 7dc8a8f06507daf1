"""J4R: judges that do not mind the order."""

from __future__ import annotations

from dataclasses import replace

from menolab.curricula.pool_mirrored import PoolMirrored
from menolab.methods.grpo import grpo
from menolab.pieces import published
from menolab.samplers.mirrored import Mirrored
from menolab.stages.reinforce import Reinforce


@published(paper="arXiv:2505.13346", catalogue="j4r", claim="Pooling over swapped pairs makes judges more consistent; it is no solver.")
def j4r(group: int = 8, epsilon: float = 0.2) -> Reinforce:
    """EIS-GRPO: GRPO whose groups hold the rollouts of a comparison in both orders; made for the ground `task=Comparisons`.

    Xu et al. 2025, "J4R: Learning to Judge with Equivalent Initial State Group Relative Policy Optimization", arXiv:2505.13346. The reward is the verdict's;
    their format term is `AnswerFormat`. The text was read in excerpts and reports; constants are GRPO's here. Left out: ReasoningJudgeBench.
    """
    return replace(grpo(group, epsilon), sampler=Mirrored(group), filters=(PoolMirrored(),))
