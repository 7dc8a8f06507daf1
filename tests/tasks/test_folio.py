from __future__ import annotations

from pathlib import Path

import pytest

from menolab.tasks.folio import FOLIO
from published_cases import as_published, refused

ROW = {"premises": ["All men are mortal.", "Socrates is a man."], "premises-FOL": ["a", "b"], "conclusion": "Socrates is mortal.", "label": "True"}


@pytest.mark.parametrize(("name", "rows", "distinct"), [("folio-train.jsonl", 1004, 1003), ("folio-validation.jsonl", 204, 204)])
def test_the_published_files(shared_data: Path, name: str, rows: int, distinct: int) -> None:
    problems = as_published(FOLIO, shared_data / "folio" / name, rows, distinct)
    assert all("\n\n\n" not in p.prompt and "Premises:\n\n" not in p.prompt for p in problems), "empty premises are dropped"
    task = FOLIO(path="x")
    unknown = next(p for p in problems if p.answer == "C")
    assert task.verify(unknown, "<answer>Uncertain</answer>").right


@pytest.mark.parametrize(
    ("changed", "said"),
    [({"label": "Maybe"}, "label.*True, False"), ({"premises": []}, "premises"), ({"premises": ["", " "]}, "premises"), ({"premises": ["a", 3]}, "premises"),
     ({"premises": "a"}, "premises"), ({"conclusion": ""}, "conclusion")],
)  # fmt: skip
def test_bad_rows(tmp_path: Path, changed: dict, said: str) -> None:
    refused(FOLIO, tmp_path, ROW, ROW | changed, said)
