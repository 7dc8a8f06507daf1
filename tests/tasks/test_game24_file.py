from __future__ import annotations

from pathlib import Path

import pytest

from menolab.errors import BadInput
from menolab.tasks.countdown import countdown_problem
from menolab.tasks.game24_file import Game24File


def test_the_published_file(shared_data: Path) -> None:
    path = str(shared_data / "game24" / "24.csv")
    task = Game24File(path, first=1, last=1362)
    problems = task.listed()
    assert len(problems) == 1362
    assert all(task.verify(p, f"<answer>{p.answer}</answer>").right for p in problems)
    assert problems[0].id == countdown_problem((6, 4, 1, 1), 24).id and problems[0].task == "countdown"
    usual = Game24File(path).listed()
    assert len(usual) == 100 and usual == problems[900:1000]
    assert problems[0].difficulty == 1.0 and task.name == "game24"


def test_bad_rows(tmp_path: Path) -> None:
    path = tmp_path / "24.csv"
    path.write_text("Rank,Puzzles\n1,1 1 4\n")
    with pytest.raises(BadInput, match="row 1"):
        Game24File(str(path), first=1).listed()
    path.write_text("Rank,Puzzles\n1,1 1 4 6\n")
    with pytest.raises(BadInput, match="first=901"):
        Game24File(str(path)).listed()
    with pytest.raises(BadInput, match="last"):
        Game24File(str(path), first=5, last=4)
