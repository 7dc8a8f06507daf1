"""Another task with other demonstrations."""

from __future__ import annotations

from dataclasses import dataclass, replace

from menolab.keys import Key
from menolab.records import Demonstration, Problem
from menolab.tasks.countdown import Countdown
from menolab.tasks.reshown import Reshown


@dataclass(frozen=True)
class Loud(Reshown):
    """In capitals."""

    def demonstrate(self, problem: Problem, key: Key) -> Demonstration:
        shown = self.task.demonstrate(problem, key)
        return replace(shown, text=shown.text.upper())


def test_all_but_the_demonstrations_is_the_other_task_s() -> None:
    task, key = Countdown(), Key.root(3)
    loud = Loud(task)
    problem = loud(key)
    assert problem == task(key) and loud.name == task.name and loud.listed() is None and loud.styles == task.styles
    shown = task.demonstrate(problem, key)
    assert loud.verify(problem, shown.text) == task.verify(problem, shown.text)
    assert loud.demonstrate(problem, key).text == shown.text.upper()
