"""Majority votes in which a response counts as much as something trusts it."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from menolab.errors import BadInput, unknown
from menolab.evaluation import statistics
from menolab.evaluation.metrics.calibration import spoken_confidence, token_confidence
from menolab.evaluation.metrics.metric import Metric, Table
from menolab.evaluation.record import Row
from menolab.evaluation.statistics import Estimate
from menolab.evaluation.votes import RIGHT
from menolab.keys import Key

SUBSETS = 2000
"""Subsets of k samples up to which all are looked at; of more so many are drawn, the same for every problem."""
TRUST: dict[str, Callable[[Row], float | None]] = {
    "tokens": token_confidence,
    "spoken": lambda row: spoken_confidence(row.text),
    "opinion": lambda row: row.opinion,
}
"""What a vote may be weighed by."""


@dataclass(frozen=True)
class WeightedMajorityAtK(Metric):
    """wmaj@k: accuracy of the answer whose votes among k samples have the largest sum of weights, for k = 1, 2, 4 .. and all; the mean over subsets.

    Answers are compared in canonical form, as in maj@k; ties are averaged; a sample without an answer or without a weight has no vote. Weights are sums of
    the model's own confidence (the "weighted sum (normalized)" of Wang et al. 2023, arXiv:2203.11171, table 1, and the vote of Taubenfeld et al. 2025,
    arXiv:2502.06233, without its softmax) or of a judge's scores (Li et al. 2022, arXiv:2206.02336). None where no sample has a weight.
    """

    paper = "arXiv:2203.11171, table 1"

    weight: str = "tokens"
    """tokens: the geometric mean of the response's token probabilities; spoken: the confidence that it states; opinion: a judge's score that a log tells."""

    def __post_init__(self) -> None:
        if self.weight not in TRUST:
            raise unknown("weight", self.weight, TRUST)

    def __call__(self, table: Table) -> dict[str, Estimate | None]:
        weight_PS = table.column(TRUST[self.weight])
        if (weight_PS < 0).any():
            raise BadInput("weight", float(np.nanmin(weight_PS)), f"a vote cannot weigh less than nothing; {self.weight} must be 0 or more")
        sizes = [*(2**i for i in range(table.samples.bit_length()) if 2**i < table.samples), table.samples]
        known = not np.isnan(weight_PS).all()
        values = {k: weighted_majority(table.votes, weight_PS, k, table.key.fold("wmaj", k)) if known else None for k in sizes}
        return {f"wmaj@{k}_{self.weight}": None if value_P is None else statistics.share(value_P) for k, value_P in values.items()}


def weighted_majority(votes_PS: Sequence[Sequence[str | None]], weight_PS: np.ndarray, k: int, key: Key) -> np.ndarray:
    """How often the answer with the largest weight among k samples is right, for each problem `[P]`."""
    member_NS = _subsets(weight_PS.shape[1], k, key)
    return np.array([_worth(votes, weight_S, member_NS) for votes, weight_S in zip(votes_PS, weight_PS, strict=True)])


def _subsets(samples: int, k: int, key: Key) -> np.ndarray:
    """Subsets of k samples as zeros and ones `[N, S]`: all of them, or `SUBSETS` random ones."""
    if math.comb(samples, k) <= SUBSETS:
        chosen = np.array(list(combinations(range(samples), k)))
    else:
        chosen = np.argsort(key.numpy().random((SUBSETS, samples)), axis=1)[:, :k]
    member_NS = np.zeros((len(chosen), samples))
    np.put_along_axis(member_NS, chosen, 1.0, axis=1)
    return member_NS


def _worth(votes: Sequence[str | None], weight_S: np.ndarray, member_NS: np.ndarray) -> float:
    answers = list(dict.fromkeys(vote for vote, weight in zip(votes, weight_S, strict=True) if vote is not None and not math.isnan(weight)))
    if not answers:
        return 0.0
    gives_SC = np.array([[vote == answer for answer in answers] for vote in votes]) & ~np.isnan(weight_S)[:, None]
    sum_NC = np.where(member_NS @ gives_SC > 0, member_NS @ np.where(gives_SC, weight_S[:, None], 0.0), -1.0)  # -1: nobody gave it
    top_N = sum_NC.max(axis=1)
    won_NC = (sum_NC >= top_N[:, None] * (1 - 1e-9)) & (sum_NC >= 0)
    right_C = np.array([answer.startswith(RIGHT) for answer in answers])
    return float(((won_NC & right_C).sum(axis=1) / np.maximum(1, won_NC.sum(axis=1))).mean())
