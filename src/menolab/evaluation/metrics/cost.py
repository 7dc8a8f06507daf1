"""What answers cost: tokens, arithmetic, time."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from menolab.errors import check_range
from menolab.evaluation import statistics
from menolab.evaluation.metrics.metric import Metric, Table
from menolab.evaluation.statistics import Estimate


@dataclass(frozen=True)
class Cost(Metric):
    """cost_tokens, cost_flops and cost_seconds of a sample, and each for a right answer (``cost_tokens_right``): all that was spent over what is right.

    Tokens are those of the prompt, counted once a sample, and of the response. FLOPs are 2 N a token, the forward pass's multiplications and additions
    (Kaplan et al. 2020, arXiv:2001.08361, section 2.1) for N parameters. Left out: attention over the context (2 layers x context x width a token, little
    while the width is above a twelfth of the context), what the samples of one problem share where an engine reads their prompt once, and batches' padding.
    Counted too much: an untied input embedding, which is looked up, and experts that are not asked. Seconds are those of drawing on the record's machine;
    they were taken of the whole evaluation, so they have no interval. What is not known is None.
    """

    paper = "arXiv:2001.08361, section 2.1"

    parameters: float = 0.0
    """N, for a mixture of experts those that a token meets; 0: as many as the record says that the model has."""

    def __post_init__(self) -> None:
        check_range("parameters", self.parameters, 0.0)

    def __call__(self, table: Table) -> dict[str, Estimate | None]:
        tokens_P = table.column(lambda row: None if row.asked is None or row.tokens is None else row.asked + row.tokens).sum(axis=1)
        record = table.record
        flops_P = 2 * (self.parameters or (record.parameters if record is not None else None) or math.nan) * tokens_P
        seconds = record.seconds.get("sample") if record is not None else None
        right = float(table.right_PS.sum())
        return {
            **_costs("cost_tokens", tokens_P, table),
            **_costs("cost_flops", flops_P, table),
            "cost_seconds": None if seconds is None else Estimate(seconds / len(table.rows), math.nan, math.nan, table.problems),
            "cost_seconds_right": None if seconds is None or not right else Estimate(seconds / right, math.nan, math.nan, table.problems),
        }


def _costs(name: str, spent_P: np.ndarray, table: Table) -> dict[str, Estimate | None]:
    """What was spent on each problem, a sample and a right answer; None where that is not known of every problem."""
    if np.isnan(spent_P).any():
        return {name: None, f"{name}_right": None}
    right_P = table.right_PS.sum(axis=1)

    def a_right_one(weight_P: np.ndarray) -> float:
        right = float(weight_P @ right_P)
        return float(weight_P @ spent_P) / right if right else math.nan

    whole = statistics.bootstrap(a_right_one, table.problems, table.key.fold("cost")) if right_P.any() else None
    return {name: statistics.mean(spent_P / table.samples), f"{name}_right": whole}
