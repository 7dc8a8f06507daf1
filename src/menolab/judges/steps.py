"""The steps of a solution, and what they say of the whole."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

from menolab.engines.engine import Engine
from menolab.errors import unknown
from menolab.verifiers.extract import END_THINK


def step_spans(engine: Engine, tokens: Sequence[int]) -> list[tuple[int, int]]:
    """Where each step of a solution begins and ends, in tokens (the end not included): a step ends with a line or with the thinking.

    Steps without a visible character belong to the step before them. The spans cover all tokens, in order.
    """
    spans: list[tuple[int, int]] = []
    start, said = 0, ""
    for i, token in enumerate(tokens):
        piece = engine.decode([token])
        said += piece
        if "\n" in piece or said.endswith(END_THINK) or i + 1 == len(tokens):
            if said.strip() or not spans:
                spans.append((start, i + 1))
            else:
                spans[-1] = (spans[-1][0], i + 1)
            start, said = i + 1, ""
    return spans


AGGREGATES: dict[str, Callable[[Sequence[float]], float]] = {
    "min": min,
    "product": math.prod,
    "last": lambda scores: scores[-1],
    "mean": lambda scores: math.fsum(scores) / len(scores),
}
"""From the scores of steps to that of a solution. Lightman et al. 2023, arXiv:2305.20050, take the product, Wang et al. 2024 (Math-Shepherd),
arXiv:2312.08935, the minimum."""


def check_aggregate(name: str) -> None:
    """Raise `BadInput` unless `name` is one of `AGGREGATES`."""
    if name not in AGGREGATES:
        raise unknown("aggregate", name, AGGREGATES)
