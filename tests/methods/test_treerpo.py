"""TreeRPO: credit for the step that decides."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from menolab.advantages.advantage import Chain, credit
from menolab.advantages.group_baseline import GroupBaseline
from menolab.advantages.group_scale import GroupScale
from menolab.curricula.filter import keep
from menolab.methods.treerpo import treerpo
from menolab.records import Group, Problem, Rollout
from menolab.runs.pipeline import carry_out
from menolab.stages.collate import collate
from tiny import Variety, tiny_run


def _two_decisions() -> Group:
    """Right after 0 then 0 only."""
    paths = [(i, j) for i in range(2) for j in range(2)]
    rollouts = tuple(Rollout((9,), p, (-0.7, -0.7), "", "stop", i, reward=float(p == (0, 0)), path=p, cuts=(0, 1)) for i, p in enumerate(paths))
    return Group(Problem("p", "t", "?", "1"), rollouts, 2)


def test_credit_goes_to_the_right_step() -> None:
    method = treerpo()
    batch = collate(keep([_two_decisions()], method.filters), 2)
    got = credit(batch, method.advantage)
    scale = (0.25 * 0.75) ** 0.5
    assert batch.prompts == ((9,), (9,), (9, 0), (9, 0)) and batch.mask_BT.sum().item() == 4
    assert got[:, 0].tolist() == pytest.approx([0.25 / scale, -0.25 / scale, 1.0, -1.0], abs=1e-5)


def test_at_depth_1_it_is_grpo() -> None:
    rollouts = tuple(Rollout((9,), (i,), (-0.7,), "", "stop", i, reward=float(i == 0), path=(i,), cuts=(0,)) for i in range(4))
    plain = tuple(replace(r, path=(), cuts=()) for r in rollouts)
    group = Group(Problem("p", "t", "?", "1"), rollouts, 2)
    population = Chain((GroupBaseline(), GroupScale(epsilon=0.0, ddof=0)))
    tree = credit(collate(keep([group], treerpo().filters), 2), treerpo().advantage)
    assert tree.allclose(credit(collate([group.with_rollouts(plain)], 2), population), atol=1e-5)


def test_segments_are_what_the_learner_sees(tmp_path: Path) -> None:
    method = replace(treerpo(group=4, depth=2), rewards=(Variety(),))
    carry_out(tiny_run(tmp_path / "run", method=method, steps=2))
    rows = [json.loads(line) for line in (tmp_path / "run" / "metrics.jsonl").read_text().splitlines()]
    rows = [row for row in rows if row["stage"] == "reinforce"]
    assert all(row["kept"] > 0 and row["grad_norm"] > 0 for row in rows)
