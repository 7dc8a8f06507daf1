"""Curricula and filters: explicit state, nothing invented."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from menolab.curricula.curriculum import Curriculum, Uniform
from menolab.curricula.filter import Filter, MixedRewards, all_equal, keep
from menolab.pieces import members
from menolab.records import Group, Problem, Rollout

PROBLEMS = [Problem(str(i), "t", "?", "1", difficulty=i) for i in range(20)]


def _group(*rewards: float | None) -> Group:
    return Group(PROBLEMS[0], tuple(Rollout((1,), (2,), (-0.1,), "", "stop", i, None, {}, r) for i, r in enumerate(rewards)))


GROUPS = [_group(0.0, 1.0), _group(1.0, 1.0), _group(None, None), _group(0.5, None), _group(0.0, 0.5, None)]


@pytest.mark.parametrize("curriculum", [cls() for cls in members(Curriculum).values()], ids=repr)
def test_curricula_choose_from_the_stream_and_keep_json_state(curriculum: Curriculum) -> None:
    state = curriculum.init()
    for _ in range(2):
        chosen = curriculum.choose(state, iter(PROBLEMS), 5)
        assert len(chosen) == 5 and all(p in PROBLEMS for p in chosen)
        assert curriculum.choose(json.loads(json.dumps(dict(state))), iter(PROBLEMS), 5) == chosen
        state = curriculum.learn(state, GROUPS)


def test_uniform_takes_problems_as_they_come() -> None:
    assert Uniform().choose({}, iter(PROBLEMS), 3) == PROBLEMS[:3]


@pytest.mark.parametrize("filter_", [cls() for cls in members(Filter).values()], ids=repr)
def test_filters_keep_order_and_invent_nothing(filter_: Filter) -> None:
    kept = filter_(GROUPS)
    assert [g for g in GROUPS if g in kept] == kept
    assert filter_([]) == []


def test_mixed_rewards_drops_dead_groups() -> None:
    assert [all_equal(g) for g in GROUPS] == [False, True, True, True, False]
    assert keep(GROUPS, (MixedRewards(),)) == [GROUPS[0], GROUPS[4]]
    assert keep(GROUPS, ()) == GROUPS


def test_a_group_whose_tokens_are_rewarded_is_not_dead() -> None:
    equal = _group(1.0, 1.0)
    for token_rewards, dead in (((0.0, 0.0), True), ((0.0, -0.05), False)):
        group = equal.with_rollouts(tuple(replace(r, token_rewards=token_rewards if i else ()) for i, r in enumerate(equal.rollouts)))
        assert all_equal(group) is dead and MixedRewards()([group]) == ([] if dead else [group])
