"""Passages before the question, in both published forms."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from menolab.tasks.hotpotqa import HotpotQA
from published_cases import refused

CONTEXT = [["Oster Tower", ["It stands in Oster.", " It has nine floors."]], ["Oster", ["Its mayor is Ada."]]]
ROW = {"_id": "h1", "type": "bridge", "level": "hard", "question": "Who is the mayor?", "answer": "Ada", "context": CONTEXT, "supporting_facts": []}


def made(tmp_path: Path, row: dict) -> HotpotQA:
    path = tmp_path / "a.json"
    path.write_text(json.dumps([row]))
    return HotpotQA(str(path))


def test_passages_stand_before_the_question(tmp_path: Path) -> None:
    task = made(tmp_path, ROW)
    (problem,) = task.listed()
    assert problem.prompt.startswith("Oster Tower: It stands in Oster. It has nine floors.\n\nOster: Its mayor is Ada.\n\nWho is the mayor?\nThink in")
    assert problem.difficulty == 3.0 and problem.facts == {"kind": "text", "type": "bridge", "level": "hard", "published_id": "h1", "passages": 2}
    assert task.verify(problem, "<answer>ada.</answer>").right and task.verify(problem, "<answer>Ada Finch</answer>").label == "wrong"
    hub = {"title": [title for title, _ in CONTEXT], "sentences": [sentences for _, sentences in CONTEXT]}
    assert made(tmp_path, {**ROW, "context": hub}).listed() == (problem,)
    (closed,) = made(tmp_path, {"question": "Who is the mayor?", "answer": "Ada"}).listed()
    assert closed.id == problem.id and closed.prompt.startswith("Who is the mayor?\n"), "one question is one problem"


@pytest.mark.parametrize(
    ("changed", "said"),
    [({"question": 3}, "question"), ({"answer": ""}, "answer"), ({"context": []}, "context.*passages"), ({"context": None}, "context"),
     ({"context": [["Oster"]]}, "context"), ({"context": [["Oster", "text"]]}, "context"), ({"context": [["Oster", [3]]]}, "context"),
     ({"context": {"title": ["a"]}}, "context"), ({"context": {"title": ["a", "b"], "sentences": [["x"]]}}, "context"),
     ({"context": {"title": 3, "sentences": [["x"]]}}, "context")],
)  # fmt: skip
def test_bad_rows(tmp_path: Path, changed: dict, said: str) -> None:
    refused(HotpotQA, tmp_path, ROW, ROW | changed, said)
