"""RLAD's sampler: abstractions, their readers, and those who read none."""

from __future__ import annotations

import pytest

from menolab.engines.decoding import Decoding
from menolab.errors import BadInput
from menolab.keys import Key
from menolab.records import Problem
from menolab.samplers.abstracted import Abstracted
from table import Table

KEY = Key.root(0)
PROBLEMS = [Problem(str(i), "t", f"p{i}", "1") for i in range(3)]


def test_solutions_read_their_abstraction_and_bare_ones_none() -> None:
    table, sampler = Table("abc"), Abstracted(14, 3, 2, 0.25, "?", "!")
    assert sampler.solutions == 3
    for group in sampler(table, PROBLEMS, Decoding(max_tokens=8), KEY):
        prompt = group.problem.prompt
        abstractions = [r for r in group.rollouts if r.turn == 0]
        assert [r.sample for r in abstractions] == [0, 1, 2] and all(r.prompt == table.encode(f"{prompt}?") and len(r.tokens) <= 2 for r in abstractions)
        for a in abstractions:
            readers = [r for r in group.rollouts if r.turn == 1 and r.sample == a.sample]
            assert len(readers) == 3 and all(r.prompt == table.encode(f"{prompt}!{a.text}") for r in readers)
        bare = [r for r in group.rollouts if r.turn == 1 and r.sample > 2]
        assert [r.sample for r in bare] == [3, 4] and all(r.prompt == table.encode(prompt) for r in bare)
        assert len(group.rollouts) == 14 and len({r.key for r in group.rollouts}) == 14


def test_without_bare_solutions() -> None:
    (group,) = Abstracted(6, 2, 0)(Table("ab"), PROBLEMS[:1], Decoding(max_tokens=8), KEY)
    assert [(r.turn, r.sample) for r in group.rollouts] == [(0, 0), (0, 1), (1, 0), (1, 0), (1, 1), (1, 1)]


@pytest.mark.parametrize(("fields", "message"), [((11, 2, 2), "e.g. 10"), ((4, 2, 2), "sampler.group"), ((4, 0, 2), "abstractions"), ((6, 2, 0, 0.0), "share")])
def test_what_makes_no_sense(fields: tuple, message: str) -> None:
    with pytest.raises(BadInput, match=message):
        Abstracted(*fields)
