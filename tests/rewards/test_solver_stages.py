"""SIRL: unreadable, runs, right."""

from __future__ import annotations

from dataclasses import replace

import pytest

from judged import texts
from menolab.errors import BadInput
from menolab.records import right, undecided, wrong
from menolab.rewards.solver_stages import SolverStages


def test_every_stage_is_worth_more_than_the_one_before() -> None:
    verdicts = [
        wrong("extract", "no program"), wrong("run", "it raised"), wrong("compare", "another objective", "7"), wrong("compare", "half", "7", score=0.5),
        right("compare", "", "8"), undecided("run", "the sandbox failed"), None,
    ]  # fmt: skip
    group = texts(*[""] * len(verdicts))
    group = group.with_rollouts(tuple(replace(r, verdict=v) for r, v in zip(group.rollouts, verdicts, strict=True)))
    assert SolverStages()(group, 0.0) == [0.0, 0.0, 1.0, 1.5, 2.0, None, None]
    assert SolverStages(("extract",), ran=0.25)(group, 0.0) == [0.0, 0.25, 0.25, 0.75, 1.25, None, None]


def test_stages_must_be_named() -> None:
    with pytest.raises(BadInput, match="stages"):
        SolverStages(())
