"""What a filter is: which judged groups the learner sees."""

from __future__ import annotations

import abc
from collections.abc import Sequence
from dataclasses import dataclass

from menolab.pieces import Piece
from menolab.records import Group


class Filter(Piece):
    """Keeps some groups, or some rollouts of some groups."""

    @abc.abstractmethod
    def __call__(self, groups: Sequence[Group]) -> list[Group]:
        """The groups that go on to the learner."""


@dataclass(frozen=True)
class MixedRewards(Filter):
    """Drops groups whose scorable rewards are all equal: their group-relative advantage is zero, but they dilute every mean over the batch. Those in which
    tokens are rewarded stay.

    The dropping half of dynamic sampling, Yu et al. 2025 (DAPO), arXiv:2503.14476, section 3.2; the paper also samples until the batch is full again.
    """

    paper = "arXiv:2503.14476, section 3.2"

    def __call__(self, groups: Sequence[Group]) -> list[Group]:
        return [group for group in groups if not all_equal(group)]


def all_equal(group: Group) -> bool:
    """Whether the group's scorable rewards are all the same (or there is none) and no token has one of its own: a dead group, without gradient."""
    scored = [r for r in group.rollouts if r.reward is not None]
    return len({r.reward for r in scored}) < 2 and not any(any(r.token_rewards) for r in scored if not r.greedy)


def keep(groups: Sequence[Group], filters: Sequence[Filter]) -> list[Group]:
    """The verb `keep`: all filters, one after the other."""
    kept = list(groups)
    for each in filters:
        kept = each(kept)
    return kept
