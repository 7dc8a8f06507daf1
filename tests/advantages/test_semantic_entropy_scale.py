"""SEED-GRPO: less credit where answers disagree."""

from __future__ import annotations

import math
from collections import Counter

import pytest

from credit_cases import CreditCase, check, credit_batch, one_group
from menolab.advantages.advantage import Chain, credit
from menolab.advantages.group_baseline import GroupBaseline
from menolab.advantages.semantic_entropy_scale import SemanticEntropyScale, entropy
from menolab.errors import BadInput
from oracles import mean


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("shape", ["linear", "exponential"])
def test_against_plain_python(seed: int, shape: str) -> None:
    case = CreditCase(seed)
    centred = case.per_group(lambda rs: [r - mean(rs) for r in rs])

    def factor(b: int) -> float:
        own = [case.answers[i] for i in case.scorable(case.group_of[b])]
        if len(own) == 1:
            return 1.0
        share = -sum(n / len(own) * math.log(n / len(own)) for n in Counter(own).values()) / math.log(len(own))
        return 1 - 0.7 * share if shape == "linear" else math.exp(-0.7 * share)

    check(case, Chain((GroupBaseline(), SemanticEntropyScale(0.7, shape))), lambda b, t: centred[b] * factor(b))


def test_entropy_of_known_clusters() -> None:
    assert entropy("aaaa") == 0.0
    assert entropy("abcd") == pytest.approx(math.log(4))
    assert entropy("aabb") == pytest.approx(math.log(2))
    assert entropy(["a", "a", "a", None]) == pytest.approx(-(0.75 * math.log(0.75) + 0.25 * math.log(0.25)))


def _factor(answers: list[str], alpha: float) -> float:
    case = one_group([1.0, 0.0, 0.0, 0.0], [[0]] * 4)
    case.answers = list(answers)
    batch = credit_batch(case)
    return float(credit(batch, Chain((GroupBaseline(), SemanticEntropyScale(alpha))))[0, 0] / credit(batch, GroupBaseline())[0, 0])


def test_agreement_keeps_all_and_disagreement_least() -> None:
    assert _factor(["7"] * 4, 0.5) == pytest.approx(1.0)
    assert _factor(["1", "2", "3", "4"], 0.5) == pytest.approx(0.5)
    assert _factor(["1", "2", "3", "4"], 0.0) == 1.0
    assert _factor(["1", "1", "2", "2"], 0.5) == pytest.approx(0.75)


def test_values_that_make_no_sense() -> None:
    with pytest.raises(BadInput, match="linear, exponential"):
        SemanticEntropyScale(shape="focal")
    with pytest.raises(BadInput, match="alpha"):
        SemanticEntropyScale(alpha=1.5)
