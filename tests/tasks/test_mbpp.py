from __future__ import annotations

from pathlib import Path

import pytest

from menolab.errors import BadInput
from menolab.tasks.mbpp import MBPP


def test_the_parts_are_the_authors(shared_data: Path) -> None:
    path = str(shared_data / "mbpp/mbpp.jsonl")
    counts = {split: len(MBPP(path, split=split).located()) for split in ("prompt", "test", "validation", "train", "all")}
    assert counts == {"prompt": 10, "test": 500, "validation": 90, "train": 374, "all": 974}
    problem = MBPP(path).listed()[0]
    assert "\r" not in problem.prompt + problem.answer and problem.prompt.startswith("You are an expert Python programmer")
    assert "assert remove_Occ" in problem.prompt
    with pytest.raises(BadInput, match="split"):
        MBPP(path, split="tset")


def test_challenge_tests_are_run_and_not_shown() -> None:
    task = MBPP(str(Path(__file__).parent / "samples" / "MBPP.jsonl"))
    problem = task.listed()[0]
    assert "(-1)" not in problem.prompt
    assert task.verify(problem, "```python\ndef g1(x):\n    return x + 1 if x >= 0 else 9\n```").label == "wrong"
