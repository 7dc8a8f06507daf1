"""Replay from random points of right and wrong responses."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from menolab.curricula.replay_prefixes import ReplayPrefixes
from menolab.errors import BadInput
from menolab.keys import Key
from menolab.records import Group, Problem, Rollout, Verdict, right, undecided, wrong

PROBLEMS = [Problem(str(i), "t", f"{i}?", "1", facts={"numbers": [i, 2]}) for i in range(30)]
RIGHT, WRONG, OPEN = right("c", "", "1"), wrong("c", ""), undecided("c", "")


def _group(problem: Problem, *verdicts: Verdict, length: int = 6) -> Group:
    def response(i: int, verdict: Verdict) -> Rollout:
        key = Key.root(0).fold(problem.id, i)
        return Rollout((1,), tuple(range(10 * i, 10 * i + length)), (-0.1,) * length, "", "stop", i, verdict, key=key)

    return Group(problem, tuple(response(i, verdict) for i, verdict in enumerate(verdicts)))


def test_one_right_and_one_wrong_response_of_each_fresh_group_come_back_cut() -> None:
    groups = [_group(PROBLEMS[0], WRONG, RIGHT, WRONG, RIGHT), _group(PROBLEMS[1], OPEN, WRONG), _group(PROBLEMS[2], OPEN)]
    state = json.loads(json.dumps(ReplayPrefixes(1.0).learn({}, groups)))
    chosen = ReplayPrefixes(1.0).choose(state, iter(PROBLEMS[10:]), 5)
    assert [p.id for p in chosen] == ["0", "0", "1", "10", "11"]
    responses = [(10, 11, 12, 13, 14, 15), (0, 1, 2, 3, 4, 5), (10, 11, 12, 13, 14, 15)]
    for problem, tokens in zip(chosen, responses, strict=False):
        assert 1 <= len(problem.start) < 6 and tokens[: len(problem.start)] == problem.start
        assert replace(problem, start=()) == PROBLEMS[int(problem.id)]
    assert all(p.start == () for p in chosen[3:])


@pytest.mark.parametrize(("share", "count"), [(0.0, 0), (0.25, 2), (0.5, 4), (1.0, 8)])
def test_the_share_replayed(share: float, count: int) -> None:
    curriculum = ReplayPrefixes(share)
    assert all(p.start == () for p in curriculum.choose(curriculum.init(), iter(PROBLEMS), 8))
    state = curriculum.learn({}, [_group(p, RIGHT, WRONG) for p in PROBLEMS[:8]])
    chosen = curriculum.choose(state, iter(PROBLEMS[10:]), 8)
    assert len(chosen) == 8 and sum(bool(p.start) for p in chosen) == count


def test_cuts_fall_anywhere_and_by_the_response_s_own_key() -> None:
    groups = [_group(p, RIGHT) for p in PROBLEMS]
    cuts = [len(entry["start"]) for entry in ReplayPrefixes().learn({}, groups)["stored"]]
    assert set(cuts) == {1, 2, 3, 4, 5} and len(cuts) == 30
    assert [len(entry["start"]) for entry in ReplayPrefixes().learn({}, groups[::-1])["stored"]] == cuts[::-1]


def test_replayed_groups_and_single_tokens_are_not_stored() -> None:
    replayed = _group(replace(PROBLEMS[0], start=(5,)), RIGHT, WRONG)
    assert ReplayPrefixes().learn({}, [replayed, _group(PROBLEMS[1], RIGHT, length=1)]) == {"stored": []}
    with pytest.raises(BadInput, match="share"):
        ReplayPrefixes(1.5)
