from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from menolab.tasks.mathematics import BOXED
from menolab.tasks.olymmath import CHINESE, OlymMATH


def gold(task: OlymMATH, answer: str):
    return next(p for p in task.listed() if p.answer == answer)


@pytest.mark.parametrize(
    ("file", "answer", "same", "other"),
    [
        ("EN-EASY", "\\left[ -\\frac{1}{8}, \\frac{1}{8} \\right]", "[-0.125, 1/8]", "(-0.125, 1/8]"),
        ("EN-HARD", "\\left[2, \\frac{4}{3}\\sqrt{3}\\right)", "[2, \\frac{4}{\\sqrt{3}})", "[2, \\frac{4}{\\sqrt{3}}]"),
        ("EN-HARD", "(-1, 1)", "(-1,1)", "[-1,1]"),
        ("EN-EASY", "\\frac{18}{5}", "3.6", "3.5"),
        ("EN-EASY", "4\\sqrt{15}-14", "-14+\\sqrt{240}", "4\\sqrt{15}+14"),
        ("EN-HARD", "2^{2023}", "2\\cdot 2^{2022}", "2^{2022}"),
        ("EN-EASY", "\\pi -\\arccos \\frac{1}{8}", "\\arccos(-\\frac18)", "\\arccos\\frac18"),
    ],
)
def test_equal_forms_and_near_misses(shared_data: Path, file: str, answer: str, same: str, other: str) -> None:
    task = OlymMATH(str(shared_data / f"olymmath/OlymMATH-{file}.jsonl"))
    problem = gold(task, answer)
    assert task.verify(problem, f"\\boxed{{{same}}}").right and task.verify(problem, f"\\boxed{{{other}}}").label == "wrong"


def test_halves_subjects_and_languages(shared_data: Path) -> None:
    hard, chinese = (OlymMATH(str(shared_data / f"olymmath/OlymMATH-{name}.jsonl")) for name in ("EN-HARD", "ZH-EASY"))
    assert Counter(p.facts["subject"] for p in hard.listed()) == {"Algebra": 25, "Geometry": 25, "Combinatorics": 25, "Number Theory": 25}
    assert {(p.facts["half"], p.difficulty) for p in hard.listed()} == {("hard", 2.0)} and {p.difficulty for p in chinese.listed()} == {1.0}
    assert hard.listed()[0].prompt.endswith(BOXED) and chinese.listed()[0].prompt.endswith(CHINESE)
    assert OlymMATH(chinese.path, instruction="").listed()[0].prompt.endswith(".")
