"""What a group cost: every drawn token once, nothing that was given or put there."""

from __future__ import annotations

import pytest

from fakes import sums
from menolab.engines.decoding import Decoding
from menolab.engines.engine import Engine
from menolab.keys import Key
from menolab.records import Completion, Group, Probe, Problem, Rollout
from menolab.samplers.elastic import Elastic
from menolab.samplers.hinted import Hinted
from menolab.samplers.independent import Independent
from menolab.samplers.planned import Planned
from menolab.samplers.prefixed import Prefixed
from menolab.samplers.sampler import Sampler
from menolab.samplers.serial_exits import SerialExits
from menolab.samplers.tree import Tree
from menolab.samplers.with_greedy import WithGreedy
from thinker import Thinker

KEY = Key.root(0)


def _rollout(length: int, sample: int = 0, *, path: tuple[int, ...] = (), cuts: tuple[int, ...] = (), given: int = 0) -> Rollout:
    return Rollout((9,), (1,) * length, (-0.1,) * length, "", "stop", sample, path=path, cuts=cuts, given=given)


def _tokens(*rollouts: Rollout, probes: tuple[Probe, ...] = ()) -> int:
    return Group(Problem("p", "t", "?", "1"), rollouts, probes=probes).drawn_tokens


def test_shared_segments_count_once_and_hints_not_at_all() -> None:
    assert _tokens(_rollout(5), _rollout(5, 1), _rollout(0, 2)) == 10, "equal responses are drawn twice"
    assert _tokens(_rollout(5, given=2), _rollout(4, 1, given=2)) == 5 and _rollout(5, given=2).length == 3
    tree = [_rollout(6, 0, path=(0, 0), cuts=(0, 4)), _rollout(9, 1, path=(0, 1), cuts=(0, 4)), _rollout(3, 2, path=(1,), cuts=(0,))]
    assert _tokens(*tree) == 4 + 2 + 5 + 3
    assert _tokens(_rollout(5), probes=(Probe(0, 2, "", 7), Probe(0, 3, "", 1))) == 13


class Counting(Thinker):
    """Counts what it draws."""

    drawn: int = 0

    def _next(self, request, decoding: Decoding) -> Completion:
        done = super()._next(request, decoding)
        self.drawn += len(done.tokens)
        return done


@pytest.mark.parametrize(
    "sampler", [Independent(3), WithGreedy(3), SerialExits(5), Elastic(3), Prefixed(2, "<think>xx"), Hinted(3), Tree(8), Planned(8)], ids=repr
)
@pytest.mark.parametrize("limit", [200, 50])
def test_what_samplers_cost_is_what_the_engine_drew(sampler: Sampler, limit: int) -> None:
    engine: Engine = (counting := Counting())
    groups = sampler(engine, sums(6), Decoding(max_tokens=limit), KEY)
    assert sum(group.drawn_tokens for group in groups) == counting.drawn > 0
