"""Entries made by hand, for tests."""

from __future__ import annotations

from menolab.ledger.entry import Entry, Trial


def trial(seed: int, before: float, after: float, *, length: float = 20.0, tokens: int = 1000) -> Trial:
    """A seed that goes from `before` (the yardstick's) to `after` in pass@1."""

    def metrics(value: float, tokens_a_response: float) -> dict[str, float | None]:
        shares = {"maj@4": value, "truncated": 0.0, "unparsed": 0.0}
        return {"pass@1": value, "pass@4": min(1.0, value + 0.2), "length": tokens_a_response, "entropy": 0.5, **shares}

    interval = (after - before - 0.02, after - before + 0.02)
    return Trial(seed, 9, tokens, 2.0, metrics(0.1, 30.0), metrics(before, 20.0), metrics(after, length), 1000, 1.0, interval)


def entry(method: str, *trials: Trial, against: str = "grpo", ground: str = "level", remark: str = "") -> Entry:
    """An entry with these trials."""
    return Entry(method, ground, against, 8, 4, trials, "2026-11-01", {"menolab": "0"}, {"cores": 2}, remark)
