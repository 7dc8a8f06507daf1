"""How far can a verifier be trusted? Known cases, golds rewritten, golds with one digit changed: false accepts, false rejects, hangs, seconds."""

from __future__ import annotations

import json
import random
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from importlib.resources import files
from typing import Any

from menolab.records import Problem
from menolab.verifiers.extract import response
from menolab.verifiers.math.rewrites import near_misses, rewrites
from menolab.verifiers.math.verifier import Math
from menolab.verifiers.verifier import Verifier

HANG_SECONDS = 2.0
"""A verdict that takes longer is called a hang."""


@dataclass(frozen=True)
class Case:
    """One response to verify."""

    id: str
    gold: str
    text: str
    """The whole response."""
    verifier: Verifier
    expected: str | None = None
    """right or wrong; None where nobody has said."""
    facts: dict[str, Any] | None = None
    note: str = ""
    """Where the case comes from: mode, kind of rewrite, near miss."""


def audit(cases: Iterable[Case], verdicts: list[dict[str, Any]] | None = None) -> dict[str, Any]:
    """Verify every case. The result holds counts, rates of the cases whose verdict is known, and each that differs.

    An undecided verdict is neither a false accept nor a false reject: it is counted apart, and listed where a verdict was expected.

    Args:
        verdicts: where given, every verdict is added to it, as data.
    """
    counts = {"n": 0, "right": 0, "wrong": 0, "undecided": 0, "false_accepts": 0, "false_rejects": 0, "hangs": 0, "expected": 0}
    disagreements, slowest, begin = [], 0.0, time.perf_counter()
    for case in cases:
        start = time.perf_counter()
        verdict = case.verifier(Problem(case.id, "", "", case.gold, facts=case.facts or {}), case.text)
        seconds = time.perf_counter() - start
        slowest = max(slowest, seconds)
        counts["n"] += 1
        counts[verdict.label] += 1
        counts["hangs"] += seconds > HANG_SECONDS
        counts["expected"] += case.expected is not None
        counts["false_accepts"] += verdict.right and case.expected == "wrong"
        counts["false_rejects"] += verdict.label == "wrong" and case.expected == "right"
        found = {"verdict": verdict.label, "stage": verdict.stage, "reason": verdict.reason, "extracted": verdict.extracted}
        if verdicts is not None:
            verdicts.append(found)
        if case.expected not in (None, verdict.label):
            disagreements.append({"id": case.id, "gold": case.gold, "text": case.text, "expected": case.expected, **found, "note": case.note})
    total = time.perf_counter() - begin
    return {**counts, "seconds": total, "slowest": slowest, "disagreements": disagreements}


def table(modes: tuple[str, ...] = ("lenient", "strict")) -> Iterator[Case]:
    """The known cases: pairs of a gold and an answer, and whole responses, with the verdict that each mode must give."""
    lines = files("menolab.verifiers.math").joinpath("table.jsonl").read_text(encoding="utf-8").split("\n")
    for row in (json.loads(line) for line in lines if line):
        text = row["response"] if "response" in row else response("", row["answer"])
        for mode in modes:
            verifier = Math().strictly() if mode == "strict" else Math()
            yield Case(row["id"], row["gold"], text, verifier, row[mode], note=mode + (f", {row['rule']}" if "rule" in row else ""))


def metamorphic(case: Case, seed: int = 0) -> Iterator[Case]:
    """From a gold alone: the gold itself and its rewrites, which are right, and the gold with one digit changed, which is wrong."""
    yield replace(case, text=response("", case.gold), expected="right", note="itself")
    for kind, text in rewrites(case.gold):
        yield replace(case, text=response("", text), expected="right", note=kind)
    for text in near_misses(case.gold, random.Random(f"{seed} {case.gold}")):
        yield replace(case, text=response("", text), expected="wrong", note="one digit changed")
