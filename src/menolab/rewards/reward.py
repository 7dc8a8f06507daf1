"""What a reward is: a judged group in, one number a rollout out."""

from __future__ import annotations

import abc
from collections.abc import Sequence

from menolab.pieces import Piece
from menolab.records import Group


class Reward(Piece):
    """One term of the reward. It sees the whole judged group, since length, difficulty and diversity terms need it."""

    @abc.abstractmethod
    def __call__(self, group: Group, progress: float) -> Sequence[float | None]:
        """One number a rollout, or None for "cannot be scored".

        Args:
            group: rollouts with verdicts.
            progress: share of the training done, in [0, 1], for annealed terms.
        """
