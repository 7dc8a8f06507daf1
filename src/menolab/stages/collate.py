"""The verb `collate`: groups of rollouts to one batch of tensors."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields, replace
from itertools import chain
from typing import Any

import torch

from menolab.records import Batch, Group, Rollout, Totals


def collate(groups: Sequence[Group], limit: int) -> Batch:
    """Responses of all groups, right-padded to the longest, in group order; yardsticks become `yardstick_B` instead of rows.

    Args:
        groups: at least one rollout in all.
        limit: the ground's token limit of a response, for losses that normalise by it.
    """
    batch = stack([r for group in groups for r in group.sampled], [g for g, group in enumerate(groups) for _ in group.sampled], limit)
    yardsticks = [[r for r in group.rollouts if r.greedy] for group in groups]
    if not any(yardsticks):
        return batch
    rewards = [_number(found[0]) if found else float("nan") for found in yardsticks]
    return replace(batch, yardstick_B=torch.tensor(rewards)[batch.group_B])


def stack(rollouts: Sequence[Rollout], group_B: Sequence[int], limit: int) -> Batch:
    """Rollouts as one batch; `group_B` numbers each one's group."""
    width = max(1, max(len(r.tokens) for r in rollouts))
    mask_BT = _first([len(r.tokens) for r in rollouts], width)
    rewards = [r.token_rewards for r in rollouts]
    return Batch(
        prompts=tuple(r.prompt for r in rollouts),
        tokens_BT=_placed([r.tokens for r in rollouts], mask_BT, torch.int64),
        mask_BT=mask_BT,
        logprobs_BT=_placed([r.logprobs for r in rollouts], mask_BT, torch.float32),
        reward_B=torch.tensor([_number(r) for r in rollouts], dtype=torch.float32),
        group_B=torch.tensor(list(group_B), dtype=torch.int64),
        truncated_B=torch.tensor([r.truncated for r in rollouts]),
        totals=Totals(rollouts=len(rollouts), tokens=int(mask_BT.sum()), groups=len(set(group_B)), limit=limit),
        answers=tuple(r.verdict.extracted if r.verdict else None for r in rollouts),
        keys=tuple(r.key for r in rollouts),
        given_BT=_first([r.given for r in rollouts], width) if any(r.given for r in rollouts) else None,
        wording_B=torch.tensor([-1 if r.wording is None else r.wording for r in rollouts]) if any(r.wording != 0 for r in rollouts) else None,
        turn_B=torch.tensor([r.turn for r in rollouts]) if any(r.turn for r in rollouts) else None,
        token_rewards_BT=_placed(rewards, _first([len(row) for row in rewards], width), torch.float32) if any(rewards) else None,
    )


def _first(lengths: Sequence[int], width: int) -> torch.Tensor:
    """True on so many first places of each row."""
    return torch.arange(width) < torch.tensor(lengths)[:, None]


def _placed(rows: Sequence[Sequence[float]], mask_BT: torch.Tensor, dtype: torch.dtype) -> torch.Tensor:
    """Ragged rows at the places of a mask, zeros elsewhere. All numbers at once: a tensor for each row costs more than a small model's forward pass."""
    out_BT = torch.zeros(mask_BT.shape, dtype=dtype)
    out_BT[mask_BT] = torch.tensor(list(chain.from_iterable(rows)), dtype=dtype)
    return out_BT


def _number(rollout: Rollout) -> float:
    return float("nan") if rollout.reward is None else rollout.reward


def rows(batch: Batch, index_B: torch.Tensor, totals: Totals | None = None) -> Batch:
    """The batch restricted to some rollouts, cut to their longest response; totals stay the update's unless given."""
    width = max(1, int(batch.mask_BT[index_B].sum(-1).max()))
    picked = index_B.tolist()

    def cut(value: Any) -> Any:
        if isinstance(value, torch.Tensor):
            return value[index_B, :width] if value.dim() == 2 else value[index_B]
        return tuple(value[i] for i in picked) if value else value  # a tuple holds one entry a rollout, or was not given

    own = {f.name: cut(getattr(batch, f.name)) for f in fields(batch) if f.name != "totals"}
    return Batch(totals=totals or batch.totals, **own)
