"""LOOP: leave-one-out advantages under PPO's clip."""

from __future__ import annotations

from dataclasses import replace

import pytest

from credit_cases import CreditCase, check_gradient, credit_batch
from menolab.advantages.advantage import credit
from menolab.curricula.by_turn import ByTurn
from menolab.methods.loop import loop
from menolab.records import Group
from menolab.rewards.last_attempt import LastAttempt
from menolab.samplers.two_turns import TwoTurns
from oracles import leave_one_out_advantages, mean
from table import Table, task, train


@pytest.mark.parametrize("seed", range(3))
def test_from_rewards_to_gradient(seed: int) -> None:
    case = CreditCase(seed)
    weights = case.per_group(leave_one_out_advantages)
    check_gradient(case, loop(), lambda b, t: weights[b], "SequenceMean", (0.2, 0.2))


def test_advantages_are_the_scaled_deviations_and_sum_to_zero() -> None:
    case = CreditCase(3)
    case.lengths = [5] * 12
    case.old = case.reference = case.values = case.token_rewards = [[-1.0] * 5] * 12
    case.tokens, case.given = [[0] * 5] * 12, [0] * 12
    case.rewards = [0.0, 1.0, 1.0, 0.0, 0.3, 0.1, 0.9, 0.4, 1.0, 0.0, 0.5, 0.2]
    got = credit(credit_batch(case), loop().advantage)[:, 0].tolist()
    for start, size in ((0, 4), (4, 4), (8, 3)):
        own = case.rewards[start : start + size]
        expected = [size / (size - 1) * (r - mean(own)) for r in own]  # type: ignore[arg-type, operator]
        assert got[start : start + size] == pytest.approx(expected) and sum(got[start : start + size]) == pytest.approx(0.0, abs=1e-6)


def test_a_batch_is_used_more_than_once() -> None:
    assert loop().epochs * loop().minibatches == 4


def test_in_a_toy_of_two_turns_success_rises_and_the_environment_s_words_are_not_learnt() -> None:
    """The first move decides what the second can reach; the environment answers "?", which is in the prompt of the second turn and in no response."""
    table, (made, problem) = Table("abcd"), task("d")
    table.put("pa\0?", d=1.5).put("pb\0?", d=-3.0).put("pc\0?", d=-3.0)
    for letter in "abcd":
        table.put(f"p{letter}", end=9.0)
    for letter in "abcd":
        for second in "abcd":
            table.put(f"p{letter}\0?{second}", end=9.0)
    method = replace(loop(), sampler=TwoTurns(16, "?"), filters=(ByTurn(),), rewards=(LastAttempt(),))
    success: list[float] = []

    def watch(step: int, groups: list[Group]) -> None:
        last = [r for g in groups for r in g.rollouts if r.turn == 1]
        success.append(sum(r.verdict is not None and r.verdict.right for r in last) / len(last))
        assert not any(ord("?") in r.tokens for g in groups for r in g.rollouts)
        assert all(ord("?") in r.prompt for r in last)

    first = table.chance("p", "a")
    train(method, table, made, problem, 40, lr=1.0, limit=2, watch=watch)
    assert sum(success[-5:]) / 5 > sum(success[:5]) / 5 + 0.3 and table.chance("p", "a") > first + 0.15
