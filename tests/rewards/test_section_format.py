"""Sections in order, each once."""

from __future__ import annotations

import pytest

from judged import texts
from menolab.errors import BadInput
from menolab.rewards.section_format import SectionFormat

WHOLE = "<observe>a cat</observe>\n<think>so</think> <answer>1</answer>\n"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (WHOLE, 1.0),
        (WHOLE.replace("<observe>a cat</observe>", ""), 0.0),
        ("<think>so</think><observe>a cat</observe><answer>1</answer>", 0.0),
        (WHOLE.replace("so", "<observe>x</observe>"), 0.0),  # a tag twice
        (WHOLE.replace("so", " \n"), 0.0),
        ("hm " + WHOLE, 0.0),
        (WHOLE + "done", 0.0),
        (WHOLE.replace("\n<think>", " and <think>"), 0.0),
        (WHOLE.replace("</answer>", ""), 0.0),
        ("</observe><observe><think>so</think><answer>1</answer>", 0.0),
        ("<observe>a<think>b</observe>c</think><answer>1</answer>", 0.0),  # crossed
        ("", 0.0),
    ],
)
def test_form(text: str, expected: float) -> None:
    assert SectionFormat()(texts(text), 0.0) == [expected]


def test_sections_are_named() -> None:
    assert SectionFormat(("think", "model", "python"))(texts("<think>a</think><model>b</model><python>c</python>"), 0.0) == [1.0]
    for bad in ((), ("a", "a"), ("<think>",)):
        with pytest.raises(BadInput, match="names of tags"):
            SectionFormat(bad)
