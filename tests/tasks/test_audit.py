from __future__ import annotations

import json
from pathlib import Path

from menolab.keys import Key
from menolab.tasks.addition import Addition
from menolab.tasks.audit import audit_task
from menolab.tasks.gsm8k import GSM8K
from menolab.tasks.mbpp import MBPP


def test_what_is_found_in_a_file(tmp_path: Path) -> None:
    rows = [("1+1?", "2"), ("1+1?", "2"), ("1+1?", "3"), ("$1+1$ ?", "2"), ("2+2?", "4")]
    path = tmp_path / "a.jsonl"
    path.write_text("".join(json.dumps({"question": q, "answer": f"#### {a}"}) + "\n" for q, a in rows))
    result = audit_task(GSM8K(str(path), instruction=""), 1, Key.root(0))
    assert (result["rows"], result["problems"], result["golds"]["right"]) == (5, 3, 3)
    assert [row["where"] for row in result["duplicates"]] == ["a.jsonl line 2", "a.jsonl line 3"]
    assert [row["where"] for row in result["ambiguous"]] == ["a.jsonl line 3"] and "has the gold 2" in result["ambiguous"][0]["reason"]
    assert [(row["where"], row["first"]) for row in result["near_duplicates"]] == [("a.jsonl line 4", "a.jsonl line 1")]
    assert not result["failures"] and not result["unreadable"] and not result["empty_prompts"]


def test_a_reference_solution_that_fails_is_a_failure(tmp_path: Path) -> None:
    rows = [{"text": f"t{n}", "code": f"def f(x): return {n}", "task_id": 11 + n, "test_list": ["assert f(0) == 1"]} for n in range(2)]
    (tmp_path / "m.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    result = audit_task(MBPP(str(tmp_path / "m.jsonl")), 1, Key.root(0))
    assert result["golds"] == {"right": 1, "wrong": 1, "undecided": 0, "none": 0}
    assert [row["where"] for row in result["failures"]] == ["m.jsonl line 1"]


def test_an_endless_task_is_drawn_from() -> None:
    told: list[int] = []
    result = audit_task(Addition(), 30, Key.root(0), lambda done, total: told.append(total))
    assert result["rows"] == 30 and result["golds"]["right"] == result["problems"] == len(told)
