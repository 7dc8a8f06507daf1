"""Reward for not running into a loop."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from menolab.errors import check_range
from menolab.records import Group
from menolab.rewards.reward import Reward


@dataclass(frozen=True)
class RepetitionLoop(Reward):
    """-f, with f the share of the drawn tokens that lie in a loop at the end of the response: a phrase that comes `copies` times in a row or more.

    Li et al. 2025 (MiroMind-M1, CAMPO), arXiv:2507.14683, eq. 6: the reward of a response is r - f. The loop must reach the end, as in the authors' code
    (find_infinite_loop_start), which also looks at responses alone that ran into the limit; an end token is in no loop, so a response that ended
    by itself has f = 0. Where several phrases repeat, f counts the one whose copies cover most (the code: the longest phrase).
    """

    paper = "arXiv:2507.14683, eq. 6"

    copies: int = 2
    """Fewest copies of the phrase."""

    def __post_init__(self) -> None:
        check_range("copies", self.copies, 2)

    def __call__(self, group: Group, progress: float) -> Sequence[float | None]:
        return [-looped(r.tokens[r.given :], self.copies) if r.truncated else 0.0 for r in group.rollouts]


def looped(tokens: Sequence[int], copies: int = 2) -> float:
    """Share of the tokens covered by copies of one phrase at their end; 0.0 where no phrase has as many copies there."""
    backwards = tokens[::-1]
    covered = 0
    for period, equal in enumerate(own_prefixes(backwards)):
        if period and equal // period + 1 >= copies:
            covered = max(covered, (equal // period + 1) * period)
    return covered / max(len(tokens), 1)


def own_prefixes(tokens: Sequence[int]) -> list[int]:
    """For every position how many tokens from there on equal those from the start on (the Z function; linear time, where comparing all periods is not)."""
    n = len(tokens)
    equal, left, right = [n] + [0] * (n - 1) if n else [], 0, 0
    for i in range(1, n):
        length = min(right - i, equal[i - left]) if i < right else 0
        while i + length < n and tokens[length] == tokens[i + length]:
            length += 1
        equal[i] = length
        if i + length > right:
            left, right = i, i + length
    return equal
