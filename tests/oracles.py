"""Oracles: formulas written again from the papers in plain Python, one token at a time, sharing nothing with the library.

A policy here is a table of logits: logprob = logits[token] - log sum exp(logits). Gradients are central differences of the float64 value.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Sequence

Ragged = list[list[float]]


def mean(values: Sequence[float]) -> float:
    return math.fsum(values) / len(values)


def grpo_advantages(rewards: Sequence[float], epsilon: float = 1e-6) -> list[float]:
    """(r - mean) / (std + epsilon), sample deviation. arXiv:2402.03300, section 4.1.2."""
    centre = mean(rewards)
    if len(rewards) < 2:
        return [0.0 for _ in rewards]
    deviation = math.sqrt(math.fsum((r - centre) ** 2 for r in rewards) / (len(rewards) - 1))
    return [(r - centre) / (deviation + epsilon) for r in rewards]


def leave_one_out_advantages(rewards: Sequence[float]) -> list[float]:
    """r_i minus the mean of the others. arXiv:2402.14740, section 2.2."""
    out = []
    for i, r in enumerate(rewards):
        others = [x for j, x in enumerate(rewards) if j != i]
        out.append(r - mean(others) if others else 0.0)
    return out


def clipped_objective(logprob: float, old: float, advantage: float, low: float, high: float) -> float:
    """min(rho A, clip(rho) A). arXiv:1707.06347, eq. 7."""
    rho = math.exp(logprob - old)
    bounded = min(max(rho, 1 - low), 1 + high)
    return min(rho * advantage, bounded * advantage)


def k3(logprob: float, reference: float) -> float:
    """pi_ref/pi - log(pi_ref/pi) - 1. arXiv:2402.03300, eq. 4."""
    gap = reference - logprob
    return math.exp(gap) - gap - 1


def weigh(per_token: Ragged, aggregation: str, limit: int) -> float:
    """One number from per-token losses, by the name of the aggregation; empty responses count as rollouts."""
    if aggregation == "SequenceMean":
        return mean([mean(row) if row else 0.0 for row in per_token])
    if aggregation == "TokenMean":
        return math.fsum(x for row in per_token for x in row) / max(1, sum(len(row) for row in per_token))
    if aggregation == "SequenceSum":
        return mean([math.fsum(row) for row in per_token])
    if aggregation == "LimitMean":
        return mean([math.fsum(row) / limit for row in per_token])
    raise AssertionError(f"write an oracle for {aggregation}")


def gradient(value: Callable[[Ragged], float], at: Ragged, step: float = 1e-6) -> Ragged:
    """Central differences of `value` with respect to every entry."""
    out: Ragged = [[0.0] * len(row) for row in at]
    for b, row in enumerate(at):
        for t in range(len(row)):
            ends = []
            for sign in (1, -1):
                moved = [list(r) for r in at]
                moved[b][t] += sign * step
                ends.append(value(moved))
            out[b][t] = (ends[0] - ends[1]) / (2 * step)
    return out


class Case:
    """A random batch with the shapes that break things: an empty response, ties, an all-equal group, an unscorable rollout."""

    def __init__(self, seed: int, *, near: float = 0.3):
        rng = random.Random(seed)
        self.groups = [4, 4, 3, 1]
        self.lengths = [rng.randint(1, 7) for _ in range(sum(self.groups))]
        self.lengths[2] = 0
        self.rewards: list[float | None] = [rng.choice([0.0, 0.0, 1.0, 0.5]) for _ in self.lengths]
        self.rewards[4:8] = [0.1] * 4
        self.rewards[9] = None
        self.logprobs: Ragged = [[-rng.uniform(0.05, 4.0) for _ in range(n)] for n in self.lengths]
        self.old: Ragged = [[lp + rng.uniform(-near, near) for lp in row] for row in self.logprobs]
        self.reference: Ragged = [[lp + rng.uniform(-1, 1) for lp in row] for row in self.logprobs]
        self.limit = 16

    @property
    def group_of(self) -> list[int]:
        return [g for g, size in enumerate(self.groups) for _ in range(size)]

    def per_group(self, advantages: Callable[[Sequence[float]], list[float]]) -> list[float]:
        """An advantage a rollout; unscorable rollouts get 0 and enter nothing."""
        out = [0.0] * len(self.lengths)
        for g in range(len(self.groups)):
            index = [i for i, x in enumerate(self.group_of) if x == g and self.rewards[i] is not None]
            found = advantages([self.rewards[i] for i in index]) if index else []  # type: ignore[misc]
            for i, a in zip(index, found, strict=True):
                out[i] = a
        return out
