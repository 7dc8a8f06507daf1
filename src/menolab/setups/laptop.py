"""The laptop grounds: a model from nothing, Countdown with three numbers, minutes on two cores."""

from __future__ import annotations

from menolab.engines.decoding import Decoding
from menolab.methods.dr_grpo import dr_grpo
from menolab.models.fresh import Fresh
from menolab.pieces import published
from menolab.runs.recipe import Recipe
from menolab.runs.setup import EvaluationPlan, Setup
from menolab.stages.supervised import Supervised
from menolab.tasks.countdown import Countdown


@published(paper="")
def laptop() -> Setup:
    """Half a million parameters from nothing on three-number Countdown: cold start on mixed demonstrations, then the method. Six minutes on two cores."""
    return Setup(
        base=Fresh(width=128, layers=3, mlp=256),
        task=Countdown(styles=("guess", "tries", "goal"), weights=(0.4, 0.4, 0.2)),
        cold_start=Supervised(steps=3000, batch=16, pool=48000, lr=3e-3),
        decoding=Decoding(max_tokens=64),
        steps=150,
        rollouts=256,
        lr=5e-4,
        evaluation=EvaluationPlan(problems=200, samples=16),
    )


def demo_recipe(*, quick: bool = False, seed: int = 0) -> Recipe:
    """What `meno demo` carries out."""
    return Recipe(dr_grpo(), laptop(), seed)
