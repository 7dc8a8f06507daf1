"""Errors that name field, value and remedy."""

from __future__ import annotations

import math
import pickle

import pytest

from menolab.errors import BadInput, check_range


@pytest.mark.parametrize(
    ("value", "bounds", "said"),
    [
        (math.nan, (None, None), "x = nan: must be finite"),
        (math.inf, (0.0, None), "x = inf: must be >= 0.0 and finite"),
        (-math.inf, (None, 1.0), "x = -inf: must be <= 1.0 and finite"),
        (2, (0, 1), "x = 2: must be >= 0 and <= 1"),
        (10**400, (0, 10), "must be >= 0 and <= 10"),
    ],
)
def test_what_is_out_of_range(value: float, bounds: tuple[float | None, float | None], said: str) -> None:
    with pytest.raises(BadInput) as stop:
        check_range("x", value, *bounds)
    assert str(stop.value).endswith(said)


def test_what_is_in_range() -> None:
    check_range("x", 10**400, 1)
    check_range("x", 1.0, 0.0, 1.0, open_low=True)
    with pytest.raises(BadInput, match=r"must be > 0\.0"):
        check_range("x", 0.0, 0.0, open_low=True)


def test_a_worker_process_hands_it_on_whole() -> None:
    """Exceptions cross a process boundary by pickle, which would rebuild this one from its message alone and fail."""
    error = pickle.loads(pickle.dumps(BadInput("--out", ["a"], "choose another")))
    assert (error.field, error.value, error.remedy, str(error)) == ("--out", ["a"], "choose another", "--out = ['a']: choose another")
