"""The bookkeeping of a stage's steps: resume, log, checkpoint, stop."""

from __future__ import annotations

import json
import math
import time
from collections.abc import Iterator, Mapping
from typing import Any

import torch

from menolab.curricula.curriculum import State
from menolab.errors import RunFailed
from menolab.runs import checkpoint
from menolab.runs.run import Interrupted, Run


class Loop:
    """Iterates over the steps that are left: `for step in loop: ...; loop.done(metrics, timings)`.

    The body must be a pure function of weights, optimiser states, curriculum state and step; then a run that is killed anywhere and resumed gives the
    same numbers as one that was not. `beside` are other models that learn in this stage (a critic), by the names of their folders in a checkpoint.
    """

    def __init__(
        self,
        run: Run,
        stage: str,
        total: int,
        model: Any,
        optimizer: torch.optim.Optimizer,
        state: State | None = None,
        beside: Mapping[str, checkpoint.Trained] | None = None,
    ):
        self.run, self.stage, self.total = run, stage, total
        self.trained = {"": (model, optimizer), **(beside or {})}
        self.state: State = {} if state is None else state
        """The curriculum's memory; assign to it before `done`."""
        self.step = 0
        found = checkpoint.latest(run.checkpoints, stage)
        if found is not None:
            checkpoint.load(found, self.trained)
            self.step, self.state = found.step, found.curriculum
        run.rewind(stage, self.step)
        self._next_save = time.monotonic() + run.launch.checkpoint_every

    def __iter__(self) -> Iterator[int]:
        self.run.listener.begin(self.stage, self.total, self.step)
        while self.step < self.total:
            # Dropout, the only draw that does not take a key, is seeded by the step.
            _seed_torch(self.run.key.fold(self.stage, "torch", self.step).torch_seed())
            yield self.step
        self.run.listener.end(self.stage)

    @property
    def progress(self) -> float:
        """Share of the stage done, at the middle of the current step, so that a warm-up never starts at zero."""
        return (self.step + 0.5) / self.total

    def done(self, metrics: Mapping[str, Any], timings: Mapping[str, float]) -> None:
        """Log the step, save a checkpoint when one is due, and stop if the user asked.

        Raises:
            Interrupted: after saving, if Ctrl-C was pressed.
            RunFailed: the disk refused; the last checkpoint is whole.
        """
        bad = [name for name, value in metrics.items() if isinstance(value, float) and not math.isfinite(value)]
        if bad:
            raise RunFailed(f"{self.stage} step {self.step + 1}: {', '.join(bad)} not finite; the last checkpoint is untouched")
        self.step += 1
        self.state = json.loads(json.dumps(self.state))  # what a resumed run would read, so that state that JSON changes shows at once
        self.run.log(self.stage, self.step, metrics, timings)
        stop = self.run.stop_asked.is_set()
        began = time.monotonic()
        if stop or self.step == self.total or began >= self._next_save:
            self.run.sync()
            checkpoint.save(self.run.checkpoints, self.stage, self.step, self.trained, self.state)
            now = time.monotonic()
            self._next_save = now + (max(self.run.launch.checkpoint_every, 50 * (now - began)) if self.run.launch.checkpoint_every else 0.0)
        if stop:
            raise Interrupted(f"stopped after {self.stage} step {self.step}; state saved")


def _seed_torch(seed: int) -> None:
    """Seed torch's generators. Trap: `torch.manual_seed` on a machine without a GPU puts a note with a stack trace aside for one, at every call."""
    torch.default_generator.manual_seed(seed)
    if torch.cuda.is_available():
        torch.cuda.manual_seed_all(seed)
