"""ALP: tokens cost by how often the problem is solved."""

from __future__ import annotations

from random import Random

import pytest

from menolab.errors import BadInput
from menolab.rewards.adaptive_length_penalty import AdaptiveLengthPenalty
from reward_cases import group


@pytest.mark.parametrize("seed", range(5))
def test_against_plain_python(seed: int) -> None:
    rng = Random(seed)
    rows = [(rng.choice(["right", "wrong", "none", "unsure"]), rng.randint(0, 100)) for _ in range(8)]
    known = [label for label, _ in rows if label != "unsure"]
    rate = max(known.count("right") / max(len(known), 1), 1 / max(len(known), 1))
    expected = [None if label == "unsure" else -0.3 * rate * n / 100 for label, n in rows]
    assert AdaptiveLengthPenalty(0.3)(group(*rows), 0.0) == pytest.approx(expected)


def test_the_floor_is_one_in_k_and_the_ceiling_one() -> None:
    cost = {rights: AdaptiveLengthPenalty(1.0)(group(*[("right", 50)] * rights, *[("wrong", 50)] * (4 - rights)), 0.0)[0] for rights in range(5)}
    assert cost == pytest.approx({0: -0.125, 1: -0.125, 2: -0.25, 3: -0.375, 4: -0.5})


def test_bad_input() -> None:
    with pytest.raises(BadInput, match="AdaptiveLengthPenalty needs the token limit"):
        AdaptiveLengthPenalty()(group(("right", 3), limit=None), 0.0)
    with pytest.raises(BadInput, match="beta"):
        AdaptiveLengthPenalty(-1.0)
