"""Plans, and several responses that carry out each."""

from __future__ import annotations

import pytest

from menolab.engines.decoding import Decoding
from menolab.errors import BadInput
from menolab.keys import Key
from menolab.records import Problem
from menolab.samplers.planned import Planned
from table import Table

KEY = Key.root(0)
PROBLEMS = [Problem(str(i), "t", f"p{i}", "1") for i in range(3)]


def test_continuations_share_their_plan() -> None:
    table = Table("ab|")
    for group in Planned(12, 4, 0.5, close="|")(table, PROBLEMS, Decoding(max_tokens=8), KEY):
        assert len(group.rollouts) <= 12 and [r.sample for r in group.rollouts] == list(range(len(group.rollouts))) and group.limit == 8
        plans = {}
        for r in group.rollouts:
            assert len(r.tokens) == len(r.logprobs) <= 8 and r.text == table.decode(r.tokens)
            start = r.cuts[1] if len(r.path) == 2 else len(r.tokens)
            assert plans.setdefault(r.path[0], r.tokens[:start]) == r.tokens[:start]
            assert start <= 4 and "|" not in table.decode(r.tokens[: start - 1]), "a plan ends where it is closed"
        assert set(plans) == {0, 1, 2, 3}
        for plan, tokens in plans.items():
            own = [r for r in group.rollouts if r.path[0] == plan]
            over = tokens[-1] == 0
            assert len(own) == (1 if over else 3), "a response that ended within its plan is one rollout"
            assert over or table.decode(tokens).endswith("|") or len(tokens) == 4
    assert len({r.tokens for g in Planned(12, 4)(table, PROBLEMS, Decoding(max_tokens=8), KEY) for r in g.rollouts}) > 12


def test_a_plan_that_fills_the_limit_is_all_there_is() -> None:
    (group,) = Planned(4, 2, 1.0, close="|")(Table("a").put("p", end=-50.0), [Problem("x", "t", "p", "1")], Decoding(max_tokens=1), KEY)
    assert [(r.path, len(r.tokens), r.finish) for r in group.rollouts] == [((0,), 1, "length"), ((1,), 1, "length")]


@pytest.mark.parametrize(("fields", "message"), [((9, 4), "multiple of plans = 4"), ((4, 0), "plans"), ((4, 8), "plans"), ((4, 2, 0.0), "share")])
def test_what_makes_no_sense(fields: tuple, message: str) -> None:
    with pytest.raises(BadInput, match=message):
        Planned(*fields)
