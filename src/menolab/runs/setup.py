"""What a setup is: the ground a method runs on."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from menolab.engines.decoding import Decoding
from menolab.errors import BadInput, check_range
from menolab.models.base import Base
from menolab.models.fresh import Fresh
from menolab.pieces import Piece
from menolab.runs.stage import NoTraining, Stage
from menolab.schedules import Constant, Schedule
from menolab.tasks.countdown import Countdown
from menolab.tasks.task import Task


@dataclass(frozen=True)
class EvaluationPlan(Piece):
    """How base, cold-started and trained model are measured: the same problems, samples and keys for each."""

    tasks: tuple[Task, ...] = ()
    """Where problems come from; empty: the held-out side of the training task."""
    problems: int = 200
    """At most so many problems a task."""
    samples: int = 8
    """n, answers a problem."""
    temperature: float = 1.0

    def __post_init__(self) -> None:
        check_range("evaluation.problems", self.problems, 1)
        check_range("evaluation.samples", self.samples, 1)
        check_range("evaluation.temperature", self.temperature, 0.0)


@dataclass(frozen=True)
class Setup(Piece):
    """The ground: what model, what problems, how much of everything, how it is measured. A method says nothing of these, a setup nothing of methods."""

    base: Base = Fresh()
    """The model to start from."""
    task: Task = Countdown()
    """Where training problems come from."""
    cold_start: Stage = NoTraining()
    """What comes before the method: demonstrations for a model made from nothing, NoTraining for one that can reason."""
    decoding: Decoding = Decoding()
    """How rollouts are drawn in training; its max_tokens is the ground's token limit."""
    steps: int = 100
    """Updates of the method, rollout batches."""
    rollouts: int = 256
    """Rollouts a step, the same for every method: a sampler with groups of G takes rollouts // G problems, one at least."""
    lr: float = 3e-4
    """Peak learning rate of the method's stage (AdamW)."""
    schedule: Schedule = Constant(warmup=0.0)
    betas: tuple[float, float] = (0.9, 0.95)
    """AdamW's decay rates of the moments."""
    weight_decay: float = 0.0
    max_grad_norm: float = 1.0
    """Gradients are scaled down to this norm."""
    sample_dtype: str = ""
    """Of the matrix products, keys and values of sampling in training: float32 or bfloat16; empty: the weights' own. Evaluations keep the weights' own."""
    learn_dtype: str = ""
    """Of the layers' matrix products in updates, over weights and sums in their own dtype (bfloat16 over float32: mixed precision)."""
    evaluation: EvaluationPlan = EvaluationPlan()

    @property
    def evaluation_decoding(self) -> Decoding:
        """How answers are drawn in the evaluation: as in training, at the plan's temperature."""
        return replace(self.decoding, temperature=self.evaluation.temperature)

    def __post_init__(self) -> None:
        check_range("steps", self.steps, 0)
        check_range("rollouts", self.rollouts, 1)
        check_range("lr", self.lr, 0.0, open_low=True)
        for beta in self.betas:
            check_range("betas", beta, 0.0, math.nextafter(1.0, 0.0))
        check_range("decoding.temperature", self.decoding.temperature, 0.0, open_low=True)  # greedy rollouts of one problem are all alike: nothing to learn
        for name in ("sample_dtype", "learn_dtype"):
            if getattr(self, name) not in ("", "float32", "bfloat16"):
                raise BadInput(name, getattr(self, name), "give float32 or bfloat16, or leave it out")
        check_range("weight_decay", self.weight_decay, 0.0)
        check_range("max_grad_norm", self.max_grad_norm, 0.0, open_low=True)
