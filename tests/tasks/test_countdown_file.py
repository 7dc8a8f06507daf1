from __future__ import annotations

from pathlib import Path

import pytest

from menolab.errors import BadInput
from menolab.keys import Key
from menolab.tasks.countdown_file import CountdownFile


def test_the_published_file(shared_data: Path) -> None:
    task = CountdownFile(str(shared_data / "countdown" / "countdown_cd3_test.jsonl"))
    problems = task.listed()
    assert len(problems) == 256
    assert problems[0].id == "30 93 100 = 23"
    for i, problem in enumerate(problems):
        assert task.verify(problem, f"<answer>{problem.answer}</answer>").right
        assert task.verify(problem, task.demonstrate(problem, Key.root(i)).text).right


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('{"input": "1,2,x", "output": "3"}\n', "c.jsonl line 1"),
        ('{"input": "1,2", "output": "3"}\n{"input": "1,1", "output": "50"}\n', "c.jsonl line 2.*cannot be reached"),
        ('{"input": "1,2", "target": "3"}\n', "line 1: output"),
        ('{"input": "1,2,3,4,5,6,7", "output": "3"}\n', "2 to 6 numbers"),
    ],
)
def test_bad_rows(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "c.jsonl"
    path.write_text(text)
    with pytest.raises(BadInput, match=said):
        CountdownFile(str(path)).listed()


def test_the_same_problem_in_another_order_is_one_problem(tmp_path: Path) -> None:
    path = tmp_path / "c.jsonl"
    path.write_text('{"input": "1,2", "output": "3"}\n{"input": "2,1", "output": "3"}\n')
    task = CountdownFile(str(path))
    assert [p.id for p in task.listed()] == ["1 2 = 3"] and [where for where, _ in task.located()] == ["c.jsonl line 1", "c.jsonl line 2"]
