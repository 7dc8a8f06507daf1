"""The task of a log of another program."""

from __future__ import annotations

from dataclasses import dataclass

from menolab.errors import BadInput
from menolab.keys import Key
from menolab.records import Problem, Verdict
from menolab.tasks.task import Task
from menolab.verifiers.verifier import Verifier


@dataclass(frozen=True)
class Imported(Task):
    """Problems that a log of another program brings, under that program's name of the task: judged by a verifier, but not to be drawn."""

    task: str
    verifier: Verifier

    @property
    def name(self) -> str:
        return self.task

    def __call__(self, key: Key) -> Problem:
        """Raises:
        BadInput: always; the log's problems are in its rows.
        """
        raise BadInput("task", self.task, "is known from a log alone, whose samples can be judged; to draw new ones name the task's file")

    def verify(self, problem: Problem, text: str) -> Verdict:
        return self.verifier(problem, text)
