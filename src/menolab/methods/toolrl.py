"""ToolRL: reward is all tool learning needs."""

from __future__ import annotations

from dataclasses import replace

from menolab.methods.grpo import grpo
from menolab.pieces import published
from menolab.rewards.section_format import SectionFormat
from menolab.rewards.tool_calls import ToolCalls
from menolab.stages.reinforce import Reinforce


@published(paper="arXiv:2504.13958", catalogue="toolrl", claim="Graded tool rewards call tools better; nothing is said of plain answers.")
def toolrl(group: int = 4, epsilon: float = 0.2, section: str = "answer") -> Reinforce:
    """ToolRL: GRPO on the form (0 or 1) and on how well the calls match the gold ones (-3 to 3).

    Qian et al. 2025, "ToolRL: Reward is All Tool Learning Needs", arXiv:2504.13958. Calls stand in <answer> on our grounds and in <tool_call> in the
    paper (`section`). Left out: responses beside calls, and the schedules of the scale that the paper compares.
    """
    return replace(grpo(group, epsilon), rewards=(SectionFormat(("think", section)), ToolCalls(section=section)))
