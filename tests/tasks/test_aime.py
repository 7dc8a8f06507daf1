from __future__ import annotations

import json
from pathlib import Path

import pytest

from menolab.errors import BadInput
from menolab.tasks.aime import AIME
from menolab.tasks.file import Problems
from menolab.tasks.layouts import file_task


def made(tmp_path: Path, answer: object) -> AIME:
    path = tmp_path / "aime.jsonl"
    path.write_text(json.dumps({"problem": "p", "answer": answer}) + "\n")
    return AIME(str(path))


@pytest.mark.parametrize("text", ["\\boxed{73}", "\\boxed{073}", "The answer is 073.", "<answer>73</answer>", "so it is \\boxed{\\text{73}}", "\\boxed{73.0}"])
def test_whole_numbers_in_every_dress(tmp_path: Path, text: str) -> None:
    for gold in ("073", 73, "73"):
        task = made(tmp_path, gold)
        assert task.listed()[0].answer == "73" and task.verify(task.listed()[0], text).right
    assert task.verify(task.listed()[0], text.replace("73", "74")).label == "wrong"


def test_either_of_two_accepted_answers(shared_data: Path) -> None:
    task = AIME(str(shared_data / "aime/aime_2021_2024.jsonl"))
    (problem,) = [p for p in task.listed() if "accepted" in p.facts]
    assert [task.verify(problem, f"\\boxed{{{n}}}").right for n in (79, 80, 81, 82)] == [False, True, True, False]


@pytest.mark.parametrize("gold", ["1000", "-1", "1/2", "seven", 7.5, "080 or 081"])
def test_other_golds_are_errors(tmp_path: Path, gold: object) -> None:
    with pytest.raises(BadInput, match=r"aime.jsonl line 1: answer.*0 to 999"):
        made(tmp_path, gold).listed()


def test_a_file_of_prompts_is_its_owners_whatever_its_name(tmp_path: Path) -> None:
    path = tmp_path / "like_aime.jsonl"
    path.write_text('{"prompt": "p", "answer": "12345"}\n')
    assert isinstance(file_task(str(path)), Problems)
    path.write_text('{"question": "p", "answer": "123"}\n')
    assert isinstance(file_task(str(path)), AIME) and isinstance(file_task(str(path), prompt_field="question"), Problems)
