"""Fenced blocks."""

from __future__ import annotations

import time

from menolab.verifiers.code import extract_code
from menolab.verifiers.fences import fenced


def test_blocks_in_order() -> None:
    assert fenced("a\n```python\nx\n\ny\n```\nb\n  ``` json x\n1\n ``` \n```\n```") == ["x\n\ny\n", "1\n", ""]
    assert fenced("```python\nx") == fenced("a ```x```") == fenced("") == []
    assert fenced("```\n```json\n```") == ["```json\n"], "a fence that opens is text inside another"


def test_linear_in_the_length() -> None:
    for text in ("```json\n" * 200_000, "```\n" * 200_001, "`" * 1_000_000):
        start = time.process_time()
        fenced(text)
        extract_code(text)
        assert time.process_time() - start < 2.0
