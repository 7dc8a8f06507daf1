from __future__ import annotations

from pathlib import Path

import pytest

from menolab.tasks.arc import ARC
from published_cases import as_published, refused

PAIR = {"input": [[0, 1]], "output": [[1], [0]]}
ROW = {"train": [PAIR, PAIR], "test": [PAIR]}


def test_the_published_folder(shared_data: Path) -> None:
    problems = as_published(ARC, shared_data / "arc_agi", 120)
    assert sum(p.facts["tests"] > 1 for p in problems) == 5
    task = ARC(path="x")
    for problem in problems:
        cell = problem.answer.rindex(problem.answer[-1])
        miss = problem.answer[:cell] + str((int(problem.answer[-1]) + 1) % 10)
        assert task.verify(problem, f"<answer>{miss}</answer>").reason == "1 cells differ"
        assert problem.prompt.count("Input:") == problem.prompt.count("Output:") + problem.facts["tests"]


def test_every_test_grid_is_asked_for_and_none_is_told() -> None:
    problem = ARC(path="x").problem({"train": [PAIR], "test": [{"input": [[2]], "output": [[7, 7]]}, {"input": [[3]], "output": [[8], [8]]}]}, "x row 1")
    asked = problem.prompt.partition("Test 1")[2]
    assert asked.startswith("\nInput:\n2\n\nTest 2\nInput:\n3\n") and "7" not in asked and "8" not in asked
    assert problem.answer == "7 7\n\n8\n8" and problem.difficulty == 4.0
    assert not ARC(path="x").verify(problem, "<answer>7 7</answer>").right


@pytest.mark.parametrize(
    ("changed", "said"),
    [({"test": []}, "test.*list of objects"), ({"train": [[1]]}, "train.*list of objects"), ({"test": [{"input": [[1]]}]}, "test 1 output.*rows"),
     ({"test": [PAIR | {"output": [[1], [1, 2]]}]}, "test 1 output.*same length"), ({"train": [PAIR, PAIR | {"input": [[10]]}]}, "train 2 input.*0 to 9"),
     ({"train": [PAIR | {"input": [[True]]}]}, "train 1 input.*0 to 9"), ({"test": [PAIR | {"input": [[1] * 31]}]}, "test 1 input.*30 x 30")],
)  # fmt: skip
def test_bad_rows(tmp_path: Path, changed: dict, said: str) -> None:
    refused(ARC, tmp_path, ROW, ROW | changed, said)
