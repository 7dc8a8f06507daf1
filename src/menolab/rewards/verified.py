"""Another verifier's score as a reward."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from menolab.records import Group, Verdict
from menolab.rewards.reward import Reward
from menolab.verifiers.exact import Exact
from menolab.verifiers.verifier import Verifier


@dataclass(frozen=True)
class Verified(Reward):
    """What a verifier beside the task's own (a judge) says of each response: its score in [0, 1]; None where it is undecided or fails."""

    verifier: Verifier = Exact()

    def __call__(self, group: Group, progress: float) -> Sequence[float | None]:
        return [self._score(self._verdict(group, r.text)) for r in group.rollouts]

    def _verdict(self, group: Group, text: str) -> Verdict | None:
        try:
            return self.verifier(group.problem, text)
        except Exception:  # as with the task's own verifier: a fault of the judge is not the rollout's, and does not end a run
            return None

    def _score(self, verdict: Verdict | None) -> float | None:
        return None if verdict is None or verdict.label == "undecided" else verdict.score
