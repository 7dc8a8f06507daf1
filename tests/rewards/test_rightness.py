"""Right, wrong or not known."""

from __future__ import annotations

from dataclasses import replace

from judged import judged
from menolab.rewards.rightness import decided


def test_undecided_and_unjudged_are_neither_right_nor_wrong() -> None:
    group = judged(("", "right", 1), ("", "wrong", 1), ("", "undecided", 1))
    assert [decided(r) for r in group.rollouts] == [True, False, None] and decided(replace(group.rollouts[0], verdict=None)) is None
