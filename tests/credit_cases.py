"""Batches with all that an advantage may read, and helpers to compare credit with plain Python."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import replace

import torch

from batches import batch_of, inputs_of, padded
from menolab.advantages.advantage import Advantage, credit
from menolab.keys import Key
from menolab.records import Batch
from menolab.stages.reinforce import Reinforce
from oracles import Case, Ragged, clipped_objective, gradient, weigh


class CreditCase(Case):
    """A case with tokens that share prefixes, answers, keys, a greedy reward a group, values and token rewards."""

    def __init__(self, seed: int):
        super().__init__(seed)
        rng = random.Random(1000 + seed)
        self.tokens: list[list[int]] = [[rng.randint(0, 2) for _ in range(n)] for n in self.lengths]
        self.answers: list[str | None] = [rng.choice(["1", "2", None]) for _ in self.lengths]
        self.truncated = [rng.random() < 0.5 for _ in self.lengths]
        self.greedy: list[float | None] = [1.0, 0.0, None, 0.5]
        self.values: Ragged = [[rng.uniform(-1, 1) for _ in range(n)] for n in self.lengths]
        self.token_rewards: Ragged = [[rng.uniform(-1, 1) for _ in range(n)] for n in self.lengths]
        self.given = [rng.randint(0, n) for n in self.lengths]
        self.keys = [Key.root(seed).fold(b) for b in range(len(self.lengths))]

    def scorable(self, group: int) -> list[int]:
        """Rows of the group that have a reward."""
        return [b for b, g in enumerate(self.group_of) if g == group and self.rewards[b] is not None]

    def reward(self, row: int) -> float:
        """A row's reward, 0 where it has none."""
        return self.rewards[row] or 0.0


def credit_batch(case: CreditCase, *, extra: int = 2, dtype: torch.dtype = torch.float64) -> Batch:
    """The case as a batch, everything in it."""
    batch = batch_of(case, extra=extra, dtype=dtype)
    width = batch.mask_BT.shape[1]
    given_BT = torch.arange(width)[None, :] < torch.tensor(case.given)[:, None]
    greedy = torch.tensor([float("nan") if r is None else r for r in case.greedy], dtype=dtype)
    return replace(
        batch,
        tokens_BT=torch.tensor([row + [0] * (width - len(row)) for row in case.tokens]),
        truncated_B=torch.tensor(case.truncated),
        answers=tuple(case.answers),
        keys=tuple(case.keys),
        given_BT=given_BT,
        yardstick_B=greedy[batch.group_B],
        reference_logprobs_BT=padded(case.reference, width, dtype=dtype),
        values_BT=padded(case.values, width, dtype=dtype),
        token_rewards_BT=padded(case.token_rewards, width, dtype=dtype),
    )


def check(case: CreditCase, advantage: Advantage, token: Callable[[int, int], float]) -> None:
    """The credit of every scorable row's token t is `token(row, t)`, and all else is zero."""
    credit_BT = credit(credit_batch(case), advantage)
    expected = torch.zeros_like(credit_BT)
    for b, length in enumerate(case.lengths):
        if case.rewards[b] is not None:
            for t in range(length):
                expected[b, t] = token(b, t)
    torch.testing.assert_close(credit_BT, expected, atol=1e-5, rtol=1e-4)


def one_group(rewards: Sequence[float | None], tokens: Sequence[Sequence[int]]) -> CreditCase:
    """A case of one group with these rewards and responses; log-probabilities of -1."""
    case = CreditCase(0)
    case.groups, case.rewards, case.lengths = [len(rewards)], list(rewards), [len(row) for row in tokens]
    case.tokens = [list(row) for row in tokens]
    case.old = [[-1.0] * n for n in case.lengths]
    case.logprobs = case.reference = case.values = case.token_rewards = case.old
    case.answers, case.truncated = [None] * len(rewards), [True] * len(rewards)
    case.greedy, case.given = [None], [0] * len(rewards)
    case.keys = [Key.root(0).fold(b) for b in range(len(rewards))]
    return case


def check_gradient(case: CreditCase, method: Reinforce, token: Callable[[int, int], float], aggregation: str, clip: tuple[float, float] | None = None) -> None:
    """The method's gradient, from rewards on, is that of the clipped (or plain) objective with advantage `token(row, t)`."""
    inputs = inputs_of(case, credit(credit_batch(case), method.advantage).double())
    method.loss(inputs).loss.backward()
    assert inputs.logprobs_BT.grad is not None

    def loss(logprobs: Ragged) -> float:
        def one(b: int, t: int) -> float:
            a = 0.0 if case.rewards[b] is None else token(b, t)
            return -clipped_objective(logprobs[b][t], case.old[b][t], a, *clip) if clip else -a * logprobs[b][t]

        return weigh([[one(b, t) for t in range(n)] for b, n in enumerate(case.lengths)], aggregation, case.limit)

    for got, expected in zip(inputs.logprobs_BT.grad.tolist(), gradient(loss, case.logprobs), strict=True):
        torch.testing.assert_close(torch.tensor(got[: len(expected)]), torch.tensor(expected), atol=1e-5, rtol=1e-4)
