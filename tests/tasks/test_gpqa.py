from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest

from menolab.errors import BadInput
from menolab.tasks.gpqa import GPQA

OFFICIAL = {"Question": "Which?", "Correct Answer": "this", "Incorrect Answer 1": "that", "Incorrect Answer 2": "those", "Incorrect Answer 3": "these"}


def made(tmp_path: Path, *rows: dict) -> GPQA:
    path = tmp_path / "g.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return GPQA(str(path))


def test_choices_are_shuffled_by_content(shared_data: Path) -> None:
    task = GPQA(str(shared_data / "gpqa/diamond_limo.jsonl.gz"))
    counts = Counter(p.answer for p in task.listed())
    assert sum(counts.values()) == 198 and min(counts.values()) > 30 and set(counts) == set("ABCD")
    assert [p.answer for p in task.listed()] != [p.answer for p in GPQA(task.path, seed=1).listed()]
    assert not any("boxed" in p.prompt for p in task.listed())


def test_letters_and_texts_are_answers(tmp_path: Path) -> None:
    task = made(tmp_path, OFFICIAL)
    (problem,) = task.listed()
    assert problem.facts["choices"]["ABCD".index(problem.answer)] == "this"
    assert task.verify(problem, f"Answer: {problem.answer}").right and task.verify(problem, "Answer: this").right
    assert task.verify(problem, "Answer: that").label == "wrong"


@pytest.mark.parametrize("row", [{"id": 1, "question": "A. x B. y", "answer": "A"}, {"id": 1, "question": "q\nA. 1\nB. 2\nC. 3\nD. 4", "answer": "E"}])
def test_malformed_rows_are_named_and_not_shown(tmp_path: Path, row: dict) -> None:
    with pytest.raises(BadInput, match=r"g.jsonl line 1: question.*not shown"):
        made(tmp_path, row).listed()
