"""Outcome times mode."""

from __future__ import annotations

import pytest

from judged import judged
from menolab.rewards.by_mode import ByMode, thinks


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("<think>3+4=7</think><answer>7</answer>", True),
        ("<think>\n...\n3+4=7</think><answer>7</answer>", True),
        ("<think>3+4", True),
        ("<think>\n...\n</think><answer>7</answer>", False),
        ("<think>\n…\n</think><answer>7</answer>", False),
        ("<think></think><answer>7</answer>", False),
        ("<answer>7</answer>", False),
        ("3+4=7</think><answer>7</answer>", True),  # the opening tag stood in the prompt
        ("<think></think><think>3+4=7</think><answer>7</answer>", True),  # the verifier answers behind the last tag
        ("<think></think>3+4=7</think><answer>7</answer>", True),
        ("<think></think><answer>7</answer><think>3+4", True),
        ("", False),
    ],
)
def test_who_thinks(text: str, expected: bool) -> None:
    assert thinks(text) is expected


THINK, SHORT = "<think>3+4=7</think>", "<think>\n...\n</think>"
GROUP = judged((THINK, "right", 3), (THINK, "wrong", 3), (SHORT, "right", 3), (SHORT, "wrong", 3), (SHORT, "undecided", 3))


def test_the_table_of_autothink_and_that_of_thinkless() -> None:
    assert ByMode()(GROUP, 0.0) == [1.0, 0.0, 2.0, -1.0, None]
    assert ByMode(0.5, -1.0, 1.0, -1.0)(GROUP, 0.0) == [0.5, -1.0, 1.0, -1.0, None]
