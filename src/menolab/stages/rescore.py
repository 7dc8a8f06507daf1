"""What advantages and losses must know of a batch beside what was sampled: log-probabilities under this policy and the reference, values."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import torch

from menolab.advantages.advantage import credit, scored
from menolab.errors import BadInput
from menolab.keys import Key
from menolab.models.policy import Policy
from menolab.models.scoring import plan, score
from menolab.records import Batch, Problem
from menolab.stages.collate import rows
from menolab.stages.critic import ValueModel
from menolab.stages.learner import Learner
from menolab.tasks.task import Task, verify

TRIES = 20
"""Demonstrations written in search of a right one."""


def logprobs(policy: Policy, batch: Batch, learns: Learner) -> torch.Tensor:
    """Log-probabilities `[B, T]` of all responses under a policy, without gradient, computed as the learner computes its own; 0 outside the mask."""

    def read(prompts: Sequence[Sequence[int]], tokens_BT: torch.Tensor, mask_BT: torch.Tensor) -> torch.Tensor:
        return score(policy, prompts, tokens_BT, mask_BT, learns.decoding, dtype=learns.dtype).logprobs_BT

    return _in_parts(policy, batch, learns, read)


def entropies(policy: Policy, batch: Batch, learns: Learner) -> torch.Tensor:
    """Entropy `[B, T]` of the distribution that each token of the responses comes from under a policy, nats, without gradient; 0 outside the mask."""

    def read(prompts: Sequence[Sequence[int]], tokens_BT: torch.Tensor, mask_BT: torch.Tensor) -> torch.Tensor:
        entropy_BT = score(policy, prompts, tokens_BT, mask_BT, learns.decoding, entropy=True, dtype=learns.dtype).entropy_BT
        assert entropy_BT is not None  # it was asked for
        return entropy_BT

    return _in_parts(policy, batch, learns, read)


def with_values(batch: Batch, critic: ValueModel, learns: Learner) -> Batch:
    """The batch with the critic's values and the returns that they are regressed on: the critic's target, an estimate of the advantage, plus the value.

    Call it before the critic is updated. An unscorable rollout has its values as returns: it teaches nothing.
    """
    values_BT = _in_parts(critic.headed.trunk, batch, learns, lambda *part: critic.headed(*part, dtype=learns.dtype))
    batch = replace(batch, values_BT=values_BT)
    return replace(batch, returns_BT=credit(batch, critic.target) + values_BT)


def explained(batch: Batch) -> float:
    """Share of the returns' variance over tokens that the values explain, 1 - var(R - V) / var(R): at most 1, and 0 where nothing varies."""
    assert batch.values_BT is not None and batch.returns_BT is not None
    return_N, value_N = batch.returns_BT[scored(batch)].double(), batch.values_BT[scored(batch)].double()
    spread = float(return_N.var(correction=0)) if len(return_N) else 0.0
    return 1.0 - float((return_N - value_N).var(correction=0)) / spread if spread > 0 else 0.0


Read = Callable[[Sequence[Sequence[int]], torch.Tensor, torch.Tensor], torch.Tensor]
"""Prompts, tokens [B, T] and mask [B, T] to a number [B, T]."""


@torch.no_grad()
def _in_parts(policy: Policy, batch: Batch, learns: Learner, read: Read) -> torch.Tensor:
    """What a model reads in all responses `[B, T]`, in parts that the learner's budget allows; float32, 0 outside the mask."""
    out_BT = torch.zeros(batch.mask_BT.shape)
    for index in plan(policy, batch.prompts, batch.mask_BT.sum(-1).tolist(), learns.micro_tokens):
        index_B = torch.tensor(index)
        part = rows(batch, index_B)
        read_BT = read(part.prompts, part.tokens_BT.to(policy.device), part.mask_BT.to(policy.device))
        out_BT[index_B, : part.mask_BT.shape[1]] = read_BT.float().cpu()
    return out_BT


def fill_unknown(batch: Batch, learns: Learner) -> Batch:
    """The batch with the log-probabilities that sampling left unknown (NaN: hints, rollouts drawn after another prompt), under the sampling policy.

    Call it before the policy is updated.
    """
    unknown_BT = batch.mask_BT & batch.logprobs_BT.isnan()
    index_B = unknown_BT.any(-1).nonzero()[:, 0]
    if not len(index_B):
        return batch
    part = rows(batch, index_B)
    known_BT = batch.logprobs_BT.clone()
    width = part.mask_BT.shape[1]
    known_BT[index_B, :width] = torch.where(unknown_BT[index_B, :width], logprobs(learns.policy, part, learns), known_BT[index_B, :width])
    return replace(batch, logprobs_BT=known_BT)


def with_solutions(problems: Sequence[Problem], task: Task, key: Key) -> list[Problem]:
    """The problems, each with a right demonstration as its solution where one comes in 20 tries; those that have a solution keep it."""
    return [problem if problem.solution is not None else replace(problem, solution=_solution(problem, task, key)) for problem in problems]


def _solution(problem: Problem, task: Task, key: Key) -> str | None:
    for i in range(TRIES):
        text = task.demonstrate(problem, key.fold(problem.id, i)).text
        if verify(task, problem, text).right:
            return text
    return None


def check_solutions(task: Task, key: Key) -> None:
    """Refuse a task that writes no demonstrations.

    Raises:
        BadInput: it does not.
    """
    try:
        task.demonstrate(task(key), key)
    except NotImplementedError as error:
        remedy = "hints are cut from worked responses; name them (--demonstration-field) or choose a sampler without hints"
        raise BadInput("task", task.name, f"{error}; {remedy}") from error
