"""Reward for a second attempt that is better than the first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from menolab.errors import check_range
from menolab.records import Group, Rollout
from menolab.rewards.reward import Reward


@dataclass(frozen=True)
class Improvement(Reward):
    """alpha (r(y_2) - r(y_1)) on the second attempt of a conversation, r the verdict's score; 0 on the first.

    Kumar et al. 2024 (SCoRe), arXiv:2409.12917, stage II: fixing pays and breaking costs, more than being right at once does. Unscorable where the
    verifier could not decide one of the two.
    """

    paper = "arXiv:2409.12917, section 5.2"

    alpha: float = 10.0

    def __post_init__(self) -> None:
        check_range("alpha", self.alpha, 0.0)

    def __call__(self, group: Group, progress: float) -> Sequence[float | None]:
        first = {r.sample: r for r in group.rollouts if r.turn == 0}
        return [0.0 if r.turn == 0 else self._bonus(first[r.sample], r) for r in group.rollouts]

    def _bonus(self, first: Rollout, second: Rollout) -> float | None:
        verdicts = [r.verdict for r in (first, second)]
        scores = [v.score for v in verdicts if v is not None and v.label != "undecided"]
        return self.alpha * (scores[1] - scores[0]) if len(scores) == 2 else None
