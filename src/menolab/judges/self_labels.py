"""Which pairs a reward model may label for itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from menolab.errors import BadInput, check_range
from menolab.pieces import Piece


@dataclass(frozen=True)
class SelfLabels(Piece):
    """Pairs of which the model is sure, each with the response that it takes for the better one.

    Huang et al. 2024, "Self-Evolved Reward Learning for LLMs", arXiv:2411.00418. Status 1, as long as there are such pairs: one response is scored above
    `high` and the other below `low`. Status 2: two scores that lie more than `gap` apart. Where neither finds a pair, learning is over. The text was
    read in excerpts; the thresholds are as remembered from it and could not be confirmed.
    """

    catalogue = "ser"
    paper = "arXiv:2411.00418"

    high: float = 0.55
    low: float = 0.45
    gap: float = 0.3

    def __post_init__(self) -> None:
        for name in ("high", "low", "gap"):
            check_range(name, getattr(self, name), 0.0, 1.0)
        if self.low > self.high:
            raise BadInput("low", self.low, f"must not exceed high = {self.high}")

    def __call__(self, scores: Sequence[tuple[float, float]]) -> list[tuple[int, int]]:
        """(index of the pair, 0 or 1 for the better response), from the scores in [0, 1] of pairs that have no label yet."""
        sure = [i for i, (a, b) in enumerate(scores) if max(a, b) > self.high and min(a, b) < self.low]
        if not sure:
            sure = [i for i, (a, b) in enumerate(scores) if abs(a - b) > self.gap]
        return [(i, int(scores[i][1] > scores[i][0])) for i in sure]
