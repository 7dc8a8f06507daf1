from __future__ import annotations

import json
from pathlib import Path

import pytest

from menolab.tasks.layouts import file_task, layout
from menolab.tasks.omni_math import OmniMath
from published_cases import refused

ROWS = [
    {"domain": ["Mathematics -> Algebra -> Equations"], "difficulty": 4.5, "problem": "Find x.", "solution": "x is 7.", "answer": "7", "source": "HMMT_2"},
    {"domain": "['Mathematics -> Geometry', 'Mathematics -> Algebra']", "difficulty": "8.0", "problem": "Area?", "solution": "", "answer": "\\frac{1}{2}",
     "source": "imo_shortlist"},
    {"domain": ["Mathematics -> Number Theory"], "difficulty": 9, "problem": "Prove it.", "solution": "s", "answer": "The statement is true. Indeed it holds.",
     "source": "imo"},
]  # fmt: skip


def written(tmp_path: Path, rows: list[dict]) -> str:
    path = tmp_path / "omni.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return str(path)


def test_only_what_rules_can_grade_is_taken(tmp_path: Path) -> None:
    path = written(tmp_path, ROWS)
    task = file_task(path)
    assert type(task) is OmniMath and layout(ROWS[0], "x.json") == "omnimath"
    problems = task.listed()
    assert problems is not None and [(p.difficulty, p.answer, p.facts["area"], p.facts["source"]) for p in problems] == [
        (4.5, "7", "Algebra", "HMMT_2"), (8.0, "\\frac{1}{2}", "Geometry", "imo_shortlist"),
    ]  # fmt: skip
    assert problems[1].facts["domain"] == ["Mathematics -> Geometry", "Mathematics -> Algebra"]
    assert task.verify(problems[1], "\\boxed{0.5}").right and task.verify(problems[0], "\\boxed{8}").label == "wrong"
    assert len(OmniMath(path, only_readable=False).listed() or ()) == 3


@pytest.mark.parametrize(("field", "value"), [("difficulty", "hard"), ("difficulty", True), ("difficulty", 11), ("domain", [7]), ("domain", "[1"),
    ("answer", None), ("problem", 7)])
def test_malformed_rows(tmp_path: Path, field: str, value: object) -> None:
    refused(OmniMath, tmp_path, ROWS[0], {**ROWS[1], field: value}, field)
