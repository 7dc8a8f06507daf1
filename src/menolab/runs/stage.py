"""What a stage is: a policy in, a better policy out."""

from __future__ import annotations

import abc
from dataclasses import dataclass
from typing import TYPE_CHECKING

from menolab.models.policy import Policy
from menolab.pieces import Piece

if TYPE_CHECKING:
    from menolab.runs.run import Run


class Stage(Piece):
    """One way to train: `stage(run, policy) -> policy`. A method's published name is a function that returns one."""

    @abc.abstractmethod
    def __call__(self, run: Run, policy: Policy) -> Policy:
        """Train the policy on the run's ground; starts from the stage's latest checkpoint if the run has one.

        Raises:
            BadInput: the ground lacks what the stage needs.
            RunFailed: training could not go on; the last checkpoint is on disk.
        """

    def check(self, run: Run) -> None:
        """Refuse a ground that the stage cannot work on; called before anything is computed.

        Raises:
            BadInput: the ground lacks what the stage needs.
        """


@dataclass(frozen=True)
class NoTraining(Stage):
    """Leaves the policy as it is: the cold start of a model that can already reason."""

    def __call__(self, run: Run, policy: Policy) -> Policy:
        return policy
