"""Laps in turn, on a machine that is watched."""

from __future__ import annotations

import math
import time
from pathlib import Path

import pytest

from menolab import load
from menolab.bench.clock import Lap, Ratio, interleave, ratio, timed


def test_a_system_that_does_not_say_counts_as_quiet(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(load, "STAT", tmp_path / "none")
    lap = timed(dict)
    assert math.isnan(lap.others) and lap.quiet


def test_timed_counts_seconds_and_hands_on_what_was_said() -> None:
    lap = timed(lambda: time.sleep(0.02) or {"tokens": 3})
    assert 0.02 <= lap.seconds < 2 and lap.facts == {"tokens": 3}


def test_sides_run_in_turn() -> None:
    order: list[str] = []

    def side(name: str):
        def run() -> Lap:
            order.append(name)
            return Lap(1.0, 0.0, {"n": len(order)})

        return run

    laps = interleave({"a": side("a"), "b": side("b")}, 3)
    assert order == ["a", "b"] * 3
    assert [lap.facts["n"] for lap in laps["b"]] == [2, 4, 6]


def test_a_disturbed_lap_is_run_again_and_the_least_disturbed_stands() -> None:
    shares = iter([0.9, 0.05, 0.5, 0.3, 0.4, 0.0])
    said: list[str] = []
    found = interleave({"a": lambda: Lap(1.0, next(shares))}, 3, tries=3, say=said.append)["a"]
    assert [lap.others for lap in found] == [0.05, 0.3, 0.0]
    assert [lap.quiet for lap in found] == [True, False, True]
    assert len(said) == 6 and "again: others took 0.90 CPUs" in said[1]


def test_ratio_is_that_of_neighbours() -> None:
    assert ratio([2.0, 9.0, 8.0], [1.0, 3.0, 2.0]) == Ratio(3.0, 2.0, 4.0)
    with pytest.raises(ValueError):
        ratio([1.0], [1.0, 2.0])
