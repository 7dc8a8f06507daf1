"""Demonstrations some of whose thoughts are left out."""

from __future__ import annotations

from dataclasses import dataclass, replace

from menolab.errors import check_range
from menolab.keys import Key
from menolab.records import Demonstration, Problem
from menolab.tasks.countdown import Countdown
from menolab.tasks.reshown import Reshown
from menolab.tasks.task import Task
from menolab.verifiers.extract import END_THINK, THINK


@dataclass(frozen=True)
class ThoughtDropout(Reshown):
    """Another task, in whose demonstrations the thought is replaced with `left` with chance `share`: cold start then knows both ways to respond.

    Wang et al. 2025 (TON), arXiv:2505.16854, thought dropout: "<think>\\n\\n</think>", with chance 0.5 in the authors' data. With `left` empty nothing stands
    in its place, and the response's first token says whether it thinks: <think> or <answer>, each one token of the laptop tokenizer, as <think> and <short>
    are in Thinkless (Fang et al. 2025, arXiv:2505.13379). Problems, verdicts and name are the other task's; a demonstration whose answer was found by its
    thinking keeps that answer.
    """

    paper = "arXiv:2505.16854"
    catalogue = "ton"

    task: Task = Countdown(styles=("goal",), weights=(1.0,))
    share: float = 0.5
    left: str = f"{THINK}\n\n{END_THINK}"

    def __post_init__(self) -> None:
        check_range("share", self.share, 0.0, 1.0)

    @property
    def styles(self) -> tuple[str, ...]:
        """Names of the styles that occur: those of the task, and "dropped"."""
        kept = super().styles if self.share < 1.0 else ()
        return (*kept, "dropped") if self.share > 0.0 else kept

    def demonstrate(self, problem: Problem, key: Key) -> Demonstration:
        shown = self.task.demonstrate(problem, key)
        thought, closed, rest = shown.text.partition(END_THINK)
        if not closed or not thought.lstrip().startswith(THINK) or key.fold("dropout").random().random() >= self.share:
            return shown
        return replace(shown, text=self.left + rest, style="dropped")
