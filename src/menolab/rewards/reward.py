"""What a reward is: a judged group in, one number a rollout out; or one number a token."""

from __future__ import annotations

import abc
import math
from collections.abc import Sequence

from menolab.errors import BadInput
from menolab.pieces import Piece
from menolab.records import Group
from menolab.rewards.rightness import decided


class Reward(Piece):
    """One term of the reward. It sees the whole judged group, since length, difficulty and diversity terms need it."""

    @abc.abstractmethod
    def __call__(self, group: Group, progress: float) -> Sequence[float | None]:
        """One number a rollout, or None for "cannot be scored".

        Args:
            group: rollouts with verdicts.
            progress: share of the training done, in [0, 1], for annealed terms.
        """

    def fitted(self, groups: Sequence[Group], progress: float) -> Reward:
        """The term that scores this batch of judged groups: itself, unless something in it depends on more than one group.

        So a term that adapts to the state of the policy reads it off the batch, and remembers nothing from step to step.
        """
        return self


class TokenReward(Reward):
    """A term that rewards tokens. Its numbers do not enter `Rollout.reward` but `Rollout.token_rewards`, and reach the credit by an advantage
    that needs "token_rewards" (`ReturnToGo`)."""

    @abc.abstractmethod
    def tokens(self, group: Group, progress: float) -> Sequence[tuple[float, ...] | None]:
        """One number for every token of every rollout, or None for "cannot be scored"."""

    def __call__(self, group: Group, progress: float) -> Sequence[float | None]:
        """Their sum, for the records."""
        return [None if row is None else math.fsum(row) for row in self.tokens(group, progress)]


def limit_of(group: Group, term: Reward) -> int:
    """The token limit of a group, of which lengths are fractions.

    Raises:
        BadInput: the sampler did not set it.
    """
    if group.limit is None:
        remedy = f"{type(term).__name__} needs the token limit under which the rollouts were drawn; the sampler must set it"
        raise BadInput("group.limit", None, remedy)
    return group.limit


def solve_rate(group: Group) -> float:
    """Share of right ones among the sampled rollouts that could be decided; 0 where none could."""
    known = [right for right in map(decided, group.sampled) if right is not None]
    return sum(known) / len(known) if known else 0.0
