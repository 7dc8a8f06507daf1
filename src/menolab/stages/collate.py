"""The verb `collate`: groups of rollouts to one batch of tensors."""

from __future__ import annotations

from collections.abc import Sequence

import torch

from menolab.records import Batch, Group, Rollout, Totals


def collate(groups: Sequence[Group], limit: int) -> Batch:
    """Responses of all groups, right-padded to the longest, in group order.

    Args:
        groups: at least one rollout in all.
        limit: the ground's token limit of a response, for losses that normalise by it.
    """
    return stack([r for group in groups for r in group.rollouts], [g for g, group in enumerate(groups) for _ in group.rollouts], limit)


def stack(rollouts: Sequence[Rollout], group_B: Sequence[int], limit: int) -> Batch:
    """Rollouts as one batch; `group_B` numbers each one's group."""
    width = max(1, max(len(r.tokens) for r in rollouts))
    mask_BT = torch.zeros(len(rollouts), width, dtype=torch.bool)
    tokens_BT = torch.zeros(len(rollouts), width, dtype=torch.int64)
    logprobs_BT = torch.zeros(len(rollouts), width)
    for b, r in enumerate(rollouts):
        length = len(r.tokens)
        mask_BT[b, :length] = True
        tokens_BT[b, :length] = torch.tensor(r.tokens, dtype=torch.int64)
        logprobs_BT[b, :length] = torch.tensor(r.logprobs)
    return Batch(
        prompts=tuple(r.prompt for r in rollouts),
        tokens_BT=tokens_BT,
        mask_BT=mask_BT,
        logprobs_BT=logprobs_BT,
        reward_B=torch.tensor([_number(r) for r in rollouts], dtype=torch.float32),
        group_B=torch.tensor(list(group_B), dtype=torch.int64),
        truncated_B=torch.tensor([r.truncated for r in rollouts]),
        totals=Totals(rollouts=len(rollouts), tokens=int(mask_BT.sum()), groups=len(set(group_B)), limit=limit),
    )


def _number(rollout: Rollout) -> float:
    return float("nan") if rollout.reward is None else rollout.reward


def rows(batch: Batch, index_B: torch.Tensor, totals: Totals | None = None) -> Batch:
    """The batch restricted to some rollouts, cut to their longest response; totals stay the update's unless given."""
    mask_BT = batch.mask_BT[index_B]
    width = max(1, int(mask_BT.sum(-1).max()))
    return Batch(
        prompts=tuple(batch.prompts[i] for i in index_B.tolist()),
        tokens_BT=batch.tokens_BT[index_B, :width],
        mask_BT=mask_BT[:, :width],
        logprobs_BT=batch.logprobs_BT[index_B, :width],
        reward_B=batch.reward_B[index_B],
        group_B=batch.group_B[index_B],
        truncated_B=batch.truncated_B[index_B],
        totals=totals or batch.totals,
    )
