"""What other processes take of this machine, and so how many processors are free."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass
from pathlib import Path

TICKS = 2
"""/proc/stat counts in hundredths of a second; so many of them are rounding."""
STAT = Path("/proc/stat")
EVERY = 1.0
"""Seconds between two looks at the machine."""
SPARE = 0.25
"""What others may take of a processor that still counts as free."""


@dataclass(frozen=True)
class Moment:
    """Three clocks read at once. Seconds."""

    wall: float
    busy: float
    """All processors together, since boot; NaN where the system does not say."""
    own: float
    """Of this process, all threads."""

    @classmethod
    def now(cls) -> Moment:
        return cls(time.perf_counter(), _busy(), time.process_time())


def _busy() -> float:
    try:
        fields = [int(word) for word in STAT.read_text().split("\n", 1)[0].split()[1:9]]
    except OSError:
        return float("nan")
    user, nice, system, _idle, _waiting, irq, soft_irq, stolen = fields
    return (user + nice + system + irq + soft_irq + stolen) / os.sysconf("SC_CLK_TCK")


def others(begin: Moment, end: Moment) -> float:
    """Mean number of processors that other processes kept busy; NaN where the system does not say."""
    foreign = (end.busy - begin.busy) - (end.own - begin.own)
    if foreign != foreign:
        return foreign
    return max(0.0, foreign - TICKS / os.sysconf("SC_CLK_TCK")) / max(end.wall - begin.wall, 1e-9)


class FreeProcessors:
    """How many processors others leave free, at least one and at most some. Cheap to ask: it looks once a second.

    One until the first look, and for good where the system does not say how busy it is. A limit on the time of a container's processes is not seen.
    """

    def __init__(self, most: int):
        self.most = min(most, len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1)
        self.count = 1
        self.looked = Moment.now()

    def __call__(self) -> int:
        if time.perf_counter() - self.looked.wall >= EVERY:
            now = Moment.now()
            busy = others(self.looked, now)
            free = 1 if busy != busy else int((os.cpu_count() or 1) - busy + SPARE)
            self.count, self.looked = max(1, min(self.most, free)), now
        return self.count
