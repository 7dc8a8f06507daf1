"""Each player is compared with its like."""

from __future__ import annotations

from menolab.curricula.by_player import ByPlayer
from menolab.records import Group, Problem, Rollout


def _group(*of: tuple[int, int, float | None]) -> Group:
    return Group(Problem("p", "t", "?", "1"), tuple(Rollout((1,), (2,), (-0.1,), "", "stop", s, reward=x, turn=turn) for turn, s, x in of), 16)


GROUP = _group((0, 0, 0.0), (0, 1, 1.0), (0, 2, 0.0), (1, 0, 1.0), (1, 0, 0.5), (1, 1, 0.0), (1, 1, None), (1, 2, None), (1, 3, 1.0), (1, 4, 0.0))


def test_an_abstraction_is_worth_its_readers_mean_success_and_a_bare_solution_nothing() -> None:
    abstractions, solutions, bare = ByPlayer()([GROUP])
    assert [(r.sample, r.reward) for r in abstractions.rollouts] == [(0, 0.75), (1, 0.0), (2, None)], "what it says itself is no answer"
    assert [(r.sample, r.reward) for r in solutions.rollouts] == [(0, 1.0), (0, 0.5), (1, 0.0), (1, None), (2, None)]
    assert [(r.sample, r.reward) for r in bare.rollouts] == [(3, 0.0), (4, 0.0)], "right or wrong, no credit"
    assert all(g.limit == 16 and g.problem == GROUP.problem for g in (abstractions, solutions, bare))


def test_groups_of_one_player_stay_and_nothing_is_invented() -> None:
    plain = _group((0, 0, 1.0), (0, 1, 0.0))
    assert ByPlayer()([plain]) == [plain] and ByPlayer()([]) == []
    without = _group((0, 0, 0.0), (1, 0, 1.0))
    assert [len(g.rollouts) for g in ByPlayer()([without])] == [1, 1]
