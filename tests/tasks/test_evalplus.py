from __future__ import annotations

from pathlib import Path

from menolab.tasks.evalplus import HumanEvalPlus, MBPPPlus

SAMPLES = Path(__file__).parent / "samples"


def test_inputs_beyond_the_shown_ones_decide() -> None:
    task = MBPPPlus(str(SAMPLES / "MBPPPlus.jsonl"))
    problem = task.listed()[0]
    for body, label in (("t + (1,)", "right"), ("(t[0], 1)", "wrong"), ("list(t) + [1]", "wrong"), ("t + (1,) if len(t) < 2 else 0", "wrong")):
        assert task.verify(problem, f"```python\ndef h1(t):\n    return {body}\n```").label == label, body


def test_extra_inputs_beside_the_pre_release(shared_data: Path) -> None:
    task = HumanEvalPlus(str(shared_data / "evalplus/HumanEvalPlus_prerelease.jsonl"))
    problems = {p.facts["task_id"]: p for p in task.listed()}
    assert len(problems) == 164
    for name in ("HumanEval/44", "HumanEval/67", "HumanEval/137"):  # the contract bounds the inputs, and names what the reference goes on with
        assert task.verify(problems[name], f"```python\n{problems[name].answer}\n```").right, name
    first = problems["HumanEval/0"]
    assert len(first.facts["tests"][0]) > 500
    assert task.verify(first, f"```python\n{first.answer}\n```").right
    wrong = first.answer.replace("< threshold", "<= threshold")
    assert wrong != first.answer and task.verify(first, f"```python\n{wrong}\n```").label == "wrong"
