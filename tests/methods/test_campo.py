"""CAMPO: stages, and fewer loops."""

from __future__ import annotations

import pytest

from credit_cases import CreditCase, check_gradient
from menolab.curricula.mixed_verdicts import MixedVerdicts
from menolab.methods.campo import campo
from menolab.records import Group
from menolab.samplers.independent import Independent
from menolab.samplers.staged_limit import StagedLimit
from menolab.stages.reinforce import Reinforce
from oracles import grpo_advantages
from table import Table, task, train


@pytest.mark.parametrize("seed", range(3))
def test_from_rewards_to_gradient(seed: int) -> None:
    case = CreditCase(seed)
    weights = case.per_group(grpo_advantages)
    check_gradient(case, campo(), lambda b, t: weights[b], "TokenMean", (0.2, 0.28))


def _loops(method: Reinforce) -> tuple[float, set[int | None]]:
    """Right answers begin with "a"; behind it the table ends or writes "bbb...". Share of loops after training, and the limits met on the way."""
    table, limits = Table("abc"), set()
    for n in range(12):
        table.put("pa" + "b" * (n + 1), b=6.0)
    made, problem = task("a")

    def watch(step: int, groups: list[Group]) -> None:
        limits.update(g.limit for g in groups)

    train(method, table, made, problem, 60, lr=4.0, limit=12, watch=watch)
    after = table.at(table.encode("pa")).detach().softmax(-1)
    return float(after[2] / (after[0] + after[2])), limits


def test_the_penalty_makes_loops_rarer_in_staged_training() -> None:
    with_, limits = _loops(campo(weight=1.0))
    without, _ = _loops(campo(weight=0.0))
    assert with_ < 0.3 < without and limits == {4, 8, 12}


def test_parts_and_constants() -> None:
    method = campo(group=16)
    sampler = method.sampler
    assert isinstance(sampler, StagedLimit) and sampler.sampler == Independent(16) and method.filters == (MixedVerdicts(),) and method.draws == 10
    assert [sampler.limit(x) for x in (0.1, 0.5, 0.9)] == pytest.approx([1 / 3, 2 / 3, 1.0])
