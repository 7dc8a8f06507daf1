from __future__ import annotations

from collections import Counter
from pathlib import Path

from menolab.tasks.logical_deduction import LogicalDeduction
from published_cases import as_published, refused

ROW = {"id": "logical_deduction_0", "context": "Three books ...", "question": "Which is true?", "options": ["A) One.", "B) Two."], "answer": "B"}


def test_the_published_file(shared_data: Path) -> None:
    problems = as_published(LogicalDeduction, shared_data / "logical_deduction" / "dev.json", 300)
    assert Counter(p.difficulty for p in problems) == {3.0: 60, 5.0: 100, 7.0: 140}


def test_bad_rows(tmp_path: Path) -> None:
    refused(LogicalDeduction, tmp_path, ROW, ROW | {"options": ["A) One.", "B) One."]}, "options.*differ")
