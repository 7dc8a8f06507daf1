from __future__ import annotations

from pathlib import Path

from menolab.tasks.layouts import layout
from menolab.tasks.two_wiki import TwoWiki
from published_cases import as_published


def test_the_published_file(shared_data: Path) -> None:
    problems = as_published(TwoWiki, shared_data / "multihop_qa" / "2wiki_500.jsonl", 500)
    assert {p.facts["passages"] for p in problems} == {0} and problems[0].facts["published_id"] == "1"


def test_columns_or_the_name_tell() -> None:
    row = {"question": "q", "answer": "a"}
    assert layout(row, "2wiki_dev.jsonl") == "2wikimultihopqa"
    assert layout({**row, "context": [], "supporting_facts": [], "evidences": []}, "dev.json") == "2wikimultihopqa"
    assert layout({**row, "prompt": "p"}, "2wiki.jsonl") == "problems", "a file of prompts is its owner's"
