"""How a response's text is divided among its tokens."""

from __future__ import annotations

import random
from collections.abc import Sequence

from menolab.engines.widths import widths


def by_bytes(tokens: Sequence[int]) -> str:
    """A byte-level tokenizer; 256 is an end token that is not written."""
    return bytes(t for t in tokens if t < 256).decode("utf-8", "replace")


def by_words(tokens: Sequence[int]) -> str:
    """A tokenizer of words that writes no blank where a text begins, as SentencePiece ones do."""
    return " ".join(f"w{t}" for t in tokens)


def divided(tokens: Sequence[int], decode=by_bytes) -> tuple[int, ...] | None:
    return widths(tokens, decode(tokens), decode, lambda token: decode([token]))


def test_one_character_a_token_and_an_end_token():
    assert divided([*b"abc", 256]) == (1, 1, 1, 0)
    assert divided([]) == () and divided([256]) == (0,)


def test_a_letter_of_several_bytes_belongs_to_its_last_token():
    assert divided([*"aé🎲b".encode()]) == (1, 0, 1, 0, 0, 0, 1, 1)


def test_a_response_that_ends_within_a_letter():
    found = divided([*"ab🎲".encode()[:4]])
    assert found is not None and found[:2] == (1, 1) and sum(found) == len(by_bytes("ab🎲".encode()[:4]))


def test_a_tokenizer_that_writes_beginnings_otherwise():
    assert divided([1, 22, 3], by_words) == (2, 4, 3)


def test_widths_add_up_to_any_text():
    rng = random.Random(0)
    for _ in range(200):
        text = "".join(rng.choice("ab é🎲\n語") for _ in range(rng.randint(0, 12)))
        cut = rng.randint(0, len(text.encode()))
        found = divided([*text.encode()[:cut]])
        assert found is not None and sum(found) == len(by_bytes(text.encode()[:cut]))


def test_a_text_that_is_not_the_tokens_has_none():
    assert widths([97, 98], "other", by_bytes, lambda token: by_bytes([token])) is None
    assert widths([], "other", by_bytes, lambda token: by_bytes([token])) is None
