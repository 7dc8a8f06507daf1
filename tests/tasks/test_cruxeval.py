from __future__ import annotations

from pathlib import Path

import pytest

from menolab.errors import BadInput
from menolab.tasks.cruxeval import CRUXEval

PATH = str(Path(__file__).parent / "samples" / "CRUXEval.jsonl")


@pytest.mark.parametrize(
    ("answer", "label"),
    [
        ("['a', 1]", "right"), ('["a",1]', "right"), ("assert f('a') == ['a', 1]", "right"), ("f('a') == ['a', 1]", "right"), ("`['a', 1]`", "right"),
        ("['a', 2]", "wrong"), ("('a', 1)", "wrong"), ("f('a')", "wrong"), ("nonsense (", "wrong"), ("['a', True]", "wrong"),
    ],
)  # fmt: skip
def test_predicted_outputs(answer: str, label: str) -> None:
    task = CRUXEval(PATH)
    assert task.verify(task.listed()[0], f"<answer>{answer}</answer>").label == label


@pytest.mark.parametrize(
    ("answer", "label"),
    [
        ("'a'", "right"), ("assert f('a') == ['a', 1]", "right"), ("x='a'", "right"), ("'A'.lower()", "right"), ("'b'", "wrong"), ("", "wrong"),
        ("'b') or ['a', 1", "wrong"), ("0) if 0 else (['a', 1]", "wrong"), ("*'a'", "right"),
    ],
)  # fmt: skip
def test_predicted_inputs_are_run(answer: str, label: str) -> None:
    task = CRUXEval(PATH, predict="input")
    assert task.verify(task.listed()[0], f"<answer>{answer}</answer>").label == label


def test_names_and_fields() -> None:
    assert CRUXEval(PATH).name == "cruxeval-output" and CRUXEval(PATH, predict="input").name == "cruxeval-input"
    with pytest.raises(BadInput, match="predict"):
        CRUXEval(PATH, predict="both")
