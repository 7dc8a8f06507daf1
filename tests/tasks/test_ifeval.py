from __future__ import annotations

import json
from pathlib import Path

import pytest

from menolab.tasks.ifeval import IFEval
from menolab.tasks.layouts import file_task
from menolab.verifiers.constraints.verifier import Constraints
from published_cases import refused

ROW = {"key": 7, "prompt": "Use no commas, and quote.", "instruction_id_list": ["punctuation:no_comma", "startend:quotation"], "kwargs": [{}, {}]}


def made(tmp_path: Path, **fields: object) -> IFEval:
    path = tmp_path / "a.jsonl"
    path.write_text(json.dumps({**ROW, **fields}) + "\n")
    return IFEval(str(path))


def test_the_published_file(shared_data: Path) -> None:
    task = file_task(str(shared_data / "ifeval" / "input_data.jsonl"))
    assert type(task) is IFEval
    problems = {p.facts["published_id"]: p for p in task.listed()}
    assert len(task.located()) == len(problems) == 541 and {p.difficulty for p in problems.values()} == {1.0, 2.0, 3.0}
    assert all(p.answer == "" and task.verify(p, "").label == "wrong" for p in problems.values()), "there is no gold, and nothing follows nothing"
    assert problems["1005"].prompt.endswith("square brackets, such as [address], [name]."), "nothing is added"
    assert task.verify(problems["1001"], "<think>a, b</think>Verily go east and then north").right
    assert task.verify(problems["1001"], "Verily, go east").label == "wrong"


def test_all_instructions_strictly(tmp_path: Path) -> None:
    task = made(tmp_path)
    (problem,) = task.listed()
    assert problem.prompt == ROW["prompt"] and problem.difficulty == 2.0
    verdicts = [task.verify(problem, text) for text in ('"all well"', '"well, well"', 'Sure:\n"all well"')]
    assert [(v.right, v.score) for v in verdicts] == [(True, 1.0), (False, 0.5), (False, 0.5)]
    assert IFEval(task.path, Constraints(loose=True)).verify(problem, 'Sure:\n"all well"').right


def test_null_settings_of_other_kinds_are_absent(tmp_path: Path) -> None:
    null = {"num_words": None, "relation": None}
    assert made(tmp_path, kwargs=[null, null]).listed()[0].id == made(tmp_path).listed()[0].id


@pytest.mark.parametrize(
    ("changed", "said"),
    [({"prompt": " "}, "prompt"), ({"kwargs": [{}]}, "instruction_id_list, kwargs.*as long as"), ({"kwargs": [{}, {"n": 1}]}, "kwargs.*takes no n"),
     ({"instruction_id_list": ["punctuation:no_comma", "x:y"]}, "instruction_id_list.*called 'x:y'"), ({"instruction_id_list": []}, "instruction_id_list")],
)  # fmt: skip
def test_bad_rows(tmp_path: Path, changed: dict, said: str) -> None:
    refused(IFEval, tmp_path, ROW, ROW | changed, said)
