"""A penalty on exactly the tokens that repeat."""

from __future__ import annotations

from random import Random

import pytest

from menolab.rewards.token_repetition import TokenRepetition, repeated
from reward_cases import group


def _slow(tokens: list[int], n: int) -> list[bool]:
    """Every pair of places, compared."""
    starts = [i for i in range(len(tokens) - n + 1) if any(tokens[j : j + n] == tokens[i : i + n] for j in range(i))]
    return [any(i <= t < i + n for i in starts) for t in range(len(tokens))]


@pytest.mark.parametrize("seed", range(20))
def test_against_plain_python(seed: int) -> None:
    rng = Random(seed)
    tokens, n = [rng.randint(0, 2) for _ in range(rng.randint(0, 30))], rng.randint(1, 5)
    assert repeated(tokens, n) == _slow(tokens, n)


def test_it_hits_exactly_the_repeated_span() -> None:
    (row,) = TokenRepetition(n=3, penalty=0.5).tokens(group(("right", [1, 2, 3, 4, 9, 1, 2, 3, 4, 8])), 0.0)
    assert row == (0.0,) * 5 + (-0.5,) * 4 + (0.0,), "the first time is free, what only overlaps in two tokens too"
    assert TokenRepetition(n=3, penalty=0.5)(group(("right", [1, 2, 3, 4, 9, 1, 2, 3, 4, 8])), 0.0) == [-2.0]


def test_short_and_empty_responses_repeat_nothing() -> None:
    assert TokenRepetition().tokens(group(("right", []), ("wrong", [1] * 40), ("unsure", [1] * 41)), 0.0) == [(), (0.0,) * 40, (0.0,) + (-0.05,) * 40]
