from __future__ import annotations

from pathlib import Path

from menolab.tasks.minerva import Minerva


def test_measurements_to_a_hundredth(shared_data: Path) -> None:
    task = Minerva(str(shared_data / "minerva_math/test.jsonl"))
    problem = task.listed()[0]
    assert problem.answer == "1.6"
    assert [task.verify(problem, f"\\boxed{{{x}}}").label for x in ("1.59", "1.6\\text{ cm}", "1.5")] == ["right", "right", "wrong"]


def test_the_gold_in_a_programs_notation_can_be_read(shared_data: Path) -> None:
    task = Minerva(str(shared_data / "minerva_math/test.jsonl"))
    (problem,) = [p for p in task.listed() if p.answer == "\\arcsin(10/13)"]
    assert task.verify(problem, "\\boxed{\\arcsin(\\frac{1}{1.3})}").right


def test_two_copies_have_the_same_golds(shared_data: Path) -> None:
    one, other = ({p.id: p.answer for p in Minerva(str(shared_data / f)).listed()} for f in ("minerva_math/test.jsonl", "deepscaler_rllm/test_minerva.json"))
    assert one == other
