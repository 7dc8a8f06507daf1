"""What advantages and losses must know of a batch beside what was sampled: log-probabilities under this policy and the reference."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import torch

from menolab.errors import BadInput
from menolab.keys import Key
from menolab.models.policy import Policy
from menolab.models.scoring import plan, score
from menolab.records import Batch, Problem
from menolab.stages.collate import rows
from menolab.stages.learner import Learner
from menolab.tasks.task import Task

TRIES = 20
"""Demonstrations written in search of a right one."""


def logprobs(policy: Policy, batch: Batch, learns: Learner) -> torch.Tensor:
    """Log-probabilities `[B, T]` of all responses under a policy, without gradient, computed as the learner computes its own; 0 outside the mask."""
    out_BT = torch.zeros(batch.mask_BT.shape)
    with torch.no_grad():
        for index in plan(policy, batch.prompts, batch.mask_BT.sum(-1).tolist(), learns.micro_tokens):
            index_B = torch.tensor(index)
            part = rows(batch, index_B)
            tokens_BT, mask_BT = part.tokens_BT.to(policy.device), part.mask_BT.to(policy.device)
            stats = score(policy, part.prompts, tokens_BT, mask_BT, learns.decoding, dtype=learns.dtype)
            out_BT[index_B, : mask_BT.shape[1]] = stats.logprobs_BT.float().cpu()
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
        shown = task.demonstrate(problem, key.fold(problem.id, i))
        if shown.right:
            return shown.text
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
