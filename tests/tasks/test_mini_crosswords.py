from __future__ import annotations

from pathlib import Path

import pytest

from menolab.tasks.mini_crosswords import MiniCrosswords
from published_cases import as_published, refused

ROW = [[f"clue {i}" for i in range(10)], list("ABCDEFGHIJKLMNOPQRSTUVWXY")]


def test_the_published_file(shared_data: Path) -> None:
    problems = as_published(MiniCrosswords, shared_data / "mini_crosswords" / "mini0505.json", 156)
    assert problems[0].answer == "AGEND\nMOTOR\nARTSY\nSALLE\nSLEER"


@pytest.mark.parametrize(
    ("changed", "said"),
    [([ROW[0][:9], ROW[1]], "clues"), ([ROW[0], ROW[1][:24]], "letters"), ([ROW[0], [*ROW[1][:24], "y"]], "letters.*capital"), ([ROW[0]], "clues"),
     (["x", "y"], "clues")],
)
def test_bad_rows(tmp_path: Path, changed: list, said: str) -> None:
    refused(MiniCrosswords, tmp_path, ROW, changed, said)
