from __future__ import annotations

from pathlib import Path

from menolab.keys import Key
from menolab.tasks.prontoqa import ProntoQA
from published_cases import as_published, refused

ROW = {
    "id": "ProntoQA_1", "context": "Max is a yumpus. Yumpuses are shy.", "question": "Is it true? Max is shy.", "options": ["A) True", "B) False"],
    "answer": "A",
    "explanation": ["Max is a yumpus.", "Yumpuses are shy.", "Max is shy."],
}  # fmt: skip


def test_the_published_file_and_its_proofs(shared_data: Path) -> None:
    path = shared_data / "prontoqa" / "dev.json"
    task, problems = ProntoQA(path=str(path)), as_published(ProntoQA, path, 500)
    for problem in problems:
        text = task.demonstrate(problem, Key.root(0)).text
        assert task.verify(problem, text).right and problem.facts["proof"][-1] in text
        statement = problem.prompt.split("true or false? ")[1].split("\n")[0]
        assert problem.answer == ("A" if statement == problem.facts["proof"][-1] else "B"), "the proof's last line is the statement or its negation"


def test_bad_rows(tmp_path: Path) -> None:
    refused(ProntoQA, tmp_path, ROW, ROW | {"explanation": "none"}, "explanation.*list of texts")
    refused(ProntoQA, tmp_path, ROW, {k: v for k, v in ROW.items() if k != "explanation"}, "explanation.*lacks")
