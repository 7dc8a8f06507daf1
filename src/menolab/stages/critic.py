"""What a critic is: where values come from, and what they are regressed on."""

from __future__ import annotations

import abc
from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import torch

from menolab.advantages.advantage import Advantage
from menolab.advantages.gae import GAE
from menolab.errors import check_range
from menolab.keys import Key
from menolab.models.base import Adapter
from menolab.models.head import Headed, ScalarHead
from menolab.models.policy import Policy
from menolab.pieces import Piece
from menolab.runs.checkpoint import Trained
from menolab.runs.run import Run
from menolab.stages.learner import adamw, frozen_copy


@dataclass
class ValueModel:
    """A critic at work: the learner moves its weights, checkpoints hold them. Mutable."""

    headed: Headed
    optimizer: torch.optim.Optimizer
    target: Advantage
    lr_scale: float

    @property
    def trained(self) -> Mapping[str, Trained]:
        """What learns in it, for checkpoints; all its state."""
        return {"critic": (self.headed.model, self.optimizer)}


class Critic(Piece):
    """Makes the value model of a stage from the policy that it starts from: `critic(run, policy, adapter, key)`, or None where there is none."""

    provides: ClassVar[frozenset[str]] = frozenset()
    """What parts that need it may ask for."""

    @abc.abstractmethod
    def __call__(self, run: Run, policy: Policy, adapter: Adapter, key: Key) -> ValueModel | None:
        """The value model before its first step; the policy is only read, and has no adapter yet."""


@dataclass(frozen=True)
class NoCritic(Critic):
    """There are no values."""

    def __call__(self, run: Run, policy: Policy, adapter: Adapter, key: Key) -> None:
        return None


@dataclass(frozen=True)
class SeparateCritic(Critic):
    """A copy of the starting policy with a scalar head that starts at zero; it shares no weight with the policy.

    Ouyang et al. 2022 (InstructGPT), arXiv:2203.02155, and the PPO of language models since: value error and policy gradient then cannot disturb each
    other, at the price of a second model of the policy's size. The copy learns what the policy learns, all weights or adapters of its own. It is taught
    by a part of the policy's loss that reads values, such as `ClippedValue`; the weight of that part then only matters beside the clipping of its gradient.
    """

    paper = "arXiv:2203.02155"
    provides = frozenset({"values"})

    target: Advantage = GAE()
    """Values are regressed on this estimate of the advantage plus the old value: the method's own before any normalisation, or one with a decay of
    its own."""
    lr_scale: float = 5.0
    """Learning rate over the policy's: a head from nothing has farther to go."""

    def __post_init__(self) -> None:
        check_range("lr_scale", self.lr_scale, 0.0, open_low=True)

    def __call__(self, run: Run, policy: Policy, adapter: Adapter, key: Key) -> ValueModel:
        trunk = adapter(frozen_copy(policy), key)
        headed = Headed(trunk, ScalarHead.over(trunk))
        _silence_vocabulary(trunk)
        if run.launch.activation_checkpointing:
            trunk.plain.gradient_checkpointing_enable()
        headed.model.train()
        return ValueModel(headed, adamw(headed, run.setup.betas, run.setup.weight_decay), self.target, self.lr_scale)


def _silence_vocabulary(trunk: Policy) -> None:
    """A critic does not use the language-model head. Where that is a matrix of its own it is kept out of optimiser and checkpoints."""
    vocabulary, read = trunk.plain.get_output_embeddings(), trunk.plain.get_input_embeddings()
    if vocabulary.weight is not read.weight:
        vocabulary.requires_grad_(False)
