"""What the table says: intervals pooled over methods, and verdicts on what was claimed."""

from __future__ import annotations

import math

import pytest

from ledger.ledgers import entry, trial
from menolab.errors import BadInput
from menolab.evaluation.statistics import Difference
from menolab.ledger.table import NO_CLAIM, NOT_SEEN, OPPOSITE, SEEN, claimed, lines, verdict
from menolab.pieces import published_names
from menolab.runs.stage import Stage


def test_intervals_rest_on_the_deviation_of_all_methods() -> None:
    table = lines(
        [
            entry("grpo", trial(0, 0.1, 0.5), trial(1, 0.1, 0.5), trial(2, 0.1, 0.53), against="start"),
            entry("dapo", trial(0, 0.5, 0.60), trial(1, 0.5, 0.62), trial(2, 0.5, 0.64)),
            entry("gspo", trial(0, 0.5, 0.49), trial(1, 0.5, 0.51), trial(2, 0.5, 0.50)),
        ]
    )
    assert [line.entry.method for line in table] == ["grpo", "dapo", "gspo"], "the yardstick leads, then the best difference"
    # By hand: squares 2 * 0.02^2 and 2 * 0.01^2 over 4 degrees of freedom; t(4, 97.5%) = 2.776445.
    half = 2.776445105 * math.sqrt((2 * 0.02**2 + 2 * 0.01**2) / 4 / 3)
    for line, mean in zip(table[1:], (0.12, 0.0), strict=True):
        d = line.differences["pass@1"]
        assert (d.mean, d.low, d.high) == pytest.approx((mean, mean - half, mean + half), abs=1e-9)
    assert [line.verdict for line in table] == [SEEN, SEEN, NOT_SEEN]
    assert table[1].p_holm == pytest.approx(2 * table[1].differences["pass@1"].p)
    assert table[1].tokens == 1.0 and table[1].seconds == 2.0
    assert set(table[1].to_data()) >= {"method", "paper", "claim", "setup", "seeds", "difference", "verdict", "tokens", "seconds"}


def _difference(low: float, high: float) -> Difference:
    return Difference((low + high) / 2, low, high, 3, 0.01, None)


@pytest.mark.parametrize(
    ("effect", "low", "high", "expected"),
    [
        ("pass@1 up", 0.01, 0.03, SEEN),
        ("pass@1 up", -0.01, 0.03, NOT_SEEN),
        ("pass@1 up", -0.03, -0.01, OPPOSITE),
        ("pass@1 down", -0.03, -0.01, SEEN),
        ("pass@1 down", 0.01, 0.03, OPPOSITE),
        ("pass@1 up", math.nan, math.nan, NOT_SEEN),
        ("", 0.01, 0.03, NO_CLAIM),
    ],
)
def test_the_verdict_is_on_the_claimed_side(effect: str, low: float, high: float, expected: str) -> None:
    assert verdict(effect, {"pass@1": _difference(low, high)}) == expected


def test_the_verdict_looks_at_the_claimed_quantity() -> None:
    differences = {"pass@1": _difference(0.1, 0.2), "pass@4": _difference(-0.2, -0.1), "length": _difference(-9, -8), "entropy": _difference(-1, 1)}
    assert [verdict(e, differences) for e in ("pass@k up", "length down", "entropy up")] == [OPPOSITE, SEEN, NOT_SEEN]


def test_every_claim_can_be_tested() -> None:
    makers = published_names(Stage)
    effects = {name: maker.__published__["effect"] for name, maker in makers.items()}  # type: ignore[attr-defined]
    assert effects["grpo"] == "pass@1 up"
    for name, effect in effects.items():
        assert not effect or (claimed(effect) and makers[name].__published__["claim"]), name  # type: ignore[attr-defined]
    with pytest.raises(BadInput, match="effect = 'faster'"):
        claimed("faster")
