"""Keep thinking and answering at once both alive."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from menolab.curricula.filter import Filter
from menolab.errors import check_range
from menolab.records import Group, Rollout
from menolab.rewards.by_mode import thinks
from menolab.rewards.rightness import decided

TARGETS = {(True, True): 0.0, (True, False): -1.0, (False, True): 1.0, (False, False): -2.0}
"""(thought, right) -> the reward towards which that of a mode is drawn that is taken too often."""


@dataclass(frozen=True)
class BalanceModes(Filter):
    """Rewards of the mode that more than `most` of the step's rollouts took become (1 - d) r + d target, d = min(1, slope (share - most)); no group goes.

    Tu et al. 2025 (AutoThink), arXiv:2505.10832, stage 1, and the authors' code (most 0.5, slope 2): a mode that takes over pays less and less, until
    being right at once pays no more than thinking (1 against 1), and thinking no more than being wrong at best (0, -1). It is a filter because the
    share is that of the whole step, of which a reward sees one group. Unscorable rollouts count in the share and stay as they are.
    """

    paper = "arXiv:2505.10832"

    most: float = 0.5
    slope: float = 2.0

    def __post_init__(self) -> None:
        check_range("most", self.most, 0.0, 1.0)
        check_range("slope", self.slope, 0.0)

    def __call__(self, groups: Sequence[Group]) -> list[Group]:
        modes = [thinks(r.text) for group in groups for r in group.sampled]
        thinking = sum(modes) / max(len(modes), 1)
        pull = {mode: min(1.0, max(0.0, self.slope * (share - self.most))) for mode, share in ((True, thinking), (False, 1.0 - thinking))}
        return [group.with_rollouts(tuple(self._drawn(r, pull[thinks(r.text)]) for r in group.rollouts)) for group in groups]

    def _drawn(self, r: Rollout, pull: float) -> Rollout:
        right = decided(r)
        if right is None or r.reward is None or not pull:
            return r
        return replace(r, reward=(1.0 - pull) * r.reward + pull * TARGETS[thinks(r.text), right])
