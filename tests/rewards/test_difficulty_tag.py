"""AdaCtrl's calibration: the tag and the group's success rate."""

from __future__ import annotations

from judged import judged
from menolab.rewards.difficulty_tag import EASY, HARD, DifficultyTag, tag


def test_tags_stand_first() -> None:
    assert [tag(t) for t in ("[Easy]<think>", "[hard] x", "<think>[Easy]", "[Easy", "", " [Hard]")] == [EASY, HARD, None, None, None, None]


def test_the_tag_agrees_with_the_success_rate() -> None:
    easy = judged(("[Easy]", "right", 1), ("[Hard]", "right", 1), ("", "wrong", 1))  # two of three: more than 0.625
    assert DifficultyTag()(easy, 0.0) == [1.0, 0.0, -1.0]
    hard = judged(("[Easy]", "right", 1), ("[Hard]", "wrong", 1), ("none", "undecided", 1))
    assert DifficultyTag()(hard, 0.0) == [0.0, 1.0, -1.0]
    exactly = judged(*(("[Hard]", "right", 1),) * 5, *(("[Easy]", "wrong", 1),) * 3)
    assert DifficultyTag(0.625)(exactly, 0.0) == [1.0] * 5 + [0.0] * 3, "at the threshold it is hard"
    assert DifficultyTag()(judged(("[Easy]", "undecided", 1)), 0.0) == [None]
