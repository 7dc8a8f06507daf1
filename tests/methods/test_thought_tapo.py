"""TAPO: guidance where the policy alone is always wrong, and what stays without it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from credit_cases import CreditCase, check_gradient
from menolab.curricula.filter import all_equal
from menolab.engines.decoding import Decoding
from menolab.keys import Key
from menolab.methods.grpo import grpo
from menolab.methods.thought_tapo import PATTERNS, thought_tapo
from menolab.records import Group
from menolab.samplers.rewritten import Rewritten
from menolab.stages.reinforce import Reinforce
from oracles import grpo_advantages
from table import Table, task, train


@pytest.mark.parametrize("seed", range(3))
def test_from_rewards_to_gradient(seed: int) -> None:
    case = CreditCase(seed)
    weights = case.per_group(grpo_advantages)
    check_gradient(case, thought_tapo(), lambda b, t: weights[b], "SequenceMean", (0.2, 0.2))


def test_with_an_empty_library_it_is_grpo() -> None:
    empty, (_, problem) = thought_tapo(templates=(), complexity=()), task()
    assert replace(empty, sampler=grpo().sampler) == grpo()
    draws = [m.sampler(Table("abc"), [problem] * 3, Decoding(max_tokens=4), Key.root(0)) for m in (empty, grpo())]
    assert draws[0] == draws[1]


def _alone_and_alive(method: Reinforce) -> tuple[float, int]:
    """The bare prompt gives the right answer once in 400 draws, the guided one mostly. Chance without template after training, and living groups."""
    table, alive = Table("ab").put("p", b=5.0, end=-5.0).put("T\np", a=3.0), []
    made, problem = task("a")

    def watch(step: int, groups: list[Group]) -> None:
        alive.extend(not all_equal(g) for g in groups)

    train(method, table, made, problem, 40, lr=0.5, limit=1, problems=2, watch=watch)
    return table.chance("p", "a"), sum(alive)


def test_guided_rollouts_give_variance_and_the_gain_stays_without_template() -> None:
    plain, dead = _alone_and_alive(grpo())
    guided, alive = _alone_and_alive(thought_tapo(templates=("T",), complexity=(2.0,)))
    assert guided > 0.8 > 0.2 > plain and alive > 30 + dead


def test_half_of_the_group_is_guided_by_a_pattern_that_suits() -> None:
    sampler = thought_tapo().sampler
    assert isinstance(sampler, Rewritten) and (sampler.group, sampler.rewritten) == (8, 4) and len(PATTERNS) == 5
    assert sampler.strength(0.0) == sampler.strength(1.0) == 1.0
