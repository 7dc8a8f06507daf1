from __future__ import annotations

import re
from pathlib import Path

from menolab.tasks.last_letters import LastLetters
from published_cases import as_published, refused

ROW = {"question": 'Take the last letters of each words in "Ann Bob" and concatenate them.', "answer": "nb"}


def test_the_published_file_and_its_defect(shared_data: Path) -> None:
    problems = as_published(LastLetters, shared_data / "symbolic_small" / "last_letters.json", 500)
    spelt = {p.id: "".join(word[-1] for word in re.findall(r'"(.*)"', p.prompt)[0].split()) for p in problems}
    assert sum(spelt[p.id] != p.answer for p in problems) == 15
    assert all((p.facts["words"] == 4) == (spelt[p.id] == p.answer) for p in problems)
    assert not LastLetters(path="x").verify(problems[0], f"<answer>{problems[0].answer[:-1]}</answer>").right


def test_bad_rows(tmp_path: Path) -> None:
    refused(LastLetters, tmp_path, ROW, ROW | {"answer": "n b"}, "answer.*letters")
    refused(LastLetters, tmp_path, ROW, ROW | {"question": "Take the last letters of each words in Ann"}, "question.*quotes")
