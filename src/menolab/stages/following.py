"""A reference that follows the policy."""

from __future__ import annotations

from collections.abc import Iterator

import torch

from menolab.models.policy import Policy


def follow(reference: Policy, policy: Policy, optimizer: torch.optim.Optimizer, share: float) -> None:
    """Move the reference by `share` of the way to the policy: an exponential moving average of the weights.

    It is kept in the optimiser's state too, which checkpoints hold, so that a resumed run goes on with the same one. A parameter without optimiser
    state has not moved yet, and neither has its reference.
    """
    with torch.no_grad():
        for held, learnt in _pairs(reference, policy):
            held.lerp_(learnt, share)
            if learnt in optimizer.state:
                optimizer.state[learnt]["reference"] = held.detach()


def recall(reference: Policy, policy: Policy, optimizer: torch.optim.Optimizer) -> None:
    """Put the reference back where the checkpoint that was loaded into the optimiser has it."""
    with torch.no_grad():
        for held, learnt in _pairs(reference, policy):
            if learnt in optimizer.state:
                held.copy_(optimizer.state[learnt]["reference"])


def _pairs(reference: Policy, policy: Policy) -> Iterator[tuple[torch.Tensor, torch.Tensor]]:
    """The parameters that learn, and their counterparts in the reference."""
    held = dict(reference.model.named_parameters())
    return ((held[name], learnt) for name, learnt in policy.model.named_parameters() if learnt.requires_grad)
