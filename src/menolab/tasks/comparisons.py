"""Comparing as a task: which of two solutions is right?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from menolab.keys import Key
from menolab.records import Demonstration, Problem
from menolab.tasks.mixture import choose_style
from menolab.tasks.solved import AboutSolutions, contested, packed
from menolab.verifiers.extract import response

FIRST, SECOND = "1", "2"
WORDINGS = {
    "short": "{problem}\n1 {first}\n2 {second}\n?",
    "full": (
        "Here is a problem and two solutions of it.\n\nProblem: {problem}\n\nSolution 1: {first}\n\nSolution 2: {second}\n\nWhich solution is better? Think "
        "in <think> </think> tags, then give 1 or 2 in <answer> </answer> tags."
    ),
}
STYLES = ("tell", "guess")


@dataclass(frozen=True)
class Comparisons(AboutSolutions):
    """A right and a wrong solution of another task's problem, in an order drawn at random: which of them is right?

    Xu et al. 2025 (J4R), arXiv:2505.13346. The fact "mirror" holds the same question with the solutions swapped, and its answer, for samplers that ask both.
    A comparison has the id of the problem that it is about.
    """

    catalogue = "j4r"
    paper = "arXiv:2505.13346"

    wordings: ClassVar[Mapping[str, str]] = WORDINGS
    known_styles: ClassVar[tuple[str, ...]] = STYLES

    styles: tuple[str, ...] = STYLES

    @property
    def name(self) -> str:
        return f"{self.task.name}_comparisons"

    def __call__(self, key: Key) -> Problem:
        """One problem.

        Raises:
            RunFailed: the other task's demonstrations are all right, or all wrong.
        """
        problem, judged = contested(self.task, key, self.solutions)
        rng = key.fold("shown").random()
        better = rng.choice([text for text, right in judged if right])
        worse = rng.choice([text for text, right in judged if not right])
        prompts = [self._prompt(problem.prompt, better, worse), self._prompt(problem.prompt, worse, better)]
        own, other = (0, 1) if rng.random() < 0.5 else (1, 0)
        answers = (FIRST, SECOND)
        return Problem(
            id=problem.id,
            task=self.name,
            prompt=prompts[own],
            answer=answers[own],
            difficulty=problem.difficulty,
            facts={"about": packed(problem), "mirror": {"prompt": prompts[other], "answer": answers[other]}},
        )

    def _prompt(self, problem: str, first: str, second: str) -> str:
        return WORDINGS[self.wording].replace("{problem}", problem).replace("{first}", first).replace("{second}", second)

    def demonstrate(self, problem: Problem, key: Key) -> Demonstration:
        """"tell": the right one; "guess": one at random. Neither thinks."""
        style = choose_style(self.styles, self.weights, key.fold("style"))
        answer = problem.answer if style == "tell" else key.fold("guess").random().choice((FIRST, SECOND))
        text = response("", answer)
        return Demonstration(text, style)
