"""Fenced blocks."""

from __future__ import annotations

import time

from menolab.verifiers.code import extract_code
from menolab.verifiers.fences import fenced


def test_blocks_in_order() -> None:
    assert fenced("a\n```python\nx\n\ny\n```\nb\n  ``` json x\n1\n ``` \n```\n```") == ["x\n\ny\n", "1\n", ""]
    assert fenced("```python\nx") == fenced("a ```x```") == fenced("") == []
    assert fenced("```\n```json\n```") == ["```json\n"], "a fence that opens is text inside another"


def test_fences_behind_words_and_before_what_ends_a_turn() -> None:
    assert fenced("Solution: ```python\nx\n```\ndone") == ["x\n"] and fenced("- ```\nx\n```<|im_end|>") == ["x\n"]
    assert fenced("```x``` and ```y```\n```\nz\n```") == ["z\n"], "closed on its line, a fence opens nothing"


def test_blocks_of_a_language() -> None:
    text = "```Python\nx\n```\n``` py\ny\n```\n```\nz\n```"
    assert fenced(text, ("python", "py")) == ["x\n", "y\n"] and fenced(text, ("perl",)) == []


def test_linear_in_the_length() -> None:
    for text in ("```json\n" * 200_000, "```\n" * 200_001, "`" * 1_000_000, "x ```" * 200_001, "a```b\n" * 200_000):
        start = time.process_time()
        fenced(text)
        extract_code(text)
        assert time.process_time() - start < 2.0
