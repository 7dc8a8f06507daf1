"""A problem without a gold is one, and an audit counts it as such."""

from __future__ import annotations

from pathlib import Path

from menolab.keys import Key
from menolab.tasks.audit import audit_task
from menolab.tasks.ifeval import IFEval
from menolab.tasks.mathif import MathIF

SAMPLES = Path(__file__).parent / "samples"


def test_audit_finds_no_golds_and_no_fault() -> None:
    for task in (IFEval(str(SAMPLES / "IFEval.jsonl")), MathIF(str(SAMPLES / "MathIF.jsonl"))):
        result = audit_task(task, 0, Key.root(0))
        assert result["golds"] == {"right": 0, "wrong": 0, "undecided": 0, "none": 11} and not result["failures"] and not result["unreadable"]
        assert {p.difficulty for p in task.listed()} == {2.0}, "the number of instructions"
