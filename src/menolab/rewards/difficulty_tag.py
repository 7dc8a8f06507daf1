"""Reward for knowing how hard a problem is."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean

from menolab.errors import check_range
from menolab.records import Group
from menolab.rewards.reward import Reward
from menolab.rewards.rightness import decided

EASY, HARD = "[Easy]", "[Hard]"
_TAG = re.compile(r"\[(easy|hard)\]", re.IGNORECASE)


def tag(text: str) -> str | None:
    """EASY or HARD, whichever the response begins with; None if it begins with neither."""
    found = _TAG.match(text)
    return f"[{found.group(1).capitalize()}]" if found else None


@dataclass(frozen=True)
class DifficultyTag(Reward):
    """1 if the tag that the response begins with agrees with the group's success rate, 0 if it does not, -1 without a tag.

    Huang et al. 2025 (AdaCtrl), arXiv:2505.18822, as in the authors' code: a problem is easy if more than `threshold` of its responses are right, hard
    otherwise. The tags are plain text, on the laptop ground of six tokens. A group in which nothing could be judged is unscorable.
    """

    paper = "arXiv:2505.18822"

    threshold: float = 0.625

    def __post_init__(self) -> None:
        check_range("threshold", self.threshold, 0.0, 1.0)

    def __call__(self, group: Group, progress: float) -> Sequence[float | None]:
        known = [right for right in map(decided, group.rollouts) if right is not None]
        if not known:
            return [None] * len(group.rollouts)
        wanted = EASY if fmean(known) > self.threshold else HARD
        tags = [tag(r.text) for r in group.rollouts]
        return [-1.0 if found is None else float(found == wanted) for found in tags]
