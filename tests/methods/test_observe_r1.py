"""Observe-R1: weights by uncertainty, a bonus for brevity, a form of sections."""

from __future__ import annotations

import pytest

from credit_cases import CreditCase, check_gradient
from judged import judged
from menolab.methods.observe_r1 import observe_r1
from menolab.rewards.section_format import SectionFormat
from oracles import grpo_advantages


@pytest.mark.parametrize("seed", range(3))
def test_from_rewards_to_gradient(seed: int) -> None:
    case = CreditCase(seed)
    case.rewards = [r if r is None else 1.5 if r == 1.0 else r for r in case.rewards]
    weights = case.per_group(grpo_advantages)

    def weight(b: int) -> float:
        own = [case.reward(i) for i in case.scorable(case.group_of[b])]
        p = sum(r >= 1.0 for r in own) / len(own)
        return 1.8 * 4 * p * (1 - p)

    check_gradient(case, observe_r1(), lambda b, t: weights[b] * weight(b), "SequenceMean", (0.2, 0.2))


def test_no_sum_of_other_terms_makes_a_wrong_response_right() -> None:
    method = observe_r1()
    form = "<think>a</think><answer>1</answer>"
    group = judged((form, "right", 30), (form, "wrong", 20), ("", "right", 40))
    columns = [term(group, 0.0) for term in method.rewards]
    totals = [sum(w * (column[i] or 0.0) for w, column in zip(method.weights, columns, strict=True)) for i in range(3)]
    assert totals == pytest.approx([1.7, 0.5, 1.0])


def test_observing_first_may_be_asked_for() -> None:
    assert observe_r1().rewards[1] == SectionFormat(("think", "answer"))
    assert observe_r1(observe=True).rewards[1] == SectionFormat(("observe", "think", "answer"))
