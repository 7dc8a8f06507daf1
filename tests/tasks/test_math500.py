from __future__ import annotations

from pathlib import Path

import pytest

from menolab.errors import BadInput
from menolab.tasks.math500 import Math500


def test_three_published_copies_agree(shared_data: Path) -> None:
    files = ("math500/test.jsonl", "deepscaler_rllm/test_math.json", "open_reasoner_zero/math500.json")
    first, second, third = ({p.id: p.answer for p in Math500(str(shared_data / file)).listed()} for file in files)
    assert first == second == third


def test_recognised_by_its_ids(tmp_path: Path) -> None:
    row = {"problem": "p", "answer": "1", "unique_id": "test/algebra/1.json"}
    assert Math500.recognises(row, "x.jsonl") and not Math500.recognises({**row, "unique_id": "7"}, "x.jsonl")
    assert Math500.recognises({"prompt": "p", "final_answer": "1"}, "math500.json") and not Math500.recognises({"prompt": "p", "final_answer": "1"}, "x.json")
    path = tmp_path / "m.jsonl"
    path.write_text('{"problem": "p", "answer": [1], "unique_id": "test/algebra/1.json"}\n')
    with pytest.raises(BadInput, match=r"m.jsonl line 1: answer"):
        Math500(str(path)).listed()
