"""The learner: one update of a policy from a batch, exact however it is cut into micro-batches."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from functools import cached_property
from typing import TYPE_CHECKING

import torch
from torch.nn.functional import pad

from menolab.advantages.advantage import group_sums
from menolab.engines.decoding import Decoding
from menolab.errors import RunFailed
from menolab.losses.loss import Loss, LossInputs, masked
from menolab.models.head import Headed
from menolab.models.policy import Policy
from menolab.models.scoring import plan, score
from menolab.pieces import all_needs
from menolab.records import Batch, Totals
from menolab.runs.run import Run
from menolab.stages.collate import rows

if TYPE_CHECKING:
    from menolab.stages.critic import ValueModel


@dataclass
class Learner:
    """A policy with its optimiser, and the critic that learns by the same loss. Mutable: `update` moves the weights."""

    policy: Policy
    optimizer: torch.optim.Optimizer
    loss: Loss
    decoding: Decoding
    """The distribution that rollouts are drawn from; log-probabilities are taken under the same one."""
    max_grad_norm: float
    micro_tokens: int = 4096
    """Most tokens (prompts and padding included) in one forward pass; changes memory and speed, never the result."""
    reference: Policy | None = None
    """The frozen policy of losses that need "reference_logprobs"; not asked where the batch has them already."""
    dtype: torch.dtype | None = None
    """Of the layers' matrix products; None: the weights' own."""
    critic: ValueModel | None = None
    """Whose values losses that need "values" read. Its gradient is clipped and its step taken apart from the policy's: it shares no weight with it."""

    @cached_property
    def _needs(self) -> frozenset[str]:
        return all_needs(self.loss)

    def update(self, batch: Batch, credit_BT: torch.Tensor, lr: float) -> dict[str, float]:
        """One optimiser step on the whole batch; returns loss, grad_norm and the loss's own metrics.

        Raises:
            RunFailed: loss or gradient is not finite; the weights are those before the step.
        """
        if not self.policy.model.training:
            self.policy.model.train()
        steps = {"grad_norm": (self.optimizer, lr)}
        if self.critic is not None:
            steps["critic_grad_norm"] = (self.critic.optimizer, lr * self.critic.lr_scale)
        for optimizer, _ in steps.values():
            optimizer.zero_grad(set_to_none=True)
        metrics: dict[str, float] = {"loss": 0.0}
        whole = self._whole(batch, credit_BT) if "whole_update" in self._needs else None
        for index_B in self._micro_batches(batch, credit_BT):
            out = self.loss(replace(self._inputs(batch, credit_BT, index_B), whole=whole))
            if out.loss.requires_grad:
                out.loss.backward()
            for name, value in {"loss": float(out.loss.detach()), **out.metrics}.items():
                metrics[name] = metrics.get(name, 0.0) + value
        return metrics | dict(zip(steps, take_steps(metrics["loss"], list(steps.values()), self.max_grad_norm), strict=True))

    def _inputs(self, batch: Batch, credit_BT: torch.Tensor, index_B: torch.Tensor) -> LossInputs:
        """What the loss may read about some rollouts of the update, whose log-probabilities carry the gradient."""
        device, part = self.policy.device, rows(batch, index_B)
        tokens_BT, mask_BT = part.tokens_BT.to(device), part.mask_BT.to(device)
        entropy, normalisers = bool(self._needs & {"entropy", "entropy_gradient"}), "normalisers" in self._needs
        stats = score(self.policy, part.prompts, tokens_BT, mask_BT, self.decoding, entropy=entropy, normalisers=normalisers, dtype=self.dtype)
        reference_BT = _on(part.reference_logprobs_BT, device)
        if reference_BT is None and self.reference is not None:
            with torch.no_grad():
                reference_BT = score(self.reference, part.prompts, tokens_BT, mask_BT, self.decoding, dtype=self.dtype).logprobs_BT
        return LossInputs(
            logprobs_BT=stats.logprobs_BT,
            old_logprobs_BT=part.logprobs_BT.to(device),
            credit_BT=credit_BT[index_B, : mask_BT.shape[1]].to(device),
            mask_BT=mask_BT,
            totals=part.totals,
            reward_B=part.reward_B.to(device),
            group_B=part.group_B.to(device),
            group_tokens_B=group_sums(batch.mask_BT.sum(-1), batch.group_B)[index_B].to(device),
            sampled_entropy=-float(masked(batch.logprobs_BT, batch.mask_BT).double().sum()) / max(batch.totals.tokens, 1),
            entropy_BT=stats.entropy_BT if stats.entropy_BT is None or "entropy_gradient" in self._needs else stats.entropy_BT.detach(),
            reference_logprobs_BT=reference_BT,
            recomputed_logprobs_BT=_on(part.recomputed_logprobs_BT, device),
            normaliser_B=stats.normaliser_B,
            values_BT=None if self.critic is None else self.critic.headed(part.prompts, tokens_BT, mask_BT, dtype=self.dtype),
            old_values_BT=_on(part.values_BT, device),
            returns_BT=_on(part.returns_BT, device),
            row_B=index_B.to(device),
        )

    @torch.no_grad()
    def _whole(self, batch: Batch, credit_BT: torch.Tensor) -> LossInputs:
        """The whole update under the present weights, in its own order: a forward pass over everything before the first gradient."""
        parts = [self._inputs(batch, credit_BT, index_B) for index_B in self._micro_batches(batch, credit_BT, everything=True)]
        whole = replace(parts[0], row_B=None)  # scalars are the update's already
        order_B = torch.cat([part.row_B for part in parts if part.row_B is not None]).argsort()
        width = batch.mask_BT.shape[1]
        for field in fields(LossInputs):
            values = [getattr(part, field.name) for part in parts]
            if field.name != "row_B" and isinstance(values[0], torch.Tensor):
                wide = [pad(x, (0, width - x.shape[1])) if x.dim() == 2 else x for x in values]
                whole = replace(whole, **{field.name: torch.cat(wide)[order_B]})
        return whole

    def _micro_batches(self, batch: Batch, credit_BT: torch.Tensor, *, everything: bool = False) -> list[torch.Tensor]:
        """Row indices of each micro-batch, as `plan` puts rows together.

        Rows without credit are left out when the loss gives them no gradient: they cost a forward and backward pass and change nothing but metrics.
        Where the loss needs whole groups, a group that does not fit the budget is a micro-batch of its own.
        """
        length_B = batch.mask_BT.sum(-1)
        if self.loss.whole_groups and not everything:
            return _of_whole_groups(length_B + torch.tensor([len(p) for p in batch.prompts]), batch.group_B, self.micro_tokens)
        live = torch.arange(len(batch.prompts))
        if self.loss.silent_without_credit and not everything:
            live = live[(credit_BT != 0).any(-1)]
        parts = plan(self.policy, [batch.prompts[b] for b in live.tolist()], length_B[live].tolist(), self.micro_tokens)
        return [live[part] for part in parts]


def _of_whole_groups(length_B: torch.Tensor, group_B: torch.Tensor, micro_tokens: int) -> list[torch.Tensor]:
    """Row indices of as many whole groups at a time as the budget of padded tokens allows, groups in the order of their numbers."""
    parts: list[torch.Tensor] = []
    for group in group_B.unique():
        index_B = (group_B == group).nonzero()[:, 0]
        joined = torch.cat([parts[-1], index_B]) if parts else index_B
        if parts and len(joined) * int(length_B[joined].max()) <= micro_tokens:
            parts[-1] = joined
        else:
            parts.append(index_B)
    return parts


def take_steps(loss: float, steps: Sequence[tuple[torch.optim.Optimizer, float]], largest: float) -> list[float]:
    """A step of each optimiser at its learning rate, its gradient scaled down to a norm of at most `largest`; returns the norms that they had.

    Where nothing has a gradient the norm is 0 and no step is taken.

    Raises:
        RunFailed: the loss or a norm is not finite; no weight was moved.
    """
    norms = []
    for optimizer, _ in steps:
        parameters = [p for group in optimizer.param_groups for p in group["params"] if p.grad is not None]
        norms.append(float(torch.nn.utils.clip_grad_norm_(parameters, largest)) if parameters else 0.0)
    if not all(map(math.isfinite, (loss, *norms))):
        raise RunFailed(f"loss {loss}, gradient norm {' and '.join(map(str, norms))}: not finite; no step was taken")
    for optimizer, lr in steps:
        for group in optimizer.param_groups:
            group["lr"] = lr
        if any(p.grad is not None for group in optimizer.param_groups for p in group["params"]):
            optimizer.step()
    return norms


def _on(value: torch.Tensor | None, device: torch.device) -> torch.Tensor | None:
    return None if value is None else value.to(device)


def learner(
    run: Run,
    policy: Policy,
    loss: Loss,
    decoding: Decoding,
    weight_decay: float,
    reference: Policy | None = None,
    critic: ValueModel | None = None,
) -> Learner:
    """The learner of a run's stage: AdamW over the parameters that learn, as setup and launch say."""
    if run.launch.activation_checkpointing:
        policy.plain.gradient_checkpointing_enable()
    optimizer = adamw(policy, run.setup.betas, weight_decay)
    dtype = torch_dtype(run.setup.learn_dtype)
    return Learner(policy, optimizer, loss, decoding, run.setup.max_grad_norm, run.micro_tokens, reference, dtype, critic)


def torch_dtype(name: str) -> torch.dtype | None:
    """The dtype of that name; None for an empty one."""
    return getattr(torch, name) if name else None


def adamw(learns: Policy | Headed, betas: tuple[float, float], weight_decay: float) -> torch.optim.AdamW:
    """AdamW over the parameters that learn. The learning rate is given at every update."""
    return torch.optim.AdamW([p for p in learns.model.parameters() if p.requires_grad], lr=0.0, betas=betas, weight_decay=weight_decay, fused=True)


def minibatches(
    batch: Batch, credit_BT: torch.Tensor, count: int, order_B: torch.Tensor, *, whole_groups: bool = False
) -> list[tuple[Batch, torch.Tensor]]:
    """The batch cut into `count` updates along `order_B`, each with totals of its own; fewer where filters left fewer rollouts.

    With `whole_groups` groups stay together, in the order in which their first rollouts come.
    """
    if count == 1:
        return [(batch, credit_BT)]
    parts = []
    cuts = order_B.tensor_split(min(count, len(order_B)))
    if whole_groups:
        groups = list(dict.fromkeys(batch.group_B[order_B].tolist()))
        cuts = [torch.isin(batch.group_B, g).nonzero()[:, 0] for g in torch.tensor(groups).tensor_split(min(count, len(groups)))]
    for index_B in cuts:
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
