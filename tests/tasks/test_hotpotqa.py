from __future__ import annotations

from pathlib import Path

import pytest

from menolab.errors import BadInput
from menolab.tasks.hotpotqa import HotpotQA
from menolab.tasks.layouts import layout
from published_cases import as_published


def test_the_published_files(shared_data: Path) -> None:
    with_passages = as_published(HotpotQA, shared_data / "hotpotqa" / "hotpotqa_train_100.json", 100)
    assert sorted(p.facts["passages"] for p in with_passages) == [4] + [10] * 99
    assert all(p.answer in ("yes", "no") or p.answer.split()[0] in p.prompt for p in with_passages)
    assert {p.difficulty for p in with_passages} == {1.0, 2.0, 3.0}
    closed = as_published(HotpotQA, shared_data / "hotpotqa" / "hotpotqa_500.jsonl", 500)
    assert {p.facts["passages"] for p in closed} == {0} and closed[1].prompt.startswith("What party campaigned")


def test_passages_alone_are_refused(shared_data: Path) -> None:
    with pytest.raises(BadInput, match=r"corpus\.json row 1: question"):
        HotpotQA(path=str(shared_data / "hotpotqa" / "hotpotqa_train_corpus.json")).listed()


def test_columns_or_the_name_tell() -> None:
    row = {"question": "q", "answer": "a"}
    assert layout(row, "data/hotpot_dev.jsonl") == "hotpotqa" and layout(row, "data/mine.jsonl") == "problems"
    assert layout({**row, "context": [], "supporting_facts": []}, "x.json") == "hotpotqa"
    assert layout({**row, "prompt": "p"}, "hotpot.jsonl") == "problems", "a file of prompts is its owner's"
