"""The learner: one update of a policy from a batch, exact however it is cut into micro-batches."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import cached_property

import torch

from menolab.engines.decoding import Decoding
from menolab.errors import RunFailed
from menolab.losses.loss import Loss, LossInputs
from menolab.models.policy import Policy
from menolab.models.scoring import plan, score
from menolab.pieces import all_needs
from menolab.records import Batch, Totals
from menolab.runs.run import Run
from menolab.stages.collate import rows


@dataclass
class Learner:
    """A policy with its optimiser. Mutable: `update` moves the weights."""

    policy: Policy
    optimizer: torch.optim.Optimizer
    loss: Loss
    decoding: Decoding
    """The distribution that rollouts are drawn from; log-probabilities are taken under the same one."""
    max_grad_norm: float
    micro_tokens: int = 4096
    """Most tokens (prompts and padding included) in one forward pass; changes memory and speed, never the result."""
    reference: Policy | None = None
    """The frozen policy of losses that need "reference_logprobs"."""
    dtype: torch.dtype | None = None
    """Of the layers' matrix products; None: the weights' own."""

    @cached_property
    def _entropy(self) -> bool:
        return "entropy" in all_needs(self.loss)

    def update(self, batch: Batch, credit_BT: torch.Tensor, lr: float) -> dict[str, float]:
        """One optimiser step on the whole batch; returns loss, grad_norm and the loss's own metrics.

        Raises:
            RunFailed: loss or gradient is not finite; the weights are those before the step.
        """
        if not self.policy.model.training:
            self.policy.model.train()
        self.optimizer.zero_grad(set_to_none=True)
        metrics: dict[str, float] = {"loss": 0.0}
        for index_B in self._micro_batches(batch, credit_BT):
            for name, value in self._backward(rows(batch, index_B), credit_BT[index_B]).items():
                metrics[name] = metrics.get(name, 0.0) + value
        parameters = [p for group in self.optimizer.param_groups for p in group["params"] if p.grad is not None]
        metrics["grad_norm"] = float(torch.nn.utils.clip_grad_norm_(parameters, self.max_grad_norm)) if parameters else 0.0
        if not (math.isfinite(metrics["loss"]) and math.isfinite(metrics["grad_norm"])):
            raise RunFailed(f"loss {metrics['loss']}, gradient norm {metrics['grad_norm']}: not finite; no step was taken")
        for group in self.optimizer.param_groups:
            group["lr"] = lr
        if parameters:
            self.optimizer.step()
        return metrics

    def _backward(self, part: Batch, credit_BT: torch.Tensor) -> dict[str, float]:
        """Adds one micro-batch's gradient; returns its share of loss and metrics."""
        device = next(self.policy.model.parameters()).device
        mask_BT = part.mask_BT.to(device)
        tokens_BT = part.tokens_BT.to(device)
        stats = score(self.policy, part.prompts, tokens_BT, mask_BT, self.decoding, entropy=self._entropy, dtype=self.dtype)
        reference_BT = None
        if self.reference is not None:
            with torch.no_grad():
                reference_BT = score(self.reference, part.prompts, tokens_BT, mask_BT, self.decoding, dtype=self.dtype).logprobs_BT
        out = self.loss(
            LossInputs(
                logprobs_BT=stats.logprobs_BT,
                old_logprobs_BT=part.logprobs_BT.to(device),
                credit_BT=credit_BT[:, : mask_BT.shape[1]].to(device),
                mask_BT=mask_BT,
                totals=part.totals,
                entropy_BT=stats.entropy_BT,
                reference_logprobs_BT=reference_BT,
            )
        )
        if out.loss.requires_grad:
            out.loss.backward()
        return {"loss": float(out.loss.detach()), **out.metrics}

    def _micro_batches(self, batch: Batch, credit_BT: torch.Tensor) -> list[torch.Tensor]:
        """Row indices of each micro-batch.

        Rows without credit are left out when the loss gives them no gradient: they cost a forward and backward pass and change nothing but metrics.
        """
        live = torch.arange(len(batch.prompts))
        if self.loss.silent_without_credit:
            live = live[(credit_BT != 0).any(-1)]
        prompts = [batch.prompts[b] for b in live.tolist()]
        parts = plan(self.policy, prompts, batch.mask_BT.sum(-1)[live].tolist(), self.micro_tokens)
        return [live[part] for part in parts]


def learner(run: Run, policy: Policy, loss: Loss, decoding: Decoding, weight_decay: float, reference: Policy | None = None) -> Learner:
    """The learner of a run's stage: AdamW over the parameters that learn, as setup and launch say."""
    if run.launch.activation_checkpointing:
        policy.plain.gradient_checkpointing_enable()
    optimizer = adamw(policy, run.setup.betas, weight_decay)
    return Learner(policy, optimizer, loss, decoding, run.setup.max_grad_norm, run.micro_tokens, reference, torch_dtype(run.setup.learn_dtype))


def torch_dtype(name: str) -> torch.dtype | None:
    """The dtype of that name; None for an empty one."""
    return getattr(torch, name) if name else None


def adamw(policy: Policy, betas: tuple[float, float], weight_decay: float) -> torch.optim.AdamW:
    """AdamW over the parameters that learn. The learning rate is given at every update."""
    return torch.optim.AdamW([p for p in policy.model.parameters() if p.requires_grad], lr=0.0, betas=betas, weight_decay=weight_decay, fused=True)


def minibatches(batch: Batch, credit_BT: torch.Tensor, count: int, order_B: torch.Tensor) -> list[tuple[Batch, torch.Tensor]]:
    """The batch cut into `count` updates along `order_B`, each with totals of its own; fewer where filters left fewer rollouts."""
    if count == 1:
        return [(batch, credit_BT)]
    parts = []
    for index_B in order_B.tensor_split(min(count, len(order_B))):
        mask_BT = batch.mask_BT[index_B]
        totals = Totals(len(index_B), int(mask_BT.sum()), len(batch.group_B[index_B].unique()), batch.totals.limit)
        part = rows(batch, index_B, totals)
        parts.append((part, credit_BT[index_B, : part.mask_BT.shape[1]]))
    return parts


def frozen_copy(policy: Policy) -> Policy:
    """A copy of the policy that no update moves."""
    import copy

    model = copy.deepcopy(policy.model).eval().requires_grad_(False)
    return replace(policy, model=model)
