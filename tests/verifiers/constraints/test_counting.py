"""Words, sentences and the like."""

from __future__ import annotations

import re
import time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from menolab.verifiers.constraints.counting import bracketed, bullets, capital_words, highlights, occurrences, sentences, words

SENTENCES = {
    "": 0, "  \n": 0, "One": 1, "One.": 1, "One. Two": 2, "One! Two? Three.": 3, "Wait... What?": 2, "wait... what": 1, "Mr. Fox and Dr. Who. They ran.": 2,
    "We met at 5 p.m. on Monday.": 1, "It costs 3.50 dollars. Yes.": 2, "See e.g. Smith. Then go.": 2, "J. R. Tolkien wrote.": 1,
    "1. One thing\n2. Another\n": 1,
    "1. One thing.\n2. Another.\n": 2, "He said \"Go.\" Then he went.": 2, "(It works.) It does.": 2, "www.example.com is it.": 1, "A\n\nB": 1,
    "你好。再见！": 2,
    "It was 1990. Then came 1991.": 2, "It is I. You know.": 2, "etc. and so on": 1, "**Bold.** Then more.": 2, "यह है। वह है।": 2, "end of U.S. History": 1,
}  # fmt: skip


@pytest.mark.parametrize("text", SENTENCES)
def test_sentences(text: str) -> None:
    assert sentences(text) == SENTENCES[text]


def test_words_are_runs_of_letters_and_digits() -> None:
    assert [words(text) for text in ("", "one", "it's well-known", "a_b 3.5 naïve", "你好 吗")] == [0, 1, 4, 4, 2]


CAPITALS = {
    "I AM here": 2, "I'm U.S. made": 2, "IT'S": 2, "DON'T": 2, "O'NEIL": 1, "A-B C/D": 2, "NASA's (ESA)": 2, "3D 42": 1, "A,B,C 1,A": 4, "TIME:NOW 5:PM": 3,
        "A--B": 2,
    "$X$ = Y#Z": 3, "word Word": 0, "A+B": 1, '"A" “B”': 2, "**NASA**": 1, "": 0,
}  # fmt: skip


@pytest.mark.parametrize("text", CAPITALS)
def test_capital_words(text: str) -> None:
    assert capital_words(text) == CAPITALS[text]


def test_capital_words_are_those_of_the_treebank_tokenizer() -> None:
    tokenize = pytest.importorskip("nltk.tokenize", reason="nltk is not installed").word_tokenize
    for text in CAPITALS:
        assert sum(word.isupper() for word in tokenize(text, preserve_line=True)) == CAPITALS[text], text


def test_marks() -> None:
    assert occurrences("keep a keeper, KEEP", "keep") == 3 and occurrences("aaa", "aa") == 1
    assert [bracketed(text) for text in ("[a][b]", "[[a]]", "[a\n]", "] [", "[]")] == [2, 1, 0, 0, 1]
    assert [highlights(text) for text in ("*a*", "**a**", "***a***", "* *", "*a*b*", "*a\n*")] == [1, 1, 2, 0, 1, 0]
    assert [bullets(text) for text in ("* a\n - b", "**a**", "*", "--", "a - b")] == [2, 0, 0, 1, 0]


@given(st.lists(st.sampled_from(["*", "* ", "**", "-", " ", "\n", "\n", "a", "\t", "\r\n", "\u2028"]), max_size=12).map("".join))
@settings(max_examples=500, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck))
def test_bullets_are_those_of_ifevals_expressions(text: str) -> None:
    stars, hyphens = (re.findall(expression, text, re.MULTILINE) for expression in (r"^\s*\*[^\*].*$", r"^\s*-.*$"))
    assert bullets(text) == len(stars) + len(hyphens)


@pytest.mark.parametrize("piece", [".", "e.g. ", "1. ", "! ", "*", "**a*", "[", "[a", "I'", "A ", "\n", " ", "*\n", "<<", "'m ", "(\"", "a\n1. "])
def test_linear_in_the_length(piece: str) -> None:
    text = piece * (200_000 // len(piece)) + "x"
    for count in (words, sentences, capital_words, bracketed, highlights, bullets):
        start = time.process_time()
        assert count(text) >= 0
        assert time.process_time() - start < 1.5, count.__name__
