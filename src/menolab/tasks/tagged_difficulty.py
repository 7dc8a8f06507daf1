"""Demonstrations that say first how hard the problem is."""

from __future__ import annotations

from dataclasses import dataclass, replace

from menolab.errors import check_range
from menolab.keys import Key
from menolab.records import Demonstration, Problem
from menolab.tasks.reshown import Reshown
from menolab.verifiers.extract import END_THINK, THINK


@dataclass(frozen=True)
class TaggedDifficulty(Reshown):
    """Another task, whose demonstrations begin with "[Easy]" if their thought is short and with "[Hard]" if it is long.

    Huang et al. 2025 (AdaCtrl), arXiv:2505.18822, cold start: brief responses and long ones, each under the tag that later calls for its like. The paper
    takes brief responses from problems that a model finds easy; here any demonstration may be either, and it is left to reinforcement to find out which
    problems are which.
    """

    paper = "arXiv:2505.18822"

    longest: int = 0
    """Characters of the longest thought that is called easy."""

    def __post_init__(self) -> None:
        check_range("longest", self.longest, 0)

    def demonstrate(self, problem: Problem, key: Key) -> Demonstration:
        shown = self.task.demonstrate(problem, key)
        thought = shown.text.partition(END_THINK)[0].partition(THINK)[2]
        return replace(shown, text=("[Easy]" if len(thought) <= self.longest else "[Hard]") + shown.text)
