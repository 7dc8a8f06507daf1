"""Reward for steps by what they change."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from menolab.errors import BadInput, check_range
from menolab.records import Group, Rollout
from menolab.rewards.reward import TokenReward


@dataclass(frozen=True)
class StepGain(TokenReward):
    """On the last token of step i: r_i = A_i - A_{i-1}, A_i the share of right answers drawn after the first i steps; 0 on other tokens.

    Yue et al. 2025 (VSRM), arXiv:2508.10293: a step that changes too little, |r_i| <= `least`, gets that of the next step within `ahead` that changes
    enough, times decay^distance; without one it keeps r_i. So steps that lead nowhere are worth less than those that decide. Where the steps end, and
    what is answered after them, is the work of the sampler `Probed`. The paper was at hand in summaries only: the idea of every part is confirmed there, the
    constants are ours. A rollout whose probes could not be decided is unscorable.
    """

    catalogue = "vsrm"
    paper = "arXiv:2508.10293"

    least: float = 0.1
    ahead: int = 3
    """Steps looked ahead; 0: none, and the rewards of a rollout add up to A_n - A_0."""
    decay: float = 0.7

    def __post_init__(self) -> None:
        check_range("least", self.least, 0.0, 1.0)
        check_range("ahead", self.ahead, 0)
        check_range("decay", self.decay, 0.0, 1.0)

    def tokens(self, group: Group, progress: float) -> Sequence[tuple[float, ...] | None]:
        if not group.probes:
            raise BadInput("group.probes", (), "StepGain needs answers drawn after the beginnings of rollouts; use the sampler Probed")
        return [self._row(r, worths(group, r)) for r in group.rollouts]

    def _row(self, rollout: Rollout, worth: Sequence[tuple[int, float | None]]) -> tuple[float, ...] | None:
        shares = [share for _, share in worth if share is not None]
        if len(shares) < len(worth):
            return None
        gains = self.spread([after - before for before, after in pairwise(shares)])
        at = {cut - 1: gain for (cut, _), gain in zip(worth[1:], gains, strict=False)}
        return tuple(at.get(t, 0.0) for t in range(len(rollout.tokens)))

    def spread(self, gains: Sequence[float]) -> list[float]:
        """The rewards of the steps from what each changed."""
        found = []
        for i, own in enumerate(gains):
            near = [(q, gain) for q, gain in enumerate(gains[i : i + self.ahead + 1]) if abs(gain) > self.least]
            found.append(self.decay ** near[0][0] * near[0][1] if near else own)
        return found


def worths(group: Group, rollout: Rollout) -> list[tuple[int, float | None]]:
    """The cuts of a rollout in order, with the share of right ones among the answers drawn there; None where none could be decided."""
    decided: dict[int, list[bool]] = {}
    for probe in group.probes:
        if probe.sample == rollout.sample:
            answers = decided.setdefault(probe.cut, [])
            if probe.verdict is not None and probe.verdict.label != "undecided":
                answers.append(probe.verdict.right)
    return [(cut, sum(answers) / len(answers) if answers else None) for cut, answers in sorted(decided.items())]
