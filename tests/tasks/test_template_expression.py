from __future__ import annotations

from fractions import Fraction

import pytest

from menolab.tasks.template_expression import Domain, Unreadable, in_words, read_expression, written

ENV = {"x": 7, "frac": ("half", Fraction(1, 2)), "period": "week", "pairs": [("twice", 2), ("thrice", 3)]}


@pytest.mark.parametrize(
    ("source", "value"),
    [
        ("int(x * frac)", 3), ("x // 2 + x % 4", 6), ("x / 2", Fraction(7, 2)), ("0.1 + 0.2 == 0.3", True), ("1 < x <= 7", True), ("not x > 7", True),
        ("is_int(x * frac)", False), ("divides(x * 2, 7)", True), ("divides(100, 100 / 3)", True), ("divides(100, 100 / (3/2))", False),
        ("7 if period == 'week' else 30", 7), ("range(2, 9, 3)", [2, 5, 8]), ("np.arange(0.25, 1, 0.25)", [Fraction(1, 4), Fraction(1, 2), Fraction(3, 4)]),
        ("pairs[:1]", [("twice", 2)]), ("frac[1]", Fraction(1, 2)), ("sample(['a', 'b'], 2)", Domain(("a", "b"), 2)), ("{x + 1}", 8), ("2 ** 10", 1024),
        ("numbers_within(2, 3)", [("two", 2), ("three", 3)]), ("list(range(3)) * 10", [0, 1, 2]), ("round(2.345, 1)", Fraction(23, 10)),
    ],
)  # fmt: skip
def test_values_are_exact(source: str, value: object) -> None:
    found = read_expression(source)(ENV)
    assert found == value and isinstance(found, bool) == isinstance(value, bool)


@pytest.mark.parametrize(
    "source",
    [
        "__import__('os')", "open('x')", "().__class__", "x.real", "[i for i in range(3)]", "lambda: 1", "f'{x}'", "x := 3", "exec('1')", "1 +", "range(*[1])",
        "sample(values=[1])", "x" * 5000, "(" * 500 + ")" * 500,
    ],
)  # fmt: skip
def test_anything_else_is_refused_before_it_is_computed(source: str) -> None:
    with pytest.raises(Unreadable):
        read_expression(source)


@pytest.mark.parametrize("source", ["1 / 0", "unknown + 1", "range(10**9)", "range(1, 5, 0)", "2 ** 1000000", "'a' - 1", "pairs[9]"])
def test_what_cannot_be_computed_says_so(source: str) -> None:
    with pytest.raises(Unreadable):
        read_expression(source)(ENV)


def test_written() -> None:
    assert [written(v) for v in (3, Fraction(6, 2), Fraction(-21, 4), Fraction(1, 3), ("half", 0.5), "€")] == ["3", "3", "-5.25", "1/3", "half", "€"]
    assert [in_words(n) for n in (0, 12, 20, 21, 90)] == ["zero", "twelve", "twenty", "twenty-one", "ninety"]
