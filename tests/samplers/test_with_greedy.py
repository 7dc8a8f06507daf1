"""ReMax's sampler: one yardstick a group."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from fakes import FakeEngine, Sums, sums
from menolab.engines.decoding import Decoding
from menolab.errors import BadInput
from menolab.keys import Key
from menolab.records import Completion, Request
from menolab.rewards.accuracy import Accuracy
from menolab.rewards.judge import judge
from menolab.samplers.with_greedy import WithGreedy
from menolab.stages.collate import collate
from menolab.stages.reinforce import describe

KEY = Key.root(0)


class Watched(FakeEngine):
    """Remembers the temperatures it was asked for."""

    temperatures: list[tuple[float, int]]

    def generate(self, requests: Sequence[Request], decoding: Decoding) -> list[Completion]:
        self.temperatures = [*getattr(self, "temperatures", []), (decoding.temperature, len(requests))]
        return super().generate(requests, decoding)


def test_the_last_rollout_is_greedy_and_counts_as_a_rollout() -> None:
    engine = Watched()
    groups = WithGreedy(4)(engine, sums(3), Decoding(), KEY)
    assert engine.temperatures == [(1.0, 9), (0.0, 3)]
    assert all([r.greedy for r in g.rollouts] == [False] * 3 + [True] and [r.sample for r in g.rollouts] == [0, 1, 2, 3] for g in groups)


def test_the_yardstick_is_compared_with_and_not_learnt_from() -> None:
    judged = judge(WithGreedy(3)(FakeEngine(), sums(4), Decoding(), KEY), Sums(), (Accuracy(),), (1.0,), 0.0)
    batch = collate(judged, 16)
    assert batch.totals.rollouts == 8 and batch.yardstick_B is not None
    assert batch.yardstick_B.tolist() == [g.rollouts[-1].reward for g in judged for _ in range(2)]
    assert describe(judged)["drawn"] == 12
    alone = [judged[0].with_rollouts(tuple(replace(r, greedy=False) for r in judged[0].rollouts)), judged[1]]
    yardsticks = collate(alone, 16).yardstick_B
    assert yardsticks is not None and yardsticks.isnan().tolist() == [True] * 3 + [False] * 2


def test_it_needs_two() -> None:
    with pytest.raises(BadInput, match="group"):
        WithGreedy(1)
