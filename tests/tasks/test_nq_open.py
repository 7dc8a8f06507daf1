from __future__ import annotations

import json
from pathlib import Path

import pytest

from menolab.tasks.layouts import file_task
from menolab.tasks.nq_open import NQOpen
from menolab.verifiers.extract import response
from menolab.verifiers.short_answer import ShortAnswer
from published_cases import refused

ROW = {"question": "when was the last time anyone was on the moon", "answer": ["14 December 1972 UTC", "December 1972"]}


def made(tmp_path: Path, *golds: str) -> NQOpen:
    path = tmp_path / "a.jsonl"
    path.write_text(json.dumps({**ROW, "answer": golds}) + "\n")
    return NQOpen(str(path))


def test_the_published_file(shared_data: Path) -> None:
    task = file_task(str(shared_data / "nq_open" / "NQ-open.dev.jsonl"))
    assert type(task) is NQOpen
    located = task.located()
    assert len(located) == len(task.listed()) == 3610
    undecided = set()
    for where, problem in located:
        verdict, other = (task.verify(problem, response("", text)) for text in (problem.answer, "I do not know"))
        assert verdict.label == other.label == "undecided" or (verdict.right and other.label == "wrong"), (where, verdict, other)
        if not verdict.right:
            undecided.add(where.rpartition(" ")[2])
    assert undecided == {"291", "364"}
    assert sum(len(problem.facts["accepted"]) > 1 for _, problem in located) == 1534


def test_any_gold_counts_and_the_book_is_closed(tmp_path: Path) -> None:
    task = made(tmp_path, *ROW["answer"])
    (problem,) = task.listed()
    assert problem.prompt.startswith(f"{ROW['question']}?\nThink") and problem.answer == ROW["answer"][0]
    assert [task.verify(problem, f"<answer>{x}</answer>").right for x in ("the December, 1972", "14 december 1972 utc", "1972")] == [True, True, False]
    graded = NQOpen(task.path, ShortAnswer(measure="f1")).verify(problem, "<answer>December of 1972</answer>")
    assert graded.right and graded.score == 0.8, "the better gold's F1: 2 of 2 words, 2 of 3"


def test_a_gold_that_cannot_be_read_decides_only_alone(tmp_path: Path) -> None:
    task = made(tmp_path, "A+", "AB+")
    (problem,) = task.listed()
    assert problem.answer == "AB+"
    assert [task.verify(problem, f"<answer>{x}</answer>").label for x in ("AB", "0")] == ["right", "wrong"]
    task = made(tmp_path, "---")
    assert task.verify(task.listed()[0], "<answer>12</answer>").label == "undecided"


@pytest.mark.parametrize(("changed", "said"), [({"question": ""}, "question"), ({"answer": "1972"}, "answer.*list"), ({"answer": []}, "answer"),
    ({"answer": ["a", " "]}, "answer"), ({"answer": [3]}, "answer")])  # fmt: skip
def test_bad_rows(tmp_path: Path, changed: dict, said: str) -> None:
    refused(NQOpen, tmp_path, ROW, ROW | changed, said)
