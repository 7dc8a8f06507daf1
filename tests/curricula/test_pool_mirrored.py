"""A comparison and its mirror as one group."""

from __future__ import annotations

from menolab.curricula.pool_mirrored import PoolMirrored
from menolab.keys import Key
from menolab.records import Group, Rollout
from menolab.samplers.mirrored import mirror
from menolab.tasks.comparisons import Comparisons
from menolab.tasks.countdown import Countdown


def _group(problem, *rewards: float) -> Group:
    return Group(problem, tuple(Rollout((1,), (2,), (-0.1,), "", "stop", i, reward=r) for i, r in enumerate(rewards)))


def test_only_neighbours_that_mirror_each_other_are_joined() -> None:
    task, key = Comparisons(), Key.root(0)
    one, two, plain = task(key), task(key.fold(1)), Countdown()(key)
    other = mirror(one)
    assert other is not None
    pooled = PoolMirrored()([_group(plain, 1.0), _group(one, 1.0, 0.0), _group(other, 0.0, 0.5), _group(two, 1.0), _group(plain, 0.0)])
    assert [g.problem for g in pooled] == [plain, one, two, plain]
    assert [r.reward for r in pooled[1].rollouts] == [1.0, 0.0, 0.0, 0.5] and [r.sample for r in pooled[1].rollouts] == [0, 1, 2, 3]
    assert len(PoolMirrored()([_group(one, 1.0), _group(two, 0.0)])) == 2 and PoolMirrored()([]) == []
    again = PoolMirrored()([_group(one, 1.0), _group(other, 1.0), _group(one, 0.0), _group(other, 0.0)])
    assert [len(g.rollouts) for g in again] == [2, 2], "a pair is a pair, also when the problem comes twice"
