"""ReasonRank's multi-view reward."""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from dataclasses import replace

import pytest

from judged import texts
from menolab.errors import BadInput
from menolab.records import Group, wrong
from menolab.rewards.ranking import Ranking, average_overlap, ids, ndcg


def _group(gold: str, relevant: list[int], *answers: str | None) -> Group:
    group = texts(*[""] * len(answers), answer=gold)
    rollouts = tuple(replace(r, verdict=wrong("compare", "", a)) for r, a in zip(group.rollouts, answers, strict=True))
    return replace(group, problem=replace(group.problem, facts={"relevant": relevant}), rollouts=rollouts)


def _oracle(found: Sequence[int], gold: Sequence[int], relevant: set[int], depth: int = 10) -> float:
    gain = sum(1 / math.log2(place + 1) for place, i in enumerate(found, 1) if i in relevant and place <= depth)
    best = sum(1 / math.log2(place + 1) for place in range(1, min(len(relevant), depth) + 1))
    recall = len(relevant & set(found[:depth])) / len(relevant)
    overlap = sum(len(set(found[:d]) & set(gold[:d])) / d for d in range(1, len(gold) + 1)) / len(gold)
    return gain / best + 0.2 * recall + 0.1 * overlap


@pytest.mark.parametrize("seed", range(10))
def test_formula(seed: int) -> None:
    rng = random.Random(seed)
    gold = list(range(1, rng.randint(3, 20)))
    rng.shuffle(gold)
    found, relevant = rng.sample(gold, len(gold)), set(rng.sample(gold, rng.randint(1, len(gold))))
    got = Ranking()(_group(" > ".join(f"[{i}]" for i in gold), sorted(relevant), " > ".join(f"[{i}]" for i in found)), 0.0)
    assert got == pytest.approx([_oracle(found, gold, relevant)])


def test_gold_is_best_reversed_is_worse_incomplete_is_0_and_unparsed_minus_1() -> None:
    gold, reverse, missing, twice, other, none = Ranking(depth=2)(
        _group("[2] > [1] > [3]", [2], "[2] > [1] > [3]", "3, 1, 2", "[2] > [1]", "[2] > [1] > [1]", "[2] > [1] > [4]", None), 0.0
    )
    assert gold == pytest.approx(1.3) and reverse is not None and 0.0 < reverse < 1.3
    assert missing == twice == other == 0.0 and none == -1.0


def test_without_relevant_ids_the_first_gold_one_is_relevant_and_unknown_ones_are_refused() -> None:
    bare = texts("", answer="[2] > [1]")
    bare = bare.with_rollouts((replace(bare.rollouts[0], verdict=wrong("compare", "", "[2] > [1]")),))
    assert Ranking()(bare, 0.0) == pytest.approx([1.3])
    with pytest.raises(BadInput, match="among the ids"):
        Ranking()(_group("[2] > [1]", [7], "[2] > [1]"), 0.0)


def test_parts() -> None:
    assert ids("[10] > [2], 007") == ["10", "2", "7"] and ids("none") == []
    assert average_overlap(list("abc"), list("abc")) == 1.0 and average_overlap(list("ab"), list("ba")) == 0.5 and average_overlap([], []) == 1.0
    assert ndcg(["a", "b"], frozenset("b")) == pytest.approx(1 / math.log2(3)) and ndcg(["a"], frozenset()) == 0.0
