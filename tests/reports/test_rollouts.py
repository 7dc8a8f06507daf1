from __future__ import annotations

import dataclasses

from fakes import FakeEngine, Sums, sums
from menolab.engines.decoding import Decoding
from menolab.evaluation.compare import compare
from menolab.evaluation.evaluate import evaluate
from menolab.keys import Key
from menolab.reports.rollouts import LONGEST, cut, pairs


def kinds(text: str, extracted: str | None) -> list[tuple[str, str]]:
    return [(piece.kind, piece.text) for piece in cut(text, extracted)]


def test_thinking_and_answer_are_told_apart():
    assert kinds("<think>is it 7?</think>it is <answer>7</answer>", "7") == [
        ("thinking", "<think>is it 7?</think>"), ("text", "it is <answer>"), ("answer", "7"), ("text", "</answer>"),
    ]  # fmt: skip


def test_the_last_place_of_the_answer_counts():
    assert kinds("7 or 8, so 7", "7") == [("text", "7 or 8, so "), ("answer", "7")]


def test_thinking_without_end_is_all_thinking():
    assert kinds("<think>7, or perhaps", None) == [("thinking", "<think>7, or perhaps")]


def test_a_lone_end_tag_ends_thinking_that_the_prompt_began():
    assert kinds("hm</think>7", "7") == [("thinking", "hm</think>"), ("answer", "7")]


def test_an_answer_that_is_not_in_the_text_marks_nothing():
    assert kinds("one half", "1/2") == [("text", "one half")]
    assert kinds("nothing", "") == [("text", "nothing")]
    assert kinds("", None) == []


def test_no_text_is_lost():
    text = "a</think>b 7 c 7 d"
    assert "".join(piece.text for piece in cut(text, "7")) == text


def test_a_very_long_response_is_shortened_and_says_so():
    shown = cut("<think>" + "x" * 100_000 + "</think>7", "7")
    assert len(shown[0].text) < LONGEST + 100 and "characters ..." in shown[0].text


def test_pairs_show_gain_loss_and_no_change():
    before, after = (evaluate(FakeEngine(skill), Sums(), sums(40), Decoding(), 4, Key.root(i)) for i, skill in enumerate((0.3, 0.6)))
    forgotten = next(row.problem for row in before.rows if row.label == "right")
    flipped = [dataclasses.replace(row, label="wrong") if row.problem == forgotten else row for row in after.rows]
    after = dataclasses.replace(after, rows=tuple(flipped))
    chosen = pairs(before, after, compare(before, after))
    assert [p.kind for p in chosen][:2] == ["gained", "gained"] and chosen[-1].kind == "no change"
    for pair in chosen:
        assert pair.before.row.problem == pair.after.row.problem
        for side in (pair.before, pair.after):
            assert (side.row.label == "right") == (2 * side.rights >= side.samples)
    assert chosen[-1].before.rights == chosen[-1].after.rights
