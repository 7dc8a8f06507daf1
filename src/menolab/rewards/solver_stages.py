"""Reward for how far a program came: it ran, and what it found is right."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from menolab.errors import BadInput, check_range
from menolab.records import Group, Verdict
from menolab.rewards.reward import Reward


@dataclass(frozen=True)
class SolverStages(Reward):
    """`ran` for a program that was executed, plus the verdict's score: unreadable 0 < ran < ran and right. None where the verifier was undecided.

    Chen et al. 2025 (SIRL), arXiv:2505.11792, stage 1, as in the authors' code: 1 for execution and 1 for the reference's objective value, beside the
    form's reward (`SectionFormat`). How far a program came is read from the stage of its verdict; `before` names those at which it has not run
    (`wrong("run", ...)` means that it failed). Left out: stage 2's bonus for modelling techniques or the reference's decision variables.
    """

    paper = "arXiv:2505.11792"

    before: tuple[str, ...] = ("extract", "parse", "run")
    """Stages of verdicts on programs that did not run to their end."""
    ran: float = 1.0

    def __post_init__(self) -> None:
        check_range("ran", self.ran, 0.0)
        if not self.before:
            raise BadInput("before", self.before, "name the verifier's stages that come before a finished run")

    def __call__(self, group: Group, progress: float) -> Sequence[float | None]:
        return [self._worth(r.verdict) for r in group.rollouts]

    def _worth(self, verdict: Verdict | None) -> float | None:
        if verdict is None or verdict.label == "undecided":
            return None
        return 0.0 if verdict.stage in self.before else self.ran + verdict.score
