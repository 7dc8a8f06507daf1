"""Whether a rollout is right, as rewards ask it."""

from __future__ import annotations

from menolab.records import Rollout


def decided(rollout: Rollout) -> bool | None:
    """Right or wrong; None where nobody has judged or the verifier was undecided."""
    verdict = rollout.verdict
    return None if verdict is None or verdict.label == "undecided" else verdict.right
