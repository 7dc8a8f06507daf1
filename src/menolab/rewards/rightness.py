"""Whether a rollout is right, as rewards ask it."""

from __future__ import annotations

from menolab.records import Rollout


def decided(rollout: Rollout) -> bool | None:
    """Right or wrong; None where nobody has judged or the verifier was undecided."""
    verdict = rollout.verdict
    return None if verdict is None or verdict.label == "undecided" else verdict.right


def drawn_tokens(rollout: Rollout) -> int:
    """Length of what the model itself wrote, in tokens: a hint is not its own."""
    return len(rollout.tokens) - rollout.given
