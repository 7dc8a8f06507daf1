"""CAMPO's penalty: the share of a response that is a loop."""

from __future__ import annotations

import random
import time
from collections.abc import Sequence

import pytest

from menolab.records import Group, Problem, Rollout
from menolab.rewards.repetition_loop import RepetitionLoop, looped, own_prefixes


def _reward(tokens: Sequence[int], finish: str = "length", given: int = 0, copies: int = 2) -> float | None:
    r = Rollout((1,), tuple(tokens), (-0.1,) * len(tokens), "", finish, given=given)  # type: ignore[arg-type]
    return RepetitionLoop(copies)(Group(Problem("p", "t", "?", "1"), (r,), 100), 0.0)[0]


def _oracle(tokens: list[int], copies: int) -> float:
    """Phrase by phrase: how many whole copies stand at the end, one before the other."""
    best, n = 0, len(tokens)
    for period in range(1, n + 1):
        count = 0
        while (count + 1) * period <= n and tokens[n - (count + 1) * period : n - count * period] == tokens[n - period :]:
            count += 1
        if count >= copies:
            best = max(best, count * period)
    return best / n if n else 0.0


@pytest.mark.parametrize("copies", [2, 3])
def test_against_comparing_every_phrase(copies: int) -> None:
    rng, seen = random.Random(0), set()
    for _ in range(500):
        tokens = [rng.randint(0, 1) for _ in range(rng.randint(0, 14))]
        assert looped(tokens, copies) == pytest.approx(_oracle(tokens, copies))
        seen.add(looped(tokens, copies))
    assert 0.0 in seen and 1.0 in seen and len(seen) > 20
    assert own_prefixes([1, 2, 1, 2, 1]) == [5, 0, 3, 0, 1] and own_prefixes([]) == []


def test_nothing_repeated_costs_nothing() -> None:
    assert _reward(range(20)) == 0.0 and _reward([]) == 0.0 and _reward([7]) == 0.0
    assert _reward([5, 5, 5, 1]) == 0.0, "a loop that was left is none"


def test_it_costs_more_the_earlier_the_loop_starts() -> None:
    found = [_reward([*range(10, 10 + start), *([1, 2, 3] * 20)][:60]) or 0.0 for start in range(0, 60, 3)]
    assert found == sorted(found) and len(set(found)) == 20 and found[0] == -1.0 and found[-1] == 0.0
    assert found[5] == pytest.approx(-45 / 60)


def test_a_response_that_ended_by_itself_is_in_no_loop() -> None:
    assert _reward([1, 2] * 10, finish="stop") == 0.0 and _reward([1, 2] * 10) == -1.0


def test_supplied_tokens_are_not_the_model_s() -> None:
    assert _reward([1, 2, 1, 2, 3, 4, 5], given=4) == 0.0
    assert _reward([9, 9, 9, 1, 2, 1, 2], given=3) == -1.0


def test_long_loops_take_no_time() -> None:
    began = time.perf_counter()
    assert looped([7] * 50_000) == 1.0 and looped([*range(25_000), *range(25_000)]) == 1.0
    assert time.perf_counter() - began < 5.0
