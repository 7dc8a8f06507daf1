"""TAPO: thought patterns guide part of a group."""

from __future__ import annotations

from dataclasses import replace

from menolab.methods.grpo import grpo
from menolab.pieces import published
from menolab.samplers.rewrite import Advise
from menolab.samplers.rewritten import Rewritten
from menolab.schedules import Constant
from menolab.stages.reinforce import Reinforce

PATTERNS = ("Think step by step.", "Analyse, then solve.", "Divide, solve each, combine.", "Solve, check, refine.", "Analyse, divide, solve, check.")
"""Sequences of the five kinds of reasoning action that the paper's patterns are made of: analyse, one step, step by step, divide, check and refine."""


@published(
    paper="arXiv:2505.15692", catalogue="thought-tapo",
    claim="Rollouts guided by thought patterns raise accuracy over GRPO.",
    effect="pass@1 up",
)
def thought_tapo(
    group: int = 8,
    guided: int = 4,
    epsilon: float = 0.2,
    templates: tuple[str, ...] = PATTERNS,
    complexity: tuple[float, ...] = (2.0, 3.0, 4.0, 5.0, 6.0),
    nearest: int = 1,
) -> Reinforce:
    """TAPO: half of a group is drawn with a thought pattern before the prompt; all are compared with one another and learnt as answers to the bare prompt.

    Wu et al. 2025, "Thought-Augmented Policy Optimization: Bridging External Guidance and Internal Capabilities", arXiv:2505.15692, in the summaries that
    were at hand: patterns abstracted from some 500 solved samples by tree search, retrieved by the problem's number of conditions. The default library
    is ours; give your own with `templates` and `complexity`. Learning the guided responses under the bare prompt is ours too: it is what lets the gain
    stay without templates. Without templates it is GRPO.
    """
    return replace(grpo(group, epsilon), sampler=Rewritten(group, guided, Advise(templates, complexity, nearest), Constant()))
