"""DAPO's filter: neither solved nor hopeless."""

from __future__ import annotations

from menolab.curricula.mixed_verdicts import MixedVerdicts, right_count
from menolab.records import Group, Problem, Rollout, right, undecided, wrong

VERDICTS = {"r": right("c", "", "1"), "w": wrong("c", ""), "u": undecided("c", "")}


def group(letters: str, *, greedy: int = 0) -> Group:
    rollouts = [Rollout((1,), (2,), (-0.1,), "", "stop", i, VERDICTS[x], reward=float(i), greedy=i >= len(letters) - greedy) for i, x in enumerate(letters)]
    return Group(Problem(letters, "t", "?", "1"), tuple(rollouts))


def test_every_group_kept_has_some_right_and_some_not() -> None:
    groups = [group(x) for x in ("rrww", "rrrr", "wwww", "r", "w", "ru", "uu", "")]
    assert [g.problem.id for g in MixedVerdicts()(groups)] == ["rrww", "ru"]
    assert [right_count(g) for g in groups] == [2, 4, 0, 1, 0, 1, 0, 0]


def test_yardsticks_do_not_count() -> None:
    assert MixedVerdicts()([group("rrw", greedy=1), group("wwr", greedy=1)]) == []
