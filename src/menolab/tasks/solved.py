"""Problems with solutions, right ones and wrong ones: what tasks about solutions are made of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, ClassVar

from menolab.errors import BadInput, RunFailed, check_range
from menolab.keys import Key
from menolab.records import Problem, Verdict
from menolab.tasks.countdown import Countdown
from menolab.tasks.mixture import check_mixture
from menolab.tasks.task import Task
from menolab.verifiers.exact import Exact
from menolab.verifiers.verifier import Verifier

TRIES = 1000
"""Problems drawn in search of one that is solved both rightly and wrongly."""


def contested(task: Task, key: Key, solutions: int) -> tuple[Problem, list[tuple[str, bool]]]:
    """A problem of `task` with as many solutions, its demonstrations: each as text and whether it is right, which some are and some are not.

    Shi and Jin 2025 (Heimdall), arXiv:2504.10337: problems whose solutions are all right or all wrong are left out, since they teach a judge to tell easy
    problems from hard ones instead of right solutions from wrong ones.

    Raises:
        RunFailed: a thousand problems gave none, because the task's writer is always right, say.
    """
    for i in range(TRIES):
        problem = task(key.fold("problem", i))
        texts = [task.demonstrate(problem, key.fold("solution", i, j)).text for j in range(solutions)]
        judged = [(text, task.verify(problem, text).right) for text in texts]
        if 0 < sum(right for _, right in judged) < solutions:
            return problem, judged
    raise RunFailed(f"task {task.name}: of {TRIES} problems none had both right and wrong demonstrations among {solutions}; name styles that err")


def packed(problem: Problem) -> dict[str, Any]:
    """A problem as JSON data, to be a fact of another one."""
    return {**asdict(problem), "facts": dict(problem.facts), "start": list(problem.start)}


def unpacked(data: dict[str, Any]) -> Problem:
    """The problem that `packed` wrote."""
    return Problem(**{**data, "start": tuple(data["start"])})


@dataclass(frozen=True)
class AboutSolutions(Task):
    """A task whose problems are questions about solutions of another task's problems."""

    wordings: ClassVar[Mapping[str, str]]
    """Name -> what is asked."""
    known_styles: ClassVar[tuple[str, ...]]
    """Of demonstrations."""

    task: Task = Countdown()
    """Whose problems and solutions are asked about; its demonstrations must err now and then."""
    solutions: int = 4
    """Drawn a problem; of them those are taken that are shown."""
    wording: str = "short"
    styles: tuple[str, ...] = ()
    weights: tuple[float, ...] = (0.5, 0.5)
    verifier: Verifier = Exact(strict=True)

    def __post_init__(self) -> None:
        check_range("solutions", self.solutions, 2)
        if self.wording not in self.wordings:
            raise BadInput("wording", self.wording, f"one of {', '.join(self.wordings)}")
        check_mixture(self.styles, self.weights, self.known_styles)

    def verify(self, problem: Problem, text: str) -> Verdict:
        return self.verifier(problem, text)
