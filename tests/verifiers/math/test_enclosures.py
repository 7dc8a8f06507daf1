from __future__ import annotations

from fractions import Fraction

import pytest

from menolab.verifiers.math.parser import parse
from menolab.verifiers.math.terms import EMPTY, Term, Unreadable, Unsupported


def test_thousands_are_lists_where_they_must_be() -> None:
    assert [t.value for t in parse("(1,234)").args] == [1, 234]
    assert [t.value for t in parse("1,234", grouped=False).args] == [1, 234]
    assert parse(r"\frac{1,234}{5}").value == Fraction(1234, 5)
    assert parse(r"\{\}") == EMPTY == Term("set")


def test_brackets_keep_their_kind() -> None:
    assert [parse(text).name for text in ("(1,2)", "[1,2]", "(1,2]", r"\langle 1,2\rangle")] == ["()", "[]", "(]", "()"]
    assert parse("(7)").value == 7 and parse("[7]").value == 7, "around one value they only group"
    for text in ("(7]", "[1,2", "(1,2}", "|1", r"\lfloor 2\rceil"):
        with pytest.raises(Unreadable):
            parse(text)


def test_bars_and_sets() -> None:
    assert parse("|x-1|+|y|").head == "+" and parse(r"\{|x|, 2\}").head == "set"
    for text in (r"\{x | x^2>0\}", r"\{x : x>0, x<1\}", r"\{x \in \mathbb{N} : x>0\}"):
        with pytest.raises(Unsupported):
            parse(text)


def test_matrices() -> None:
    assert [len(row.args) for row in parse(r"\begin{array}{cc}1&2\\3&4\\\end{array}").args] == [2, 2]
    for text in (r"\begin{pmatrix}1&2\\3\end{pmatrix}", r"\begin{pmatrix}1\end{bmatrix}", r"\begin{pmatrix}1"):
        with pytest.raises(Unreadable):
            parse(text)
