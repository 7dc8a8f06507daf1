from __future__ import annotations

from pathlib import Path

import pytest

from menolab.errors import BadInput
from menolab.tasks.math_benchmark import MathBenchmark, level


def test_levels() -> None:
    assert [level(x) for x in ("Level 3", 3, 3.0, "Level ?", None)] == [3.0, 3.0, 3.0, 0.0, 0.0]


def test_rows_with_two_boxes_are_marked(shared_data: Path) -> None:
    task = MathBenchmark(str(shared_data / "math/test_5000_tora.jsonl"))
    marked = {where for where, p in task.located() if "ambiguous" in p.facts}
    assert marked == {f"test_5000_tora.jsonl line {idx + 1}" for idx in (414, 2703, 2716, 2912, 3341, 3628, 4258, 4860)}
    assert {p.difficulty for p in task.listed()} == {1.0, 2.0, 3.0, 4.0, 5.0}


def test_rows_without_an_answer_are_left_out_and_a_missing_box_is_an_error(tmp_path: Path) -> None:
    path = tmp_path / "m.jsonl"
    path.write_text(
        '{"problem": "a", "type": "Algebra", "answer": null, "difficulty": 1}\n{"problem": "b", "type": "Algebra", "answer": "2", "difficulty": 1}\n'
    )
    assert [p.answer for p in MathBenchmark(str(path)).listed()] == ["2"]
    path.write_text('{"problem": "a", "type": "Algebra", "level": "Level 1", "solution": "no box"}\n')
    with pytest.raises(BadInput, match=r"m.jsonl line 1: solution"):
        MathBenchmark(str(path)).listed()
