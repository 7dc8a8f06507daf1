from __future__ import annotations

import pytest

from menolab.verifiers.math.lexer import END, tokens
from menolab.verifiers.math.parser import Parser
from menolab.verifiers.math.terms import MAX_DEPTH, Unreadable


def test_reading_moves_only_over_what_is_asked_for() -> None:
    stream = Parser(tokens("1+x"), True)
    assert stream.peek().text == "1" and stream.peek(2).text == "x" and stream.peek(9) is END
    assert stream.take("+") == "" and stream.at == 0
    assert stream.take("1", "2") == "1" and stream.at_sign("-", "+") and stream.take("+") == "+"
    with pytest.raises(Unreadable, match="'x' where"):
        stream.need(")")


def test_words_are_no_marks() -> None:
    assert Parser(tokens(r"\text{in all}"), True).take("in all") == ""


def test_depth_is_bounded() -> None:
    stream = Parser([], True)
    for _ in range(MAX_DEPTH):
        stream.descend()
    with pytest.raises(Unreadable, match="deeper"):
        stream.descend()
