"""ToolRL: 4 for the gold calls in form, the least for wrong tools."""

from __future__ import annotations

from judged import texts
from menolab.methods.toolrl import toolrl

GOLD = '{"name": "find", "parameters": {"city": "Rome"}}\n{"name": "book", "parameters": {}}'


def _totals(*responses: str, section: str = "answer") -> list[float]:
    method = toolrl(section=section)
    columns = [term(texts(*responses, answer=GOLD), 0.0) for term in method.rewards]
    return [sum(x or 0.0 for x in row) for row in zip(*columns, strict=True)]


def test_totals() -> None:
    first, second = GOLD.split("\n")
    gold, swapped, bare, wrong, none = _totals(
        f"<think>a</think><answer>{GOLD}</answer>",
        f"<think>a</think><answer>{second}\n{first}</answer>",
        f"<answer>{GOLD}</answer>",
        '<think>a</think><answer>{"name": "sing", "parameters": {"city": "Rome"}}</answer>',
        "",
    )
    assert gold == swapped == 4.0 and bare == 3.0 and wrong == -2.0 and none == -3.0
    assert _totals(f"<think>a</think>\n<tool_call>\n{GOLD}\n</tool_call>", section="tool_call") == [4.0]
