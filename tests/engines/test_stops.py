"""The table that picks candidate rows misses none."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from menolab.engines.stops import StopStrings
from menolab.keys import Key
from menolab.models.fresh import Fresh

POLICY = Fresh(width=16, layers=1, heads=2, kv_heads=1, head_width=8, mlp=16, context=64)(Key.root(0))
VOCABULARY = [POLICY.decode([i]) for i in range(len(POLICY.tokenizer))]


@settings(max_examples=200, deadline=None)
@given(text=st.text(alphabet="ab 。é\n🙂>", max_size=30), stop=st.text(alphabet="ab 。é\n🙂>", min_size=1, max_size=4))
def test_the_first_token_after_which_the_text_holds_the_string(text, stop):
    tokens = POLICY.tokenizer(text, add_special_tokens=False)["input_ids"]
    expected = next((n for n in range(1, len(tokens) + 1) if stop in POLICY.decode(tokens[:n])), None)
    stops = StopStrings((stop,), POLICY.decode, VOCABULARY)
    found = next((n for n in range(1, len(tokens) + 1) if stops.hits(np.array([tokens[n - 1]]), lambda b, n=n: tokens[:n][-stops.reach :])[0]), None)
    assert found == expected


def test_only_candidate_rows_are_decoded():
    decoded: list[int] = []

    def tail(b: int) -> list[int]:
        decoded.append(b)
        return [7 + ord("x"), 7 + ord(">")]

    stops = StopStrings(("x>", "y"), POLICY.decode, VOCABULARY)
    last = np.array([7 + ord("a"), 7 + ord(">"), 7 + ord("b")])
    assert stops.hits(last, tail).tolist() == [False, True, False]
    assert decoded == [1]


def test_a_space_that_a_lone_token_does_not_show():
    # SentencePiece decoders strip the space of a token at the start of a text, so the table sees "b" where the text gains " b" or "b ".
    texts = {0: "a", 1: " "}
    stops = StopStrings(("a ",), lambda tokens: "".join(texts[t] for t in tokens), vocabulary=["a", ""])
    assert stops.hits(np.array([1]), lambda b: [0, 1]).tolist() == [True]
