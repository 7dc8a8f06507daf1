"""PTA-GRPO: good plans are learnt, lucky ones are not."""

from __future__ import annotations

from dataclasses import replace

import pytest

from credit_cases import CreditCase, check_gradient
from menolab.advantages.advantage import credit
from menolab.methods.pta_grpo import pta_grpo
from menolab.records import Group, Problem, Rollout, right, wrong
from menolab.rewards.accuracy import Accuracy
from menolab.rewards.plan_format import PlanFormat
from menolab.rewards.plan_quality import PlanQuality
from menolab.samplers.planned import Planned
from menolab.stages.collate import collate
from oracles import grpo_advantages, mean
from table import Table, task, train


@pytest.mark.parametrize("seed", range(3))
def test_from_rewards_to_gradient(seed: int) -> None:
    case = CreditCase(seed)
    weights = case.per_group(grpo_advantages)
    check_gradient(case, pta_grpo(), lambda b, t: weights[b], "SequenceMean", (0.2, 0.2))


def test_a_lucky_response_does_not_save_a_bad_plan() -> None:
    """The good plan is right three times in four, the bad one once: the tokens of each plan get the sum of its rollouts' credit."""
    outcomes = {0: [True, True, True, False], 1: [False, True, False, False]}
    verdicts = [((plan, j), right("c", "", "1") if ok else wrong("c", "")) for plan, oks in outcomes.items() for j, ok in enumerate(oks)]
    group = Group(Problem("p", "t", "?", "1"), tuple(Rollout((1,), (2,), (-0.1,), "", "stop", i, v, path=path) for i, (path, v) in enumerate(verdicts)))
    terms = [list(term(group, 0.0)) for term in pta_grpo().rewards]
    totals = [sum(w * (x or 0.0) for w, x in zip(pta_grpo().weights, column, strict=True)) for column in zip(*terms, strict=True)]
    assert totals == [1.75, 1.75, 1.75, 0.75, 0.25, 1.25, 0.25, 0.25]
    scored = group.with_rollouts(tuple(replace(r, reward=x) for r, x in zip(group.rollouts, totals, strict=True)))
    got = credit(collate([scored], 4), pta_grpo().advantage)[:, 0].tolist()
    assert got == pytest.approx(grpo_advantages(totals), abs=1e-5)
    assert mean(got[:4]) > 0.5 and mean(got[4:]) < -0.5


def _plans(quality: float) -> float:
    """Chance of the good plan after training: it succeeds 7 times in 10, the bad one 3 times; how to carry them out is held fixed by a short training."""
    table = Table("gbyn|").put("p", g=4.0, b=4.0).put("pg", **{"|": 9.0}).put("pb", **{"|": 9.0})
    table.put("pg|", y=9.0, n=8.0).put("pb|", y=8.0, n=9.0)
    made, problem = task("g|y", "b|y")
    method = pta_grpo(group=16, plans=4, quality=quality, share=0.5)
    assert isinstance(method.sampler, Planned)
    train(replace(method, sampler=replace(method.sampler, close="|")), table, made, problem, 20, lr=1.0, limit=4, problems=2)
    return table.chance("p", "g")


def test_training_shifts_to_the_good_plan() -> None:
    assert _plans(1.0) > 0.6 and _plans(1.0) > _plans(0.0)


def test_terms_and_weights() -> None:
    method = pta_grpo(quality=0.5, form=0.2)
    assert method.rewards == (Accuracy(), PlanQuality(), PlanFormat()) and method.weights == (1.0, 0.5, 0.2)
