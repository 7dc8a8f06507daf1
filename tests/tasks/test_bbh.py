from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from menolab.tasks.bbh import BBH, subtask
from menolab.tasks.layouts import file_task
from published_cases import as_published, refused

ROW = {"input": "Which?\nOptions:\n(A) one\n(B) two", "target": "(B)"}


def test_the_published_folder(shared_data: Path) -> None:
    problems = as_published(BBH, shared_data / "bbh", 3686, 3682)
    counts = Counter(p.facts["subtask"] for p in problems)
    assert len(counts) == 15 and counts["movie_recommendation"] == 249 and counts["causal_judgement"] == 185 and counts["sports_understanding"] == 248
    kinds = {(p.facts["subtask"], p.facts["kind"]) for p in problems}
    assert len(kinds) == 15, "a subtask is of one kind"
    assert {("navigate", "text"), ("object_counting", "number"), ("hyperbaton", "choice")} <= kinds


def test_one_file_is_the_folders_part(shared_data: Path) -> None:
    path = shared_data / "bbh"
    whole, part = BBH(path=str(path)).listed(), file_task(str(path / "navigate.json")).listed()
    assert part == tuple(p for p in whole if p.facts["subtask"] == "navigate")


def test_kinds_of_answers(tmp_path: Path) -> None:
    task = BBH(path="x")
    rows = (ROW, {"input": "2 + 3 =", "target": "5"}, {"input": "not True is", "target": "False"})
    choice, number, text = (task.problem(row, "bbh/a.json row 1") for row in rows)
    assert choice and number and text
    for problem, answer, right in (
        (choice, "B", True), (choice, "(B)", True), (choice, "two", True), (choice, "(A)", False), (number, "5.0", True), (number, "five", False),
        (number, "-5", False), (text, "false", True), (text, "True", False),
    ):  # fmt: skip
        assert task.verify(problem, f"<answer>{answer}</answer>").right == right, (problem, answer)
    assert task.problem(ROW | {"target": "two, three"}, "row 1") is None, "a gold that is none of the options"
    refused(BBH, tmp_path, ROW, ROW | {"target": None}, "target.*text or a number")
    refused(BBH, tmp_path, ROW, ROW | {"input": " "}, "input.*not empty")


@pytest.mark.parametrize(
    ("where", "name"),
    [("navigate.json row 3", "navigate"), ("bbh/word_sorting.json.gz row 1", "word_sorting"),
     ("hub:lukaemon/bbh/date_understanding:test row 2", "date_understanding"), ("?", "")],
)
def test_subtasks_are_told_by_the_place(where: str, name: str) -> None:
    assert subtask(where) == name
