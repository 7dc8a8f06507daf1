from __future__ import annotations

import pytest

from menolab.records import Problem
from menolab.verifiers.answer import Unreadable
from menolab.verifiers.state_sequence import StateSequence, prefix_match, read_states, write_states

GOLD = ["a", "ab", "abc", "abcd"]
PROBLEM = Problem("p", "t", "?", write_states(GOLD))


def said(states: list) -> str:
    return f"<answer>{write_states(states)}</answer>"


def test_prefix_accuracy_is_1_for_the_gold_and_k_of_n_at_an_error_in_step_k_plus_1() -> None:
    assert StateSequence()(PROBLEM, said(GOLD)).right
    for k in range(4):
        verdict = StateSequence()(PROBLEM, said([*GOLD[:k], "x", *GOLD[k + 1 :]]))
        assert verdict.label == "wrong" and verdict.score == k / 4 and ("final state is right" in verdict.reason) == (k < 3)
    assert StateSequence(partial=False)(PROBLEM, said([*GOLD[:3], "x"])).score == 0.0


def test_the_longer_sequence_counts() -> None:
    assert StateSequence()(PROBLEM, said([*GOLD, "abcde"])).score == 4 / 5 and not StateSequence()(PROBLEM, said([*GOLD, "abcde"])).right
    assert StateSequence()(PROBLEM, said(GOLD[:2])).score == 2 / 4
    assert prefix_match([5, "a"], ["5", "a", "b"]) == 2 and prefix_match([], ["x"]) == 0


@pytest.mark.parametrize("text", ["", "a, b", "[1]", '{"intermediate": 3, "final": 1}', '{"intermediate": []}', '{"intermediate": [], "final": 1',
    "[" * 100_000])
def test_anything_else_is_unreadable(text: str) -> None:
    with pytest.raises(Unreadable):
        read_states(text)
    assert StateSequence()(PROBLEM, f"<answer>{text}</answer>").label == "wrong"


def test_fences_and_bad_golds() -> None:
    assert read_states('```json\n{"intermediate": ["a"], "final": 7}\n```') == ["a", 7]
    assert StateSequence()(Problem("p", "t", "?", "7"), said(GOLD)).label == "undecided"
