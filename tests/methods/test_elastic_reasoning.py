"""Elastic Reasoning is GRPO on budget-constrained rollouts."""

from __future__ import annotations

import json
from pathlib import Path

from menolab.losses.penalty import KLToReference
from menolab.losses.policy_loss import PolicyLoss
from menolab.methods.elastic_reasoning import elastic_reasoning
from menolab.runs.pipeline import carry_out
from menolab.samplers.elastic import Elastic
from tiny import tiny_run


def test_parts() -> None:
    method = elastic_reasoning(group=4, think=0.25, answer=0.5)
    assert method.sampler == Elastic(4, 0.25, 0.5) and isinstance(method.loss, PolicyLoss) and method.loss.penalty == KLToReference(0.001)


def test_the_put_tag_is_scored_before_it_is_learnt(tmp_path: Path) -> None:
    """An untrained model rarely closes its thought: nearly every rollout holds a tag that was put, and the update is finite."""
    carry_out(tiny_run(tmp_path / "run", method=elastic_reasoning(group=4), steps=2))
    rows = [json.loads(line) for line in (tmp_path / "run" / "metrics.jsonl").read_text().splitlines()]
    steps = [row for row in rows if row["stage"] == "reinforce"]
    assert len(steps) == 2 and all(row["length"] <= 16 and abs(row["drift"]) < 1.0 for row in steps)
