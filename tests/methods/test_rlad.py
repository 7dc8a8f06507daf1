"""RLAD on a table: the helpful abstraction is learnt, and to read it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from credit_cases import CreditCase, check_gradient
from menolab.curricula.by_player import ByPlayer
from menolab.losses.policy_loss import PolicyLoss
from menolab.methods.rlad import rlad
from menolab.records import Group
from menolab.samplers.abstracted import Abstracted
from oracles import grpo_advantages
from table import Table, task, train


@pytest.mark.parametrize("seed", range(3))
def test_from_rewards_to_gradient_at_the_reference(seed: int) -> None:
    """Where policy and reference agree the KL has no gradient."""
    case = CreditCase(seed)
    case.reference = case.logprobs
    weights = case.per_group(grpo_advantages)
    check_gradient(case, rlad(), lambda b, t: weights[b], "TokenMean", (0.2, 0.28))


def test_the_helpful_abstraction_wins_and_the_solver_reads_it() -> None:
    """"h" makes the solver right 8 times in 10, "u" never; bare it is right half of the time."""
    table = Table("huyn").put("p?", h=5.0, u=5.0).put("p", y=9.0, n=9.0)
    table.put("p!h", y=9.4, n=8.0).put("p!u", n=40.0)
    made, problem = task("y")
    method = rlad(share=0.5)
    assert isinstance(method.sampler, Abstracted)
    method = replace(method, sampler=replace(method.sampler, ask="?", use="!", share=1.0))
    rates: list[float] = []

    def watch(step: int, groups: list[Group]) -> None:
        read = [r.reward or 0.0 for g in groups for r in g.rollouts if r.turn and r.sample < 4]
        rates.append(sum(read) / len(read))

    before = table.chance("p!h", "y")
    train(method, table, made, problem, 40, lr=8.0, limit=1, problems=2, watch=watch)
    assert table.chance("p?", "h") > 0.9 and table.chance("p!h", "y") > before + 0.1
    assert sum(rates[-5:]) / 5 > sum(rates[:5]) / 5 + 0.25
    assert table.chance("p", "y") == pytest.approx(0.5, abs=1e-3), "who reads nothing learns nothing"


def test_parts() -> None:
    method = rlad(abstractions=3, solutions=2, bare=1, beta=0.5)
    assert method.sampler == Abstracted(10, 3, 1, 0.25) and method.filters == (ByPlayer(),)
    assert isinstance(method.loss, PolicyLoss) and not method.loss.silent_without_credit, "bare solutions must reach the KL term"
