"""Markers on labelled sentences."""

from __future__ import annotations

import pytest

from menolab.studies.markers import MARKERS, REFLECTION, places, rate, words


@pytest.mark.parametrize(
    ("kind", "text", "count"),
    [
        ("hedging", "Perhaps it is 4, maybe 5; I think so.", 3),
        ("hedging", "Almighty seemings and likelyhood are no hedges.", 0),
        ("verification", "Let me double-check: check the sum, then VERIFY.", 3),
        ("verification", "The checkbox and the unverified rest.", 0),
        ("backtracking", "Wait, that's not right. Let me try again", 3),
        ("backtracking", "that’s wrong", 1),
        ("backtracking", "54-36=18\nno\n54+6=60", 1),
        ("backtracking", "nobody waits; now know", 0),
        ("discourse", "So, first add. Then, therefore, done.", 4),
        ("discourse", "also firsthand thence", 0),
    ],
)
def test_labelled_sentences(kind: str, text: str, count: int) -> None:
    assert len(places(MARKERS[kind], text)) == count


def test_longest_of_overlapping_phrases_counts_once() -> None:
    assert places(("check", "double check"), "a double check") == [2]
    assert places(("a+b",), "a+b aab") == [0], "phrases are text, not patterns"


def test_rates() -> None:
    assert words("It's 3 well-known words_and 4.") == 6
    assert rate(("wait",), "wait one two three") == 25.0
    assert rate(("wait",), "") == 0.0


def test_no_phrase_is_listed_twice() -> None:
    for phrases in (*MARKERS.values(), REFLECTION):
        assert len({phrase.lower() for phrase in phrases}) == len(phrases)
