"""Compare abstractions with abstractions, and solutions with solutions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from statistics import fmean

from menolab.curricula.filter import Filter
from menolab.records import Group, Rollout


@dataclass(frozen=True)
class ByPlayer(Filter):
    """Groups of two players (`Abstracted`) become groups of one: an abstraction is worth the mean reward of its solutions, a bare solution nothing.

    Qu et al. 2025 (RLAD), arXiv:2510.02263, eq. 3 as the authors' code cites it: abstractions are compared with those of the same problem, all solutions
    that read one with one another; bare ones are a group of equal rewards, so that they have no credit and a KL term is all that they learn from: whoever
    solves without reading gains nothing. What the problem's success without abstraction is, the comparison cancels. An abstraction none of whose
    solutions could be scored is unscorable. Groups of one player stay as they are.
    """

    paper = "arXiv:2510.02263, eq. 3"

    def __call__(self, groups: Sequence[Group]) -> list[Group]:
        return [part for group in groups for part in (split(group) if any(r.turn for r in group.rollouts) else [group])]


def split(group: Group) -> list[Group]:
    """Abstractions, solutions that read one, bare solutions; groups without rollouts are left out."""
    abstractions = [r for r in group.rollouts if r.turn == 0]
    proposed = {r.sample for r in abstractions}
    solutions = [r for r in group.rollouts if r.turn and r.sample in proposed]
    bare = [replace(r, reward=0.0) for r in group.rollouts if r.turn and r.sample not in proposed]
    parts = [[replace(r, reward=_worth(r, solutions)) for r in abstractions], solutions, bare]
    return [group.with_rollouts(tuple(part)) for part in parts if part]


def _worth(abstraction: Rollout, solutions: Sequence[Rollout]) -> float | None:
    scored = [r.reward for r in solutions if r.sample == abstraction.sample and r.reward is not None]
    return fmean(scored) if scored else None
