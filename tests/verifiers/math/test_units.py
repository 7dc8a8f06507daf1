from __future__ import annotations

from fractions import Fraction

import pytest

from menolab.verifiers.math.units import is_unit, read_unit


def test_units_have_factor_and_dimensions() -> None:
    assert read_unit("hours").factor == 60 * read_unit("minutes").factor
    assert read_unit("cm^2") == read_unit("square centimeters") == read_unit("sq cm")
    assert read_unit("cm^2").factor == Fraction(1, 10000) and read_unit("cm^2").power == 2
    assert read_unit("km/h") == read_unit("km per hour") == read_unit("kilometers per hour")
    assert read_unit("mph") == read_unit("miles per hour")
    assert read_unit("feet") == read_unit("ft")
    assert read_unit("dollars") == read_unit("$") and read_unit("cents").factor == Fraction(1, 100)


def test_words_that_no_table_knows() -> None:
    unit = read_unit("distinct integers")
    assert unit.unknown == {"distinct", "integer"} and not unit.dims
    assert read_unit("square units").power == 2 and read_unit("units").power == 1


@pytest.mark.parametrize("words", ["million", "is wrong", "or", "squared", "not", "more than", "", "pi", "dozen"])
def test_words_that_are_no_units(words: str) -> None:
    assert not is_unit(words)
