"""Timing two sides fairly: in turn, on a machine that is watched, with the ratio of neighbours and its spread."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from statistics import median
from typing import Any

from menolab.load import Moment, others

QUIET = 0.1
"""Processors that others may keep busy during a lap that counts."""


@dataclass(frozen=True)
class Lap:
    """One timed run of one side."""

    seconds: float
    others: float
    """See `others`."""
    facts: Mapping[str, Any] = field(default_factory=dict)
    """What the run says of itself."""

    @property
    def quiet(self) -> bool:
        """Whether the machine was left alone, as far as is known."""
        return not self.others > QUIET


def synchronize(device: str) -> None:
    """Wait until the device has done what it was given: a GPU's clock is read only then."""
    if device.startswith("cuda"):
        import torch

        torch.cuda.synchronize(device)


def timed(work: Callable[[], Mapping[str, Any]], device: str = "cpu") -> Lap:
    """Carry out `work` and say how long it took."""
    synchronize(device)
    begin = Moment.now()
    facts = work()
    synchronize(device)
    end = Moment.now()
    return Lap(end.wall - begin.wall, others(begin, end), facts)


def interleave(
    sides: Mapping[str, Callable[[], Lap]], repeats: int, *, tries: int = 3, say: Callable[[str], None] = lambda text: None
) -> dict[str, list[Lap]]:
    """A B A B ...: what changes slowly on the machine (heat, a neighbour) falls on both sides alike.

    A lap that others disturbed is run again, at most `tries` times in all; then the least disturbed one stands, and its `quiet` says so.
    """
    laps: dict[str, list[Lap]] = {name: [] for name in sides}
    for i in range(repeats):
        for name, run in sides.items():
            found: list[Lap] = []
            while len(found) < tries and not (found and found[-1].quiet):
                say(f"{name}, round {i + 1} of {repeats}" + (f", again: others took {found[-1].others:.2f} CPUs" if found else ""))
                found.append(run())
            laps[name].append(found[-1] if found[-1].quiet else min(found, key=lambda lap: lap.others))
    return laps


@dataclass(frozen=True)
class Ratio:
    """How many times as much, over rounds."""

    median: float
    min: float
    max: float


def ratio(above: Sequence[float], below: Sequence[float]) -> Ratio:
    """above / below, round by round: neighbours in time are compared with each other."""
    pairs = [a / b for a, b in zip(above, below, strict=True)]
    return Ratio(median(pairs), min(pairs), max(pairs))
