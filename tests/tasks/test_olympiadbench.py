from __future__ import annotations

import json
from pathlib import Path

import pytest

from menolab.errors import BadInput
from menolab.tasks.olympiadbench import OlympiadBench

ROW = {"question": "Solve.", "final_answer": ["$69$,$84$"], "answer_type": "Numerical", "is_multiple_answer": True, "context": None}


def made(tmp_path: Path, **fields: object) -> OlympiadBench:
    path = tmp_path / "o.jsonl"
    path.write_text(json.dumps({**ROW, **fields}) + "\n")
    return OlympiadBench(str(path))


def test_several_answers_in_any_order(tmp_path: Path) -> None:
    task = made(tmp_path)
    labels = [task.verify(task.listed()[0], f"\\boxed{{{x}}}").label for x in ("69, 84", "84, 69", "84 \\text{ and } 69", "69", "69, 85")]
    assert labels == ["right", "right", "right", "wrong", "wrong"]


def test_a_context_stands_before_the_question(tmp_path: Path) -> None:
    assert made(tmp_path, context="Let x.").listed()[0].prompt.startswith("Let x.\nSolve.\n")


@pytest.mark.parametrize("gold", [[], "7", [""], None, [7]])
def test_malformed_answers(tmp_path: Path, gold: object) -> None:
    with pytest.raises(BadInput, match=r"o.jsonl line 1: final_answer"):
        made(tmp_path, final_answer=gold).listed()
