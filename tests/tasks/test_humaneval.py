from __future__ import annotations

from pathlib import Path

from menolab.tasks.humaneval import HumanEval

SAMPLE = str(Path(__file__).parent / "samples" / "HumanEval.jsonl")


def test_a_body_and_a_whole_function_are_both_answers() -> None:
    task = HumanEval(SAMPLE)
    problem = task.listed()[0]
    for text, label in (("    return x + 1", "right"), ("def f1(x):\n    return 1 + x", "right"), ("    return x", "wrong")):
        assert task.verify(problem, f"```python\n{text}\n```").label == label


def test_a_signature_without_a_docstring_wants_the_whole_function(shared_data: Path) -> None:
    task = HumanEval(str(shared_data / "humaneval/example_problem.jsonl"))
    (problem,) = task.listed()
    assert problem.facts["prefix"] == "" and task.verify(problem, f"```python\n{problem.answer}\n```").right
