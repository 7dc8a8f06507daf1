"""A quarter a tag."""

from __future__ import annotations

import pytest

from menolab.records import Group, Problem
from menolab.rewards.tag_count import TagCount
from reward_cases import rollout


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("<think>a</think><answer>1</answer>", 1.0),
        ("</answer><answer></think><think>", 1.0),
        ("<think>a</think><answer>1", 0.75),
        ("<think><think>a</think>1", 0.25),
        ("", 0.0),
        ("think answer", 0.0),
    ],
)
def test_each_tag_counts_once(text: str, expected: float) -> None:
    assert TagCount()(Group(Problem("p", "t", "?", "1"), (rollout("right", 3, text=text),)), 0.0) == [expected]
