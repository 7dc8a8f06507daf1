"""The smallest recipe that goes through every room, for tests: a second on one core."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from menolab.engines.decoding import Decoding
from menolab.methods.grpo import grpo
from menolab.models.fresh import Fresh
from menolab.records import Group
from menolab.rewards.accuracy import Accuracy
from menolab.rewards.reward import Reward
from menolab.runs.recipe import Recipe
from menolab.runs.run import Launch, Run, create
from menolab.runs.setup import EvaluationPlan, Setup
from menolab.runs.stage import Stage
from menolab.schedules import Constant
from menolab.stages.reinforce import Reinforce
from menolab.stages.supervised import Supervised
from menolab.tasks.countdown import Countdown


@dataclass(frozen=True)
class Variety(Reward):
    """More distinct tokens, more reward: a term with variance even where nothing is right, so that tiny runs have something to learn."""

    def __call__(self, group: Group, progress: float) -> Sequence[float | None]:
        return [len(set(r.tokens)) / 16 for r in group.rollouts]


LAUNCH = Launch(device="cpu", threads=1, checkpoint_every=0, rollouts_every=2)


def tiny_setup(**changes: Any) -> Setup:
    """Two-number Countdown, a model of a few thousand parameters, a handful of steps."""
    setup = Setup(
        base=Fresh(width=32, layers=1, heads=2, kv_heads=1, head_width=16, mlp=64, context=128),
        task=Countdown(numbers=2, largest=20, largest_target=40, styles=("guess",), weights=(1.0,)),
        cold_start=Supervised(steps=5, batch=8, pool=32, lr=3e-3),
        decoding=Decoding(max_tokens=16),
        steps=5,
        rollouts=16,
        lr=1e-3,
        schedule=Constant(warmup=0.1),
        evaluation=EvaluationPlan(problems=4, samples=2),
    )
    return replace(setup, **changes)


def tiny_method(**changes: Any) -> Reinforce:
    """GRPO with groups of four, rewarded for variety beside accuracy."""
    return replace(grpo(group=4), **({"rewards": (Accuracy(), Variety())} | changes))


def tiny_run(folder: Path, *, method: Stage | None = None, seed: int = 0, launch: Launch = LAUNCH, **changes: Any) -> Run:
    """A new run folder, nothing carried out yet."""
    return create(folder, Recipe(method or tiny_method(), tiny_setup(**changes), seed), launch)
