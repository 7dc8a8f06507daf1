"""A reward model of pairs that labels its own data."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from pathlib import Path

import pytest
import torch

from menolab.errors import BadInput
from menolab.judges.self_labels import SelfLabels
from menolab.judges.step_head import Stepped, contrast, step_scores
from menolab.keys import Key
from menolab.models.checkpoint import Checkpoint
from menolab.models.fresh import Fresh
from menolab.records import Demonstration, Problem, Verdict, right, wrong
from menolab.runs.pipeline import carry_out
from menolab.stages.learner import adamw
from menolab.stages.self_evolved import SelfEvolved, rank, scores_of
from menolab.tasks.task import Task
from tiny import tiny_run, tiny_setup

SMALL = Fresh(width=32, layers=1, heads=2, kv_heads=1, head_width=16, mlp=64, context=64)
METHOD = SelfEvolved(SelfLabels(0.5, 0.5, 0.0), solutions=160, samples=16, seed_steps=2, rounds=2, round_steps=2, batch=4)


def test_the_loss_is_that_of_bradley_and_terry() -> None:
    policy = SMALL(Key.root(0))
    head = contrast(policy, "+", "-")
    tokens = [tuple(policy.tokenizer(text, add_special_tokens=False)["input_ids"]) for text in ("12", "3", "456", "7")]
    rows = [Stepped(policy.encode("?"), own, (len(own) - 1,)) for own in tokens]
    scores = [float(s.detach()) for s in step_scores(policy, head, rows)]
    gaps = [scores[0] - scores[1], scores[2] - scores[3]]
    got = rank(policy, head, adamw(policy, (0.9, 0.95), 0.0), [(rows[0], rows[1]), (rows[2], rows[3])], 1e-3, 1.0)
    assert got["loss"] == pytest.approx(sum(-math.log(1 / (1 + math.exp(-g))) for g in gaps) / 2, abs=1e-5)
    assert got["accuracy"] == sum(g > 0 for g in gaps) / 2
    fresh = SMALL(Key.root(0))
    assert scores_of(fresh, contrast(fresh, "+", "-"), rows) == pytest.approx([1 / (1 + math.exp(-s)) for s in scores], abs=1e-5)


@dataclass(frozen=True)
class _Even(Task):
    """Countdown's problems; a response of an even number of characters is right, so that even an untrained model solves them both ways."""

    task: Task = tiny_setup().task

    @property
    def name(self) -> str:
        return self.task.name

    def __call__(self, key: Key) -> Problem:
        return self.task(key)

    def verify(self, problem: Problem, text: str) -> Verdict:
        return wrong("c", "odd", text) if len(text) % 2 else right("c", "even", text)

    def demonstrate(self, problem: Problem, key: Key) -> Demonstration:
        return self.task.demonstrate(problem, key)


def test_a_run_labels_its_own_pairs_and_repeats_itself(tmp_path: Path) -> None:
    weights = []
    for name in ("a", "b"):
        run = tiny_run(tmp_path / name, method=METHOD, task=_Even())
        carry_out(run)
        rows = [json.loads(line) for line in (run.folder / "metrics.jsonl").read_text().splitlines()]
        own = [row["self_labelled"] for row in rows if row["stage"] == "self_evolved"]
        assert len(own) == 6 and own[:2] == [0, 0] and 0 < own[2] == own[3] <= own[4]
        weights.append(torch.cat([p.flatten() for p in Checkpoint(str(run.model_folder("trained")))(Key.root(0)).model.parameters()]))
    assert torch.equal(*weights)


def test_values_that_make_no_sense() -> None:
    for fields in ({"labelled": 0.0}, {"solutions": 2}, {"batch": 0}, {"rounds": -1}, {"lr": 0.0}):
        with pytest.raises(BadInput, match=next(iter(fields))):
            SelfEvolved(**fields)
