"""Qwen3's reasoning stage: reward rises, entropy stays in its band."""

from __future__ import annotations

from dataclasses import replace

import pytest

from credit_cases import CreditCase, check_gradient
from loss_cases import everything
from menolab.curricula.accuracy_range import AccuracyRange
from menolab.methods.grpo import grpo
from menolab.methods.qwen3_stage2_reasoning_rl import qwen3_stage2_reasoning_rl
from menolab.records import Group
from menolab.stages.reinforce import Reinforce
from oracles import grpo_advantages
from table import Table, task, train


@pytest.mark.parametrize("seed", range(3))
def test_from_rewards_to_gradient(seed: int) -> None:
    """GRPO, and the entropy's gradient times -alpha, alpha by the shortfall of the sampled entropy."""
    case = CreditCase(seed)
    method = qwen3_stage2_reasoning_rl(target=4.0, gain=0.1, largest=5.0)
    weights = case.per_group(grpo_advantages)
    inputs = everything(case, weights)
    method.loss(inputs).loss.backward()
    assert inputs.logprobs_BT.grad is not None and inputs.entropy_BT is not None and inputs.entropy_BT.grad is not None
    check_gradient(case, replace(method, loss=grpo().loss), lambda b, t: weights[b], "SequenceMean", (0.2, 0.2))
    plain = everything(case, weights)
    grpo().loss(plain).loss.backward()
    assert plain.logprobs_BT.grad is not None
    assert inputs.logprobs_BT.grad[:, : max(case.lengths)].tolist() == plain.logprobs_BT.grad[:, : max(case.lengths)].tolist()
    alpha = 0.1 * (4.0 + sum(map(sum, case.old)) / sum(case.lengths))
    for b, n in enumerate(case.lengths):
        assert inputs.entropy_BT.grad[b, :n].tolist() == pytest.approx([-alpha / max(n, 1) / len(case.lengths)] * n)


def _run(method: Reinforce) -> tuple[list[float], list[float]]:
    """Three right answers of eight: reward and entropy of every step."""
    table, rewards, entropies = Table("abcdefgh"), [], []
    made, problem = task("a", "b", "c")

    def watch(step: int, groups: list[Group]) -> None:
        p = table.at(table.encode("p")).detach().softmax(-1)
        entropies.append(float(-(p * p.log()).sum()))
        rewards.append(float(p[1:4].sum()))

    train(method, table, made, problem, 200, lr=0.3, limit=1, watch=watch)
    return rewards, entropies


def test_reward_rises_while_entropy_stays_in_its_band() -> None:
    controlled = _run(qwen3_stage2_reasoning_rl(target=0.9, gain=2.0, largest=2.0, high=1.0))
    free = _run(qwen3_stage2_reasoning_rl(largest=0.0, high=1.0))
    quarters = [sum(controlled[0][i : i + 50]) / 50 for i in range(0, 200, 50)]
    assert quarters == sorted(quarters) and quarters[-1] > 0.9
    assert all(0.75 < h < 1.4 for h in controlled[1][100:]) and min(free[1][100:]) < 0.7


def test_solved_and_hopeless_problems_are_left_out() -> None:
    (range_,) = qwen3_stage2_reasoning_rl().filters
    assert range_ == AccuracyRange(0.05, 0.95) and qwen3_stage2_reasoning_rl().minibatches == 4
