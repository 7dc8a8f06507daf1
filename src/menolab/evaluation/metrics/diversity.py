"""How many different answers a model gives to one problem."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Hashable, Sequence
from dataclasses import dataclass

import numpy as np

from menolab.evaluation import statistics
from menolab.evaluation.metrics.metric import Metric, Table
from menolab.evaluation.statistics import Estimate


@dataclass(frozen=True)
class Diversity(Metric):
    """distinct: different answers a sample; answer_entropy: entropy of a problem's answers, nats (self-consistency entropy); semantic_entropy: the same
    with each answer weighted by its responses' probabilities.

    Answers are compared in canonical form; samples without an answer are left out. Semantic entropy is that of Kuhn, Gal and Farquhar 2023, arXiv:2302.09664,
    with equal canonical answers in place of bidirectional entailment: p(class) is the sum of its distinct responses' length-normalised probabilities over
    that of all, where log-probabilities are known.
    """

    paper = "arXiv:2302.09664"

    def __call__(self, table: Table) -> dict[str, Estimate | None]:
        given = [[v for v in votes if v is not None] for votes in table.votes]
        answered = [votes for votes in given if votes]
        if not answered:
            return {"distinct": None, "answer_entropy": None, "semantic_entropy": None}
        return {
            "distinct": statistics.share(np.array([len(set(votes)) / len(votes) for votes in answered])),
            "answer_entropy": statistics.mean(np.array([entropy(list(Counter(votes).values())) for votes in answered])),
            "semantic_entropy": self._semantic(table),
        }

    def _semantic(self, table: Table) -> Estimate | None:
        values = []
        for start in range(0, len(table.rows), table.samples):
            weights: dict[Hashable, float] = {}
            known = {r.text: r for r in table.rows[start : start + table.samples] if r.vote is not None and r.surprise is not None}
            for row in known.values():  # each different response once: a sum over the sequences of a class, not over draws
                weights[row.vote] = weights.get(row.vote, 0.0) + math.exp(-(row.surprise or 0.0))
            if weights:
                values.append(entropy(list(weights.values())))
        return statistics.mean(np.array(values)) if values else None


def entropy(weights: Sequence[float]) -> float:
    """Entropy of weights that need not sum to one, nats."""
    total = math.fsum(weights)
    return -math.fsum(w / total * math.log(w / total) for w in weights if w > 0)
