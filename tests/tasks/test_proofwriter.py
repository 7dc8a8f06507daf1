from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from menolab.tasks.proofwriter import ProofWriter
from published_cases import as_published, refused

ROW = {"id": "ProofWriter_1", "context": "Bob is big.", "question": "Is it true? Bob is big.", "options": ["A) True", "B) False", "C) Unknown"], "answer": "A"}


def test_the_published_file(shared_data: Path) -> None:
    problems = as_published(ProofWriter, shared_data / "proofwriter" / "test.json", 600)
    assert Counter(p.answer for p in problems) == {"A": 200, "B": 200, "C": 200}


@pytest.mark.parametrize(
    ("changed", "said"),
    [({"answer": "D"}, "answer.*A, B, C"), ({"answer": None}, "answer.*text"), ({"context": ""}, "context.*not empty"),
     ({"options": ["True", "False"]}, "options.*lettered"),
     ({"options": ["B) True", "A) False"]}, "options.*in order"), ({"options": []}, "options"), ({"id": 3}, "id.*text")],
)  # fmt: skip
def test_bad_rows(tmp_path: Path, changed: dict, said: str) -> None:
    refused(ProofWriter, tmp_path, ROW, ROW | changed, said)
