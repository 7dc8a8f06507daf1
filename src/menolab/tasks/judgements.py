"""Judging as a task: is this solution right?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from menolab.keys import Key
from menolab.records import Demonstration, Problem
from menolab.tasks.mixture import choose_style
from menolab.tasks.solved import AboutSolutions, contested, packed
from menolab.verifiers.equations import equations, holds
from menolab.verifiers.extract import response

RIGHT, WRONG = "1", "0"
WORDINGS = {
    "short": "{problem}\n{response}\n?",
    "full": (
        "Here is a problem and somebody's solution of it.\n\nProblem: {problem}\n\nSolution: {response}\n\nIs the solution right? Go through it step by step, "
        "then see whether its answer does what the problem asks for. Think in <think> </think> tags, then give your verdict in <answer> </answer> tags: "
        "1 if the solution is right, 0 if it is wrong."
    ),
    "critique": (
        "Here is a problem and somebody's solution of it.\n\nProblem: {problem}\n\nSolution: {response}\n\nCriticise the solution so that its writer can mend "
        "it: go through it step by step, then say what to change, without giving the answer away. Write the critique in <think> </think> tags, then your "
        "verdict in <answer> </answer> tags: 1 if the solution is right, 0 if it is wrong."
    ),
}
"""With the slots of a judge's question, so that a `Grader` asks what was trained on."""
STYLES = ("check", "guess", "hint")


@dataclass(frozen=True)
class Judgements(AboutSolutions):
    """Solutions of another task's problems, to be told right or wrong: the verdict is checked against that task's own.

    Shi and Jin 2025 (Heimdall), arXiv:2504.10337: a verifier is trained by reinforcement on pairs of problem and solution, of problems that were solved
    both rightly and wrongly. Solutions are the other task's demonstrations (there, samples of a solver). A judgement has the id of the problem that
    it is about, so whatever is asked about one problem stays on one side of the division.

    Xie et al. 2025 (CTRL), arXiv:2502.03492: a critique is a judgement that says what to change. Their first stage is supervised on critiques written with a
    hint from outside, which the style "hint" stands for.
    """

    catalogue = ("heimdall", "ctrl-critic-rl")
    paper = "arXiv:2504.10337"

    wordings: ClassVar[Mapping[str, str]] = WORDINGS
    known_styles: ClassVar[tuple[str, ...]] = STYLES

    styles: tuple[str, ...] = ("check", "guess")

    @property
    def name(self) -> str:
        return f"{self.task.name}_judgements"

    def __call__(self, key: Key) -> Problem:
        """One problem.

        Raises:
            RunFailed: the other task's demonstrations are all right, or all wrong.
        """
        problem, judged = contested(self.task, key, self.solutions)
        solution, right = key.fold("shown").random().choice(judged)
        return Problem(
            id=problem.id,
            task=self.name,
            prompt=WORDINGS[self.wording].replace("{problem}", problem.prompt).replace("{response}", solution),
            answer=RIGHT if right else WRONG,
            difficulty=problem.difficulty,
            facts={"about": packed(problem), "solution": solution},
        )

    def demonstrate(self, problem: Problem, key: Key) -> Demonstration:
        """"check": every equation of the solution with 1 behind it if it holds and 0 if not, then the verdict; "hint": the gold answer where the solution
        is wrong, then the verdict; "guess": a verdict at random."""
        style = choose_style(self.styles, self.weights, key.fold("style"))
        if style == "check":
            lines = [f"{equation} {RIGHT if holds(equation) else WRONG}" for equation in equations(problem.facts["solution"])]
            text = response("\n".join(lines), problem.answer)
        elif style == "hint":
            text = response("" if problem.answer == RIGHT else problem.facts["about"]["answer"], problem.answer)
        else:
            text = response("", key.fold("guess").random().choice((RIGHT, WRONG)))
        return Demonstration(text, style)
