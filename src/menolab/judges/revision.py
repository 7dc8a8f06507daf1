"""What a critique is worth: does the solution that follows it come right?"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from menolab.engines.decoding import Decoding
from menolab.engines.engine import Engine
from menolab.errors import BadInput, check_range
from menolab.judges.judge import Judge, question_keys, regroup, written
from menolab.judges.step_labels import as_label
from menolab.keys import Key
from menolab.records import Completion, Group, Opinion, Problem
from menolab.tasks.countdown import Countdown
from menolab.tasks.solved import unpacked
from menolab.tasks.task import Task, verify
from menolab.verifiers.extract import END_THINK, THINK

QUESTION = "{problem}\n{solution}\n{critique}\n"
_SLOT = re.compile(r"\{(problem|solution|critique)\}")


@dataclass(frozen=True)
class Revision(Judge):
    """Hands a critique to the solution's writer, who writes anew; the score is the verdict on what it writes then, and nothing else.

    Xie et al. 2025 (CTRL), arXiv:2502.03492: the reward of a critique is whether the revision of a fixed generator passes. As in the authors' code, a
    critique that ends in no judgement of its own is worth 0 and not tried. The rollouts are responses to `Judgements` of `task`. An engine's failure, a
    revision without room and a verdict that is undecided are undecided.
    """

    catalogue = "ctrl-critic-rl"
    paper = "arXiv:2502.03492"

    model: str = ""
    """The generator, which stays as it is; empty: the critic itself revises, and moves as it learns."""
    task: Task = Countdown()
    """Whose problems are solved: the one that `Judgements` is about."""
    question: str = QUESTION
    """With {problem}, {solution} and {critique} (the thinking of the critic's response)."""
    limit: int = 64
    """Most tokens of a revision."""
    temperature: float = 1.0

    def __post_init__(self) -> None:
        check_range("judge.limit", self.limit, 1)
        check_range("judge.temperature", self.temperature, 0.0)

    def check(self, problem: Problem) -> None:
        if "about" not in problem.facts or "solution" not in problem.facts:
            raise BadInput("task", problem.task, "critiques are revised on the ground task=Judgements")

    def __call__(self, engine: Engine, groups: Sequence[Group], key: Key) -> list[list[Opinion]]:
        places = [(group.problem, r) for group in groups for r in group.rollouts]
        judged = [i for i, (_, r) in enumerate(places) if r.verdict is not None and r.verdict.extracted is not None]
        keys = question_keys(groups, key)
        asked = [(unpacked(p.facts["about"]), p.facts["solution"], thinking(r.text)) for p, r in (places[i] for i in judged)]
        revised = dict(zip(judged, self.revise(engine, asked, [keys[i] for i in judged]), strict=True))
        opinions = []
        for i, (problem, _) in enumerate(places):
            if i in revised:
                opinions.append(self._opinion(engine, unpacked(problem.facts["about"]), revised[i]))
            else:
                opinions.append(Opinion(0.0, "the critique ends in no judgement"))
        return regroup(opinions, groups)

    def revise(self, engine: Engine, asked: Sequence[tuple[Problem, str, str]], keys: Sequence[Key]) -> list[Completion | None]:
        """The writer's new solutions of (problem, solution, critique), in one call."""
        prompts = []
        for problem, solution, critique in asked:
            values = {"problem": problem.prompt, "solution": solution, "critique": critique}
            prompts.append(engine.encode(_SLOT.sub(lambda slot, values=values: values[slot.group(1)], self.question)))
        return written(engine, prompts, keys, Decoding(self.temperature, max_tokens=self.limit))

    def _opinion(self, engine: Engine, problem: Problem, revised: Completion | None) -> Opinion:
        if revised is None:
            return Opinion(None, "the revision has no room, or its engine failed")
        text = engine.decode(revised.tokens)
        verdict = verify(self.task, problem, text)
        return Opinion(as_label(verdict), f"the revision is {verdict.label}: {verdict.reason}", text)


def thinking(text: str) -> str:
    """What a response says between its thinking tags; all of it where there are none."""
    body, tag, _ = text.partition(END_THINK)
    return body.removeprefix(THINK).strip() if tag else text
