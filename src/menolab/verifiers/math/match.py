"""What a comparison of two answers found."""

from __future__ import annotations

from typing import Literal, NamedTuple


class Match(NamedTuple):
    """Right, wrong or undecided; which stage said so, and why."""

    label: Literal["right", "wrong", "undecided"]
    stage: str
    reason: str

    @property
    def right(self) -> bool:
        return self.label == "right"


def right(stage: str, reason: str) -> Match:
    """The answer is the gold one."""
    return Match("right", stage, reason)


def wrong(stage: str, reason: str) -> Match:
    """It is not."""
    return Match("wrong", stage, reason)


def undecided(reason: str) -> Match:
    """Nobody could tell."""
    return Match("undecided", "undecided", reason)
