from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest

from menolab.tasks.layouts import file_task
from menolab.tasks.mathif import MathIF
from published_cases import refused

ROW = {
    "source": "s", "id": "s-1", "question": "What is 2 + 2?", "answer": "4", "constraint_desc": ["Use no commas.", "Say four."],
    "constraint_name": ["punctuation:no_comma", "keywords:existence"], "constraint_args": [None, {"keywords": ["four"]}],
}  # fmt: skip


def test_the_published_files(shared_data: Path) -> None:
    task = file_task(str(shared_data / "mathif"))
    assert type(task) is MathIF
    problems = task.listed()
    assert (len(task.located()), len(problems)) == (422, 420)
    assert Counter(p.difficulty for p in problems) == {1.0: 140, 2.0: 140, 3.0: 140}
    assert all(p.answer == "" and p.facts["gold"] and task.verify(p, "").label == "wrong" for p in problems)


def test_prompt_and_verdict_are_the_authors(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_text(json.dumps([ROW]))
    task = MathIF(str(path))
    (problem,) = task.listed()
    assert problem.prompt == "What is 2 + 2?Let's think step by step and output the final answer within \\boxed{}.Use no commas. Say four."
    assert task.verify(problem, "four but \\boxed{5}").right, "a wrong result that follows the instructions is right"
    assert task.verify(problem, "\\boxed{4}, four").score == 0.5


@pytest.mark.parametrize(
    ("changed", "said"),
    [({"question": ""}, "question"), ({"answer": None}, "answer"), ({"constraint_desc": ["Use no commas."]}, "constraint_desc.*as many"),
     ({"constraint_desc": "x"}, "constraint_desc"), ({"constraint_args": [None, None]}, "constraint_name, constraint_args.*needs keywords"),
     ({"constraint_name": ["a", "b"]}, "constraint_name.*called 'a'")],
)  # fmt: skip
def test_bad_rows(tmp_path: Path, changed: dict, said: str) -> None:
    refused(MathIF, tmp_path, ROW, ROW | changed, said)
