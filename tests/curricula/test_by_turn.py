"""Attempts of one kind are compared with one another, each worth what came of it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from menolab.curricula.by_turn import ByTurn
from menolab.records import Group, Problem, Rollout


def _conversations(*rewards: tuple[float | None, float | None]) -> Group:
    rollouts = tuple(Rollout((1,), (2,), (-0.1,), "", "stop", i, reward=pair[turn], turn=turn) for turn in (0, 1) for i, pair in enumerate(rewards))
    return Group(Problem("p", "t", "?", "1"), rollouts, 16)


@pytest.mark.parametrize("discount", [1.0, 0.5, 0.0])
def test_turns_become_groups_with_returns_to_go(discount: float) -> None:
    first, second = ByTurn(discount)([_conversations((1.0, 0.0), (0.0, 1.0), (0.5, 2.0))])
    assert [r.reward for r in first.rollouts] == pytest.approx([1.0, discount, 0.5 + 2 * discount])
    assert [r.reward for r in second.rollouts] == [0.0, 1.0, 2.0] and [r.sample for r in second.rollouts] == [0, 1, 2] and second.limit == 16
    assert {r.turn for r in first.rollouts} == {0} and {r.turn for r in second.rollouts} == {1}


def test_what_cannot_be_scored_takes_what_led_to_it_along() -> None:
    first, second = ByTurn()([_conversations((1.0, None), (None, 1.0))])
    assert [r.reward for r in first.rollouts] == [None, None] and [r.reward for r in second.rollouts] == [None, 1.0]
    alone, _ = ByTurn(0.0)([_conversations((1.0, None), (None, 1.0))])
    assert [r.reward for r in alone.rollouts] == [1.0, None]


def test_groups_without_conversations_stay_as_they_are() -> None:
    plain = Group(Problem("p", "t", "?", "1"), tuple(Rollout((1,), (2,), (-0.1,), "", "stop", i, reward=float(i)) for i in range(3)))
    assert ByTurn()([plain]) == [plain] and ByTurn()([]) == []


def test_an_attempt_is_credited_with_the_token_rewards_of_later_ones_and_not_twice_with_its_own() -> None:
    group = _conversations((1.0, 0.0), (0.0, 1.0))
    group = group.with_rollouts(tuple(replace(r, token_rewards=(0.25 * (1 + r.turn),)) for r in group.rollouts))
    first, second = ByTurn(0.5)([group])
    assert [r.reward for r in first.rollouts] == [1.0 + 0.5 * 0.5, 0.5 * 1.5] and [r.reward for r in second.rollouts] == [0.0, 1.0]
