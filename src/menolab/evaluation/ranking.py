"""How sure the order of several models is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from menolab.errors import BadInput
from menolab.evaluation.statistics import BOOTSTRAPS, distinct
from menolab.keys import Key


@dataclass(frozen=True)
class Place:
    """Where one model stands among the others."""

    score: float
    """Mean over tasks."""
    rank: int
    """1 is best; models with one score share the better rank."""
    low: int
    """The best rank it takes in 95% of resamples of problems, and `high` the worst."""
    high: int
    first: float
    """Share of resamples in which no model is better."""


def ranking(tasks: Sequence[np.ndarray], key: Key) -> list[Place]:
    """The place of each of M models, from their scores `[M, P]` on the same problems of each task.

    Problems are drawn anew within each task, the same for all models, so what is hard for all moves no rank.

    Raises:
        BadInput: no task, or tables of different numbers of models.
    """
    if not tasks or len({len(table_MP) for table_MP in tasks}) != 1:
        raise BadInput("models", [len(table_MP) for table_MP in tasks], "a ranking needs every model on every task")
    score_M = np.mean([table_MP.mean(axis=1) for table_MP in tasks], axis=0)
    draws_DM = np.mean([_resampled(table_MP, key.fold("rank", i)) for i, table_MP in enumerate(tasks)], axis=0)
    ranks_DM = _ranks(draws_DM)
    low_M, high_M = np.quantile(ranks_DM, [0.025, 0.975], axis=0, method="nearest")
    first_M = (ranks_DM == 1).mean(axis=0)
    places = zip(score_M.tolist(), _ranks(score_M[None])[0].tolist(), low_M.tolist(), high_M.tolist(), first_M.tolist(), strict=True)
    return [Place(score, int(rank), int(low), int(high), first) for score, rank, low, high, first in places]


def _resampled(table_MP: np.ndarray, key: Key) -> np.ndarray:
    """Bootstrap means `[BOOTSTRAPS, M]`; problems on which all models score alike are drawn together."""
    values_CM, counts = distinct(table_MP.T)
    n = table_MP.shape[1]
    return key.numpy().multinomial(n, counts / n, size=BOOTSTRAPS) @ values_CM / n


def _ranks(scores_DM: np.ndarray) -> np.ndarray:
    """1 + how many models are better, rounding aside."""
    return 1 + (scores_DM[:, None, :] > scores_DM[:, :, None] + 1e-9).sum(axis=2)
