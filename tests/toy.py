"""A task that a model of a few thousand parameters learns by reinforcement in a second: write letters."""

from __future__ import annotations

import json
import string
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from menolab.engines.decoding import Decoding
from menolab.keys import Key
from menolab.records import Problem, Verdict, right, wrong
from menolab.runs.pipeline import carry_out
from menolab.runs.setup import EvaluationPlan
from menolab.runs.stage import NoTraining, Stage
from menolab.tasks.task import Task
from tiny import tiny_run


@dataclass(frozen=True)
class Letters(Task):
    """Right is a text of at least `least` letters, wherever they stand: a verdict of the whole response, earned by single tokens."""

    least: int = 3

    @property
    def name(self) -> str:
        return "letters"

    def __call__(self, key: Key) -> Problem:
        number = key.random().randint(0, 999)
        return Problem(str(number), self.name, f"{number}:", "abcd")

    def verify(self, problem: Problem, text: str) -> Verdict:
        found = sum(c in string.ascii_letters for c in text)
        return right("count", "enough", text) if found >= self.least else wrong("count", f"{found} letters", text)


def curve(folder: Path, method: Stage, *, steps: int, seed: int = 0, **changes: Any) -> list[dict[str, Any]]:
    """The metrics of each step of the method on letters, from random weights."""
    plan = EvaluationPlan(problems=1, samples=1)
    ground = {"task": Letters(), "cold_start": NoTraining(), "decoding": Decoding(max_tokens=12), "rollouts": 32, "evaluation": plan, "lr": 4e-3}
    carry_out(tiny_run(folder, method=method, seed=seed, steps=steps, **(ground | changes)))
    return [json.loads(line) for line in (folder / "metrics.jsonl").read_text().splitlines()]
