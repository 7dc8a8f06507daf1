"""A task whose demonstrations are learnt in no time."""

from __future__ import annotations

from dataclasses import dataclass

from menolab.keys import Key
from menolab.records import Demonstration, Problem, Verdict, right, wrong
from menolab.tasks.task import Task
from menolab.verifiers.extract import response


@dataclass(frozen=True)
class Recite(Task):
    """The answer is always 7, after one of these thoughts."""

    thoughts: tuple[str, ...] = ("3+4=7",)

    @property
    def name(self) -> str:
        return "recite"

    def __call__(self, key: Key) -> Problem:
        number = str(key.random().randint(0, 99))
        return Problem(number, self.name, f"{number} =", "7")

    def verify(self, problem: Problem, text: str) -> Verdict:
        return right("compare", "", "7") if text.endswith("<answer>7</answer>") else wrong("extract", "")

    def demonstrate(self, problem: Problem, key: Key) -> Demonstration:
        return Demonstration(response(key.fold("thought").random().choice(self.thoughts), "7"), "recited")
