"""A verdict of one of two words, as a probability."""

from __future__ import annotations

import math
import random
from dataclasses import replace

import pytest

from menolab.errors import BadInput
from menolab.judges.grader import Grader
from menolab.judges.two_words import TwoWords, yes_share
from menolab.records import Group
from stub_engine import KEY, Stub, group_of

JSON = Grader(words=TwoWords("true", "false", thinking=80, lead='"correct":'))
HARD = Grader(words=TwoWords(soft=False))


def _scores(grader: Grader, engine: Stub, group: Group) -> list[float | None]:
    return [opinion.score for opinion in grader(engine, [group], KEY)[0]]


@pytest.mark.parametrize(("one", "zero"), [(2.0, 1.0), (-3.0, 4.0), (0.0, 0.0), (800.0, -800.0), (-800.0, 800.0)])
def test_soft_score_is_the_softmax_over_the_two_words(one: float, zero: float) -> None:
    engine = Stub(likes=lambda prompt, word: {"1": one, "0": zero}[word])
    (got,) = _scores(Grader(), engine, group_of("4"))
    top = max(one, zero)
    assert got == pytest.approx(math.exp(one - top) / (math.exp(one - top) + math.exp(zero - top)), abs=1e-12) and 0 <= got <= 1
    assert _scores(HARD, engine, group_of("4")) == [float(one >= zero)]


def test_after_thinking_the_words_are_compared_where_the_verdict_stands() -> None:
    seen: list[tuple[str, str]] = []

    def likes(prompt: str, word: str) -> float:
        seen.append((prompt, word))
        return -0.1 if "true" in word else -2.0

    engine = Stub(says=lambda prompt, key: 'so "correct": false? no. {"correct":  true}', likes=likes)
    (opinion,) = JSON(engine, [group_of("4")], KEY)[0]
    assert opinion.score == pytest.approx(1 / (1 + math.exp(-1.9)))
    assert [prompt.endswith('no. {"correct":') for prompt, _ in seen] == [True, True] and [word for _, word in seen] == ["  true", "  false"]
    assert opinion.text.startswith("so")


@pytest.mark.parametrize("said", ["", "true", '"correct": maybe', '"correct": truely', '"correct": true, no: "correct": '])
@pytest.mark.parametrize("soft", [True, False])
def test_an_answer_without_a_verdict_is_undecided(said: str, soft: bool) -> None:
    assert _scores(replace(JSON, words=replace(JSON.words, soft=soft)), Stub(says=lambda prompt, key: said), group_of("4")) == [None]


def test_a_question_without_room_is_undecided_and_harms_no_other() -> None:
    engine = Stub(says=lambda prompt, key: '"correct": true', likes=lambda prompt, word: 0.0, context=200)
    assert _scores(JSON, engine, group_of("4", "4" * 300)) == [0.5, None]
    assert _scores(Grader(), engine, group_of("4" * 300, "4")) == [None, 0.5]


def test_soft_scores_agree_with_the_verdict_and_rank_better() -> None:
    """A judge whose logits are right on average: its probabilities rank candidates strictly better than its verdicts do."""
    rng = random.Random(3)
    labels = [i % 2 for i in range(400)]
    logits = [rng.gauss(1.2 if y else -1.2, 1.5) for y in labels]
    soft = [yes_share(x, 0.0) for x in logits]
    hard = [float(s >= 0.5) for s in soft]
    assert all(0 <= s <= 1 for s in soft) and hard == [float(x >= 0) for x in logits]
    assert _auroc(soft, labels) > _auroc(hard, labels) + 0.03


def _auroc(scores: list[float], labels: list[int]) -> float:
    ups = [s for s, y in zip(scores, labels, strict=True) if y]
    downs = [s for s, y in zip(scores, labels, strict=True) if not y]
    return sum((u > d) + 0.5 * (u == d) for u in ups for d in downs) / (len(ups) * len(downs))


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"yes": "1", "no": "1"}, "different words"),
        ({"yes": "1", "no": "10"}, "begins with the other"),
        ({"thinking": 9}, "behind a lead"),
        ({"thinking": -1}, "thinking"),
        ({"temperature": -1.0}, "temperature"),
    ],
)
def test_values_that_make_no_sense(fields: dict, message: str) -> None:
    with pytest.raises(BadInput, match=message):
        TwoWords(**fields)
