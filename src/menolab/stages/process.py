"""What a process reward is: rewards of single tokens, from a model that may learn beside the policy."""

from __future__ import annotations

import abc
from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from menolab.keys import Key
from menolab.models.base import Adapter
from menolab.models.policy import Policy
from menolab.pieces import Piece
from menolab.records import Batch
from menolab.runs.checkpoint import Trained
from menolab.runs.run import Run


class ProcessModel(abc.ABC):
    """A process reward at work. Mutable: it may learn from every batch."""

    @property
    @abc.abstractmethod
    def trained(self) -> Mapping[str, Trained]:
        """What learns in it, for checkpoints; all its state."""

    @abc.abstractmethod
    def __call__(self, batch: Batch, lr: float, key: Key) -> tuple[Batch, dict[str, float]]:
        """The batch with its token rewards, and metrics. Called once a batch, before credit is given; `lr` is the policy's."""


class ProcessReward(Piece):
    """Makes the process reward of a stage from the policy that it starts from: `process(run, policy, adapter, key)`, or None where there is none."""

    provides: ClassVar[frozenset[str]] = frozenset()
    """What parts that need it may ask for."""

    @abc.abstractmethod
    def __call__(self, run: Run, policy: Policy, adapter: Adapter, key: Key) -> ProcessModel | None:
        """The process reward before the first batch; the policy is only read, and has no adapter yet."""


@dataclass(frozen=True)
class NoProcess(ProcessReward):
    """Only whole responses are rewarded."""

    def __call__(self, run: Run, policy: Policy, adapter: Adapter, key: Key) -> None:
        return None
