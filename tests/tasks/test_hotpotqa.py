from __future__ import annotations

import json
from pathlib import Path

import pytest

from menolab.errors import BadInput
from menolab.tasks.hotpotqa import HotpotQA
from menolab.tasks.layouts import layout
from menolab.verifiers.supported_answer import SupportedAnswer
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


def test_supporting_facts_are_asked_for_and_judged(shared_data: Path) -> None:
    path = str(shared_data / "hotpotqa" / "hotpotqa_train_100.json")
    task = HotpotQA(path, SupportedAnswer())
    for plain, problem in zip(HotpotQA(path).listed(), task.listed(), strict=True):
        facts = problem.facts["supporting_facts"]
        assert plain.id == problem.id and plain.facts == problem.facts and facts
        said = json.dumps({"answer": problem.answer, "supporting_facts": facts})
        assert task.verify(problem, f"<answer>{said}</answer>").right
        half = json.dumps({"answer": problem.answer, "supporting_facts": facts[:1]})
        assert len(facts) == 1 or 0 < task.verify(problem, f"<answer>{half}</answer>").score < 1
        assert all(f"{title.strip()}\n[0] " in problem.prompt for title, _ in facts if problem.facts["passages"] == 10)


@pytest.mark.parametrize(("row", "said"), [({}, "supporting_facts"), ({"supporting_facts": [["A", 0]]}, "context"), ({"supporting_facts": [["A"]]}, "facts")])
def test_rows_without_what_is_judged_are_refused(tmp_path: Path, row: dict, said: str) -> None:
    path = tmp_path / "hotpot.json"
    path.write_text(json.dumps([{"question": "q", "answer": "a", **row}]))
    with pytest.raises(BadInput, match=said):
        HotpotQA(str(path), SupportedAnswer()).listed()
