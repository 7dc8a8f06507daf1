from __future__ import annotations

import json
from pathlib import Path

import pytest

from menolab.errors import BadInput
from menolab.tasks.layouts import file_task
from menolab.tasks.programs import ProgramFile, defined, fenced, parsed
from menolab.tasks.published import PublishedFile
from menolab.verifiers.extract import response

FILES = [
    ("humaneval/HumanEval.jsonl.gz", "humaneval", 164, 41), ("mbpp/mbpp.jsonl", "mbpp", 499, 125), ("cruxeval/cruxeval.jsonl", "cruxeval-output", 800, 1),
    ("evalplus/HumanEvalPlus_prerelease.jsonl", "humanevalplus", 164, 55), ("evalplus/MbppPlus-v0.1.0.jsonl", "mbppplus", 399, 133),
]  # fmt: skip


@pytest.mark.parametrize(("file", "name", "count", "every"), FILES)
def test_published_files_are_recognised_and_reference_solutions_pass(shared_data: Path, file: str, name: str, count: int, every: int) -> None:
    task = file_task(str(shared_data / file))
    problems = task.listed()
    assert isinstance(task, PublishedFile) and task.name == name and problems is not None and len(problems) == count
    for problem in problems[::every]:
        verdict = task.verify(problem, response("", problem.answer))
        assert verdict.right, (problem.id, verdict)


def test_helpers() -> None:
    assert defined(parsed("def f(): pass\r\nclass A: pass\nx = 1", "w")) == {"f", "A"}
    assert fenced("Do.", "x = 1\n") == "Do.\n\n```python\nx = 1\n```"
    with pytest.raises(BadInput, match=r"w = .*not Python"):
        parsed("def", "w")


ROWS: dict[str, dict[str, object]] = {
    "humaneval": {
        "task_id": "t", "prompt": 'def f(x):\n    """d"""\n', "canonical_solution": "    return x", "test": "def check(candidate): pass", "entry_point": "f",
    },
    "mbpp": {"text": "t", "code": "def f(x): return x", "task_id": 11, "test_list": ["assert f(1) == 1"]},
    "mbppplus": {
        "task_id": "Mbpp/1", "prompt": '"""\nassert f(1)\n"""', "entry_point": "f", "canonical_solution": "def f(x): return x",
        "base_input": [], "plus_input": [],
    },
    "cruxeval": {"code": "def f(x): return x", "input": "1", "output": "1", "id": "s"},
}


@pytest.mark.parametrize(
    ("kind", "field", "value"),
    [
        ("humaneval", "entry_point", "g"), ("humaneval", "canonical_solution", "  return ("), ("humaneval", "prompt", None), ("humaneval", "test", ""),
        ("mbpp", "test_list", []), ("mbpp", "test_list", ["assert g(1)"]), ("mbpp", "task_id", "x"), ("mbpp", "code", "def"),
        ("mbppplus", "entry_point", "g"), ("mbppplus", "canonical_solution", 3), ("cruxeval", "output", "f(1)"), ("cruxeval", "code", ""),
    ],
)  # fmt: skip
def test_malformed_rows_name_file_line_and_field(tmp_path: Path, kind: str, field: str, value: object) -> None:
    path = tmp_path / "r.jsonl"
    path.write_text(json.dumps(ROWS[kind]) + "\n" + json.dumps({**ROWS[kind], field: value}) + "\n")
    with pytest.raises(BadInput, match=rf"r.jsonl line 2: {field}"):
        file_task(str(path), kind).listed()


def test_a_program_file_that_solves_nothing_is_wrong(tmp_path: Path) -> None:
    (tmp_path / "r.jsonl").write_text(json.dumps(ROWS["mbpp"]) + "\n")
    task = file_task(str(tmp_path / "r.jsonl"))
    assert isinstance(task, ProgramFile)
    problem = task.listed()[0]
    assert task.verify(problem, "```python\ndef f(x): return 2\n```").label == "wrong" and task.verify(problem, "no program").stage == "extract"
