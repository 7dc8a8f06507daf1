from __future__ import annotations

import pytest

from menolab.errors import BadInput
from menolab.tasks.knights_knaves_logic import depth, holds, identity, in_marks, in_words, people_in, read_statements, solve

TEXT = "(('not', ('telling-truth', 2)), ('or', ('telling-truth', 1), ('lying', 2)), ('<=>', ('telling-truth', 1), ('lying', 1)))"


def test_reads_the_published_syntax() -> None:
    statements = read_statements(TEXT)
    assert statements[0] == ("not", ("telling-truth", 2))
    assert statements == read_statements([list(s) for s in statements])
    assert read_statements("(('lying', 0),)") == (("lying", 0),)
    assert list(solve(statements)) == [(True, True, False)]


@pytest.mark.parametrize(
    "data",
    ["", "x", "()", "__import__('os')", "(('lying', 3), ('lying', 0))", "(('lying', -1),)", "(('lying', True),)", "(('lying', '0'),)",
     "(('xor', ('lying', 0)),)",
     "(('not', ('lying', 0), ('lying', 0)),)", "(('->', ('lying', 0)),)", "(('<=>', ('lying', 0), ('lying', 0), ('lying', 0)),)", "(" * 100_000,
     [["not"]], [3], 7, None],
)  # fmt: skip
def test_refuses_the_rest(data: object) -> None:
    with pytest.raises(BadInput, match="statements"):
        read_statements(data)


def test_depth_is_bounded() -> None:
    statement: list = ["lying", 0]
    for _ in range(1000):
        statement = ["not", statement]
    with pytest.raises(BadInput):
        read_statements([statement])


@pytest.mark.parametrize(
    ("statement", "table"),
    [(("and", ("telling-truth", 0), ("telling-truth", 1)), (1, 0, 0, 0)), (("or", ("telling-truth", 0), ("telling-truth", 1)), (1, 1, 1, 0)),
     (("->", ("telling-truth", 0), ("telling-truth", 1)), (1, 0, 1, 1)), (("<=>", ("telling-truth", 0), ("telling-truth", 1)), (1, 0, 0, 1)),
     (("not", ("lying", 0)), (1, 1, 0, 0))],
)  # fmt: skip
def test_truth_tables(statement: tuple, table: tuple[int, ...]) -> None:
    assert tuple(int(holds(statement, k)) for k in ((True, True), (True, False), (False, True), (False, False))) == table


def test_texts() -> None:
    inner = ("->", ("not", ("telling-truth", 0)), ("and", ("lying", 1), ("telling-truth", 0)))
    assert in_marks(inner, "AB") == "(!(A))>(!B&A)"
    assert in_marks(("not", inner), "AB") == "!((!(A))>(!B&A))"
    assert in_words(inner, ("Ann", "Bo")) == "if Ann is not a knight then (Bo is a knave and Ann is a knight)"
    assert in_words(("not", inner), ("Ann", "Bo")).startswith("it is not the case that (if")
    assert depth(inner) == 2 and people_in(inner) == {0, 1}


def test_identity_tells_puzzles_apart() -> None:
    a, b = ("and", ("lying", 0), ("telling-truth", 1)), ("->", ("lying", 0), ("telling-truth", 1))
    flipped = ("->", ("telling-truth", 1), ("lying", 0))
    assert identity("AB", (a, b)) != identity("AB", (a, flipped)), "an implication is not its converse"
    assert identity("AB", (a, b)) != identity("BA", (a, b)), "who says what matters"
    assert identity("AB", (("and", *a[:0:-1]), b)) == identity("AB", (a, b))
