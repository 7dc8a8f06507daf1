"""Where a policy's weights come from: a family of pieces."""

from __future__ import annotations

import abc

from menolab.keys import Key
from menolab.models.policy import Policy
from menolab.pieces import Piece


class Base(Piece):
    """A model to start from: `base(key)` gives a policy; the key seeds random weights, loaded checkpoints ignore it."""

    @abc.abstractmethod
    def __call__(self, key: Key) -> Policy:
        """Build or load the policy.

        Raises:
            BadInput: a folder that is missing, incomplete or needs remote code.
        """


class Adapter(Piece):
    """What part of the model learns: all of it, or a small addition such as LoRA."""

    @abc.abstractmethod
    def __call__(self, policy: Policy, key: Key) -> Policy:
        """The policy with its trainable parameters chosen (`requires_grad`)."""
