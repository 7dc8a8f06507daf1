from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest

from menolab.errors import BadInput
from menolab.tasks.logicbench import LogicBench
from published_cases import as_published

PAIR = {"question": "Does it follow?", "answer": "yes"}


def test_the_published_folder(shared_data: Path) -> None:
    problems = as_published(LogicBench, shared_data / "logicbench", 1520)
    assert Counter(p.answer for p in problems) == {"no": 1000, "yes": 520}
    assert len({(p.facts["logic"], p.facts["rule"]) for p in problems}) == 25


def test_one_file_of_the_folder(shared_data: Path) -> None:
    as_published(LogicBench, shared_data / "logicbench" / "BQA" / "first_order_logic" / "modus_ponens" / "data_instances.json", 40)


@pytest.mark.parametrize(
    ("sample", "said"),
    [({"context": "c", "qa_pairs": []}, "row 1: qa_pairs"),
     ({"context": "c", "qa_pairs": [PAIR, PAIR | {"answer": "maybe"}]}, "row 1 question 2: answer.*yes or no"),
     ({"context": "", "qa_pairs": [PAIR]}, "row 1 question 1: context"), ({"context": "c", "qa_pairs": [{"answer": "no"}]}, "row 1 question 1: question"),
     ({"context": "c"}, "row 1: qa_pairs")],
)  # fmt: skip
def test_bad_rows(tmp_path: Path, sample: dict, said: str) -> None:
    path = tmp_path / "data_instances.json"
    path.write_text(json.dumps({"type": "t", "axiom": "a", "samples": [sample]}))
    with pytest.raises(BadInput, match=f"data_instances.json {said}"):
        LogicBench(path=str(path)).listed()
