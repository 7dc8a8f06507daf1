from __future__ import annotations

import json
from pathlib import Path

import pytest

from menolab.errors import BadInput
from menolab.tasks.gsm8k import GSM8K, hashed_gold


def test_gold_and_working() -> None:
    assert hashed_gold({"a": "x <<1+1=2>>2\n#### 1,234"}, "a", "w") == ("1234", "x 2")
    assert hashed_gold({"a": "#### -0.5"}, "a", "w")[0] == "-0.5"


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ({"question": "q?", "answer": "no number"}, "a.jsonl line 2: answer.*#### number"),
        ({"question": "q?", "answer": "#### seven"}, "line 2: answer"),
        ({"question": "", "answer": "#### 7"}, "line 2: question.*not empty"),
        ({"question": "q?"}, "line 2: answer.*lacks the field"),
        ({"question": 3, "answer": "#### 7"}, "line 2: question"),
    ],
)
def test_malformed_rows_name_file_line_and_field(tmp_path: Path, row: dict, said: str) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text(json.dumps({"question": "1+1?", "answer": "#### 2"}) + "\n" + json.dumps(row) + "\n")
    with pytest.raises(BadInput, match=said):
        GSM8K(str(path)).listed()


def test_published_golds_without_commas(shared_data: Path) -> None:
    rows = [json.loads(line) for line in (shared_data / "gsm8k/test.jsonl").read_text().split("\n") if line]
    golds = [p.answer for p in GSM8K(str(shared_data / "gsm8k/test.jsonl")).listed()]
    assert golds == [row["answer"].rpartition("#### ")[2].replace(",", "") for row in rows]
