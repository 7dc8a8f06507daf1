"""Another task with other demonstrations."""

from __future__ import annotations

import abc
from dataclasses import dataclass

from menolab.keys import Key
from menolab.records import Demonstration, Problem, Verdict
from menolab.tasks.countdown import Countdown
from menolab.tasks.task import Task


@dataclass(frozen=True)
class Reshown(Task):
    """A task whose demonstrations are another task's, changed. Problems, verdicts and name are the other task's."""

    task: Task = Countdown()

    @property
    def name(self) -> str:
        return self.task.name

    @property
    def styles(self) -> tuple[str, ...]:
        """Names of the styles that the task writes."""
        return tuple(getattr(self.task, "styles", ()))

    def __call__(self, key: Key) -> Problem:
        return self.task(key)

    def listed(self) -> tuple[Problem, ...] | None:
        return self.task.listed()

    def verify(self, problem: Problem, text: str) -> Verdict:
        return self.task.verify(problem, text)

    @abc.abstractmethod
    def demonstrate(self, problem: Problem, key: Key) -> Demonstration:
        """One of the other task's demonstrations, changed."""
