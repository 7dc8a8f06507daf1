"""Reward for calling the right tools with the right parameters."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from menolab.errors import check_range
from menolab.records import Group
from menolab.rewards.reward import Reward

MAX_CALLS = 64
"""Most calls that are compared; a response with more is malformed."""


@dataclass(frozen=True)
class Call:
    """One call: which tool, with which parameters."""

    name: str
    parameters: dict[str, Any]


@dataclass(frozen=True)
class ToolCalls(Reward):
    """scale (2 S / S_max - 1) with S the score of the best matching of the response's calls with the gold ones; -scale for calls that cannot be read.

    Qian et al. 2025 (ToolRL), arXiv:2504.13958: S = |N_G & N_P| / |N_G | N_P| of the tools' names (counted as often as they occur) plus, for each gold
    call and the call of the same tool it is matched with, the Jaccard index of the parameters' names and the number of gold parameters with equal
    values; S_max = 1 + sum over gold calls of (1 + number of parameters); scale = 3. The matching is the best one of all; the authors' code
    takes the best free call for one gold call after the other, which may miss it. The form's 0 or 1 is another term (`SectionFormat`).

    Gold calls stand in the problem's answer and a response's in `section`, one JSON object {"name", "parameters"} a line. A problem without gold calls
    is worth 0 (as in the code). The paper's <tool_call> tags are those of its prompt; answer tags hold the calls on our grounds.
    """

    paper = "arXiv:2504.13958"
    catalogue = "toolrl"

    scale: float = 3.0
    section: str = "answer"

    def __post_init__(self) -> None:
        check_range("scale", self.scale, 0.0, open_low=True)

    def __call__(self, group: Group, progress: float) -> Sequence[float | None]:
        gold = read_calls(group.problem.answer)
        if not gold:
            return [0.0] * len(group.rollouts)
        return [self._worth(gold, read_calls(inside(r.text, self.section))) for r in group.rollouts]

    def _worth(self, gold: list[Call], called: list[Call] | None) -> float:
        if called is None:
            return -self.scale
        most = 1.0 + sum(1.0 + len(call.parameters) for call in gold)
        return self.scale * (2.0 * match_score(gold, called) / most - 1.0)


def match_score(gold: Sequence[Call], called: Sequence[Call]) -> float:
    """S of the best matching."""
    # Only calls of one tool can be matched, so that pairs of different tools score nothing and an assignment of all is one of these.
    if not called:
        return 0.0
    import numpy as np
    from scipy.optimize import linear_sum_assignment

    pairs = np.array([[_pair_score(g, c) for c in called] for g in gold])
    rows, columns = linear_sum_assignment(pairs, maximize=True)
    return _jaccard([g.name for g in gold], [c.name for c in called]) + float(pairs[rows, columns].sum())


def _pair_score(gold: Call, called: Call) -> float:
    if gold.name != called.name:
        return 0.0
    equal = sum(name in called.parameters and called.parameters[name] == value for name, value in gold.parameters.items())
    return _jaccard(list(gold.parameters), list(called.parameters)) + equal


def _jaccard(a: list[str], b: list[str]) -> float:
    """Of two collections with repeats; 1 for two empty ones."""
    counts, others = Counter(a), Counter(b)
    union = (counts | others).total()
    return (counts & others).total() / union if union else 1.0


def inside(text: str, section: str) -> str | None:
    """What stands between the only pair of the section's tags; None if there is no such pair."""
    begin, end = f"<{section}>", f"</{section}>"
    start, stop = text.find(begin) + len(begin), text.find(end)
    return text[start:stop] if text.count(begin) == text.count(end) == 1 and start <= stop else None


def read_calls(text: str | None) -> list[Call] | None:
    """The calls written in a text, one JSON object a line; None if there is no text or any line is something else."""
    if text is None:
        return None
    lines = [line for line in text.strip().split("\n") if line.strip()]
    calls = [_read_call(line) for line in lines[: MAX_CALLS + 1]]
    return None if len(calls) > MAX_CALLS or None in calls else [call for call in calls if call is not None]


def _read_call(line: str) -> Call | None:
    try:
        found = json.loads(line)
    except (ValueError, RecursionError):
        return None
    if not isinstance(found, dict) or not isinstance(found.get("name"), str) or not isinstance(found.get("parameters"), dict):
        return None
    return Call(found["name"], found["parameters"])
