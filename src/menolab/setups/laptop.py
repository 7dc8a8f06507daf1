"""The laptop grounds: a model from nothing, Countdown with three numbers, minutes on two cores."""

from __future__ import annotations

from menolab.engines.decoding import Decoding
from menolab.methods.dr_grpo import dr_grpo
from menolab.models.fresh import Fresh
from menolab.pieces import published
from menolab.runs.recipe import Recipe
from menolab.runs.setup import EvaluationPlan, Setup
from menolab.schedules import Constant, Cosine
from menolab.stages.supervised import Supervised
from menolab.tasks.countdown import Countdown


@published(paper="")
def laptop() -> Setup:
    """Half a million parameters from nothing on three-number Countdown: cold start on mixed demonstrations, then the method; minutes on two cores.

    Demonstrations are a mixture as pre-training text would be: quick guesses (half of them wrong), random tries, goal-directed work. The cold-started model
    does what its demonstrations do in their proportions; reinforcement finds out which of it pays.
    """
    return Setup(
        base=Fresh(width=128, layers=3, mlp=256, numbers=199, context=256),
        task=Countdown(styles=("guess", "tries", "goal"), weights=(0.4, 0.3, 0.3)),
        cold_start=Supervised(steps=5000, batch=16, pool=40000, lr=3e-3, schedule=Cosine(warmup=0.01, floor=0.05)),
        decoding=Decoding(max_tokens=64),
        steps=90,
        rollouts=256,
        lr=3e-4,
        schedule=Constant(warmup=0.04),
        evaluation=EvaluationPlan(problems=256, samples=16),
    )


@published(paper="")
def quick() -> Setup:
    """A fifth of a million parameters on sums and differences of three numbers up to 20: a visible gain in under a minute on two cores."""
    return Setup(
        base=Fresh(width=96, layers=2, heads=3, kv_heads=1, mlp=192, numbers=99, context=256),
        task=Countdown(largest=20, largest_target=60, operations="+-", styles=("guess", "goal"), weights=(0.4, 0.6)),
        cold_start=Supervised(steps=1700, batch=16, pool=13600, lr=3e-3, schedule=Cosine(warmup=0.05, floor=0.05)),
        decoding=Decoding(max_tokens=48),
        steps=28,
        rollouts=256,
        lr=5e-4,
        schedule=Constant(warmup=0.1),
        evaluation=EvaluationPlan(problems=200, samples=8),
    )


@published(paper="")
def laptop_long() -> Setup:
    """Twice the model and three times the training of `laptop`, on goal-directed demonstrations: about twenty minutes on one core."""
    return Setup(
        base=Fresh(width=128, layers=4, mlp=384, numbers=199, context=256),
        task=Countdown(styles=("thorough", "tries"), weights=(0.85, 0.15)),
        cold_start=Supervised(steps=12000, batch=16, pool=96000, lr=3e-3, schedule=Cosine(warmup=0.01, floor=0.05)),
        decoding=Decoding(max_tokens=128),
        steps=150,
        rollouts=512,
        lr=4e-4,
        schedule=Cosine(warmup=0.03, floor=0.1),
        evaluation=EvaluationPlan(problems=256, samples=16),
    )


def demo_recipe(*, small: bool = False, seed: int = 0) -> Recipe:
    """What `meno demo` carries out: Dr. GRPO on `laptop`, or on `quick`."""
    return Recipe(dr_grpo(), quick() if small else laptop(), seed)
