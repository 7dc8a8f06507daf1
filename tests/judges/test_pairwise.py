"""Comparing every two, in both orders."""

from __future__ import annotations

import math
import random

import pytest

from menolab.judges.pairwise import Pairwise, beats
from menolab.judges.two_words import TwoWords, yes_share
from menolab.keys import Key
from stub_engine import KEY, Stub, group_of

WORTH = {"a": 2.0, "b": 0.5, "c": -1.0}


def _responses(prompt: str) -> tuple[str, str]:
    _, first, second, _ = prompt.split("\n")
    return first.removeprefix("1 "), second.removeprefix("2 ")


def _likes(bias: float):
    """Bradley-Terry over `WORTH`, with a leaning towards what stands first."""

    def likes(prompt: str, word: str) -> float:
        first, second = _responses(prompt)
        gap = WORTH[first] - WORTH[second] + bias
        return -math.log1p(math.exp(-gap)) if word == "1" else -math.log1p(math.exp(gap))

    return likes


@pytest.mark.parametrize("bias", [0.0, 1.5])
def test_scores_are_the_shares_of_pairs_won_in_both_orders(bias: float) -> None:
    engine = Stub(likes=_likes(bias))
    (opinions,) = Pairwise()(engine, [group_of("a", "b", "c")], KEY)
    for opinion, own in zip(opinions, "abc", strict=True):
        wins = []
        for other in "abc".replace(own, ""):
            forth = 1 / (1 + math.exp(-(WORTH[own] - WORTH[other] + bias)))
            back = 1 / (1 + math.exp(-(WORTH[other] - WORTH[own] + bias)))
            wins.append((forth + 1 - back) / 2)
        assert opinion.score == pytest.approx(sum(wins) / 2, abs=1e-12)
    assert engine.calls == [12], "six questions, two words each, in one call"


def test_a_judge_that_always_takes_the_first_finds_all_equal() -> None:
    engine = Stub(likes=lambda prompt, word: 0.0 if word == "1" else -50.0)
    (opinions,) = Pairwise()(engine, [group_of("a", "b", "c")], KEY)
    assert [o.score for o in opinions] == pytest.approx([0.5] * 3)
    assert beats(1.0, 0.0) == 1.0 and beats(0.0, 1.0) == 0.0 and beats(1.0, 1.0) == 0.5


def test_pairs_that_come_to_nothing_are_left_out() -> None:
    def says(prompt: str, key: Key) -> str:
        first, second = _responses(prompt)
        return "?" if "c" in (first, second) else f"<answer>{1 if WORTH[first] > WORTH[second] else 2}</answer>"

    thinking = Pairwise(words=TwoWords("1", "2", thinking=64, lead="<answer>", soft=False))
    (opinions,) = thinking(Stub(says=says), [group_of("a", "b", "c")], KEY)
    assert [o.score for o in opinions] == [1.0, 0.0, None]
    assert beats(None, 1.0) is None
    ((alone,),) = Pairwise()(Stub(), [group_of("a")], KEY)
    assert alone.score is None


def test_comparing_both_ways_ranks_better_than_one_way_under_a_leaning() -> None:
    """A noisy judge that leans to the first: the averaged verdict is right more often than that of one order."""
    rng = random.Random(0)
    once = both = 0
    for _ in range(2000):
        gap = abs(rng.gauss(0, 1.5))
        better_first = rng.random() < 0.5
        forth = yes_share((gap if better_first else -gap) + 1.5, 0.0)
        back = yes_share((-gap if better_first else gap) + 1.5, 0.0)
        once += (forth > 0.5) == better_first
        win = beats(forth, back)
        assert win is not None
        both += (win > 0.5) == better_first
    assert both == 2000 and once < 1600
