"""Reward for a trace that neither stands still nor goes on behind its answer."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from menolab.errors import check_range
from menolab.records import Group, Rollout
from menolab.rewards.reward import Reward
from menolab.rewards.rightness import decided
from menolab.verifiers.extract import END_THINK, THINK


@dataclass(frozen=True)
class Redundancy(Reward):
    """(p_int(IRD) + p_ext(ERD)) / 2 for a right response, 0 for a wrong one. The whole reward; 1 without any redundancy.

    Hong et al. 2025, "Reconsidering Overthinking", arXiv:2508.02178, as in the authors' code. The first correct solution ends where the answer first
    stands in the trace. External: p_ext = 1 - ERD, the share of the trace behind it. Internal: IRD, the mean cosine of neighbouring windows (a tenth
    of the solution long, a twentieth apart); p_int = sigmoid(k (1 - IRD - centre)), stretched to 1 at IRD = 0 and 0 at IRD = 1.

    Differs: windows are of words and compared by counts of their words, where the authors embed sentences with a model; the trace is measured in
    characters, theirs in tokens; a trace without the answer is one solution without a tail, which they count as wrong.
    """

    catalogue = "dual-redundancy-penalty"
    paper = "arXiv:2508.02178"

    steepness: float = 20.0
    """k."""
    centre: float = 0.3
    """Where p_int is near 1/2, as a distance from IRD = 1."""
    window: float = 0.1
    stride: float = 0.05

    def __post_init__(self) -> None:
        check_range("steepness", self.steepness, 0.0, 500.0, open_low=True)
        check_range("centre", self.centre, 0.0, 1.0)
        check_range("window", self.window, 0.0, 1.0, open_low=True)
        check_range("stride", self.stride, 0.0, 1.0, open_low=True)

    def __call__(self, group: Group, progress: float) -> Sequence[float | None]:
        return [None if (right := decided(r)) is None else self._value(r) * right for r in group.rollouts]

    def _value(self, rollout: Rollout) -> float:
        answer = rollout.verdict.extracted if rollout.verdict else None
        solution, tail = split(trace_of(rollout.text), answer)
        external = len(tail) / max(len(solution) + len(tail), 1)
        return 0.5 * (self.internal_worth(internal(solution, self.window, self.stride)) + 1.0 - external)

    def internal_worth(self, degree: float) -> float:
        """p_int."""
        at, low, high = (1.0 / (1.0 + math.exp(-self.steepness * (x - self.centre))) for x in (1.0 - degree, 0.0, 1.0))
        return (at - low) / (high - low)


def trace_of(text: str) -> str:
    """What stands between the first and the last thinking tag, behind which the verifier looks for the answer; without a closing one, the whole text."""
    before, closed, _ = text.rpartition(END_THINK)
    trace = before if closed else text
    return (trace.partition(THINK)[2] if THINK in trace else trace).strip()


def split(trace: str, answer: str | None) -> tuple[str, str]:
    """The trace up to the first place where the answer stands as a result of its own, and what comes behind it.

    "3" is not found in "13", "3*4" or "3 + 4": there it is part of something else.
    """
    if not answer:
        return trace, ""
    found = re.search(rf"(?<![\w.+\-*/^(]){re.escape(answer)}(?![\w]|\.\d|\s*[+\-*/^])", trace)
    return (trace[: found.end()], trace[found.end() :].strip()) if found else (trace, "")


def internal(solution: str, window: float, stride: float) -> float:
    """IRD: the mean cosine between the word counts of neighbouring windows; 0 with fewer than two windows."""
    words = solution.split()
    size, step = max(1, int(window * len(words))), max(1, int(stride * len(words)))
    counts = [Counter(words[i : i + size]) for i in range(0, len(words) - size + 1, step)]
    pairs = [_cosine(a, b) for a, b in pairwise(counts)]
    return sum(pairs) / len(pairs) if pairs else 0.0


def _cosine(a: Counter[str], b: Counter[str]) -> float:
    return sum(count * b[word] for word, count in a.items()) / math.sqrt(sum(x * x for x in a.values()) * sum(x * x for x in b.values()))
