"""Two ways to respond and nothing else: exact policy gradients on what they earn."""

from __future__ import annotations

import math


def sigmoid(x: float) -> float:
    return 1.0 / (1.0 + math.exp(-x))


def climb(first: float, second: float, chance: float = 0.5, *, rate: float = 0.5, steps: int = 400) -> float:
    """The chance of the first arm after gradient ascent on the expected reward, its logit being the only parameter."""
    logit = math.log(chance / (1.0 - chance))
    for _ in range(steps):
        p = sigmoid(logit)
        logit += rate * p * (1.0 - p) * (first - second)
    return sigmoid(logit)
