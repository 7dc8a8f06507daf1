"""DeepTrans: a judge of thought and translation behind a gate of form."""

from __future__ import annotations

from dataclasses import replace

from menolab.methods.grpo import grpo
from menolab.pieces import published
from menolab.rewards.accuracy import Accuracy
from menolab.rewards.answer_format import AnswerFormat
from menolab.rewards.arithmetic_steps import ArithmeticSteps
from menolab.rewards.gated import Gated
from menolab.stages.reinforce import Reinforce


@published(
    paper="arXiv:2504.10187", catalogue="deeptrans",
    claim="Judged thoughts and translations translate literature better; nothing is said of arithmetic.",
)
def deeptrans(group: int = 8, epsilon: float = 0.2, alpha: float = 0.4) -> Reinforce:
    """DeepTrans: GRPO on 0 for a wrong form, else the answer's score plus alpha times the thought's, both from judges.

    Wang et al. 2025, "DeepTrans: Deep Reasoning Translation via Reinforcement Learning", arXiv:2504.10187. The judges are parts: `rewards.0.term` of the
    answer (by default the task's own verdict) and `rewards.1.term` of the thought (by default arithmetic by rule), language models in the paper. Both
    are numbers from 0 to 1 here; the paper's translation score goes to 100 and its alpha is 20 with thoughts graded none, trivial or detailed, which
    is 0.4 if these are 0, 1 and 2 (their values were not at hand). Left out: the judge's check that the answer holds nothing but the translation.
    """
    form = AnswerFormat()
    return replace(grpo(group, epsilon), rewards=(Gated(form, Accuracy()), Gated(form, ArithmeticSteps())), weights=(1.0, alpha))
