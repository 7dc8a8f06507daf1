"""Reward for each tag that is where it belongs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from menolab.records import Group
from menolab.rewards.reward import Reward
from menolab.verifiers.extract import TAGS


@dataclass(frozen=True)
class TagCount(Reward):
    """A quarter for each of the four tags of a response that occurs exactly once: partial credit on the way to `AnswerFormat`.

    open-r1's `tag_count_reward`, after W. Brown's GRPO demonstration; without their line breaks, which the format of the house does not have.
    """

    paper = "huggingface/open-r1"

    def __call__(self, group: Group, progress: float) -> Sequence[float | None]:
        return [sum(r.text.count(tag) == 1 for tag in TAGS) / len(TAGS) for r in group.rollouts]
