"""Rollouts on disk: one row each, with what is known of every token."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from pathlib import Path

import pyarrow.parquet as pq
import pytest
import torch

from menolab.engines.decoding import Decoding
from menolab.keys import Key
from menolab.losses.penalty import KLToReference
from menolab.losses.policy_loss import PolicyLoss
from menolab.records import Group, Problem, Rollout, right
from menolab.stages import reinforce
from menolab.stages.collate import collate
from menolab.stages.rollout_log import Lesson, due, save_rollouts
from tiny import LAUNCH, tiny_method, tiny_run


def decode(tokens) -> str:
    return "".join(chr(t) for t in tokens if t)


def rollout(sample: int, text: str = "ab") -> Rollout:
    tokens = (*map(ord, text), 0)
    verdict = right("compare", "equal", text)
    return Rollout((1,), tokens, (-0.5,) * len(tokens), text, "stop", sample, verdict, {"accuracy": 1.0, "length": None}, 1.0, Key.root(0).fold(sample))


def rows(run, step: int) -> list[dict]:
    return pq.read_table(run.folder / "rollouts" / f"step-{step:06d}.parquet").to_pylist()


def test_a_row_says_what_was_drawn_judged_and_learnt(tmp_path: Path):
    run = tiny_run(tmp_path / "run")
    seen, dropped = Group(Problem("1+1", "sums", "1 + 1 =", "2"), (rollout(0), rollout(1, "c"))), Group(Problem("2+2", "sums", "2 + 2 =", "4"), (rollout(0),))
    batch = collate([seen], 8)
    credit_BT = torch.tensor([[0.5, 0.25, -1.0], [2.0, 3.0, 0.0]])
    save_rollouts(run, 3, [dropped, seen], decode, Lesson([seen], batch, credit_BT, credit_BT.abs(), -credit_BT.abs()))
    first, second, third = rows(run, 3)
    assert first["credit"] is None and first["entropy"] is None and first["reference"] is None and first["logprobs"] == [-0.5] * 3
    assert second["entropy"] == [0.5, 0.25, 1.0]
    assert second["credit"] == [0.5, 0.25, -1.0] and second["reference"] == [-0.5, -0.25, -1.0] and second["widths"] == [1, 1, 0]
    assert third["credit"] == [2.0, 3.0]  # padding is nobody's
    assert (second["problem"], second["gold"], second["verdict"], second["stage"], second["reason"]) == ("1+1", "2", "right", "compare", "equal")
    assert json.loads(second["terms"]) == {"accuracy": 1.0, "length": None} and second["step"] == 3


def test_texts_that_are_no_utf8_and_all_empty_columns_are_stored(tmp_path: Path):
    run = tiny_run(tmp_path / "run")
    bare = replace(rollout(0), text="\ud800", verdict=None, reward=None, logprobs=())
    save_rollouts(run, 1, [Group(Problem("1+1", "sums", "1 + 1 =", "2"), (bare,))], decode)
    row = rows(run, 1)[0]
    assert row["response"] == "?" and row["verdict"] is None and row["reward"] is None and row["widths"] is None and row["credit"] is None


@pytest.mark.parametrize(("every", "steps"), [(2, [1, 2, 4, 5]), (0, []), (10, [1, 5])])
def test_which_steps_are_kept(tmp_path: Path, every: int, steps: list[int]):
    run = tiny_run(tmp_path / "run", launch=replace(LAUNCH, rollouts_every=every))
    assert [step for step in range(1, 6) if due(run, step)] == steps


def test_what_training_stores_adds_up(tmp_path: Path):
    run = tiny_run(tmp_path / "run", steps=2, decoding=Decoding(max_tokens=8))
    tiny_method()(run, run.setup.base(run.key))
    stored = rows(run, 1)
    assert len(stored) == run.setup.rollouts
    for row in stored:
        assert len(row["logprobs"]) == len(row["widths"]) == row["tokens"] and sum(row["widths"]) == len(row["response"])
        if row["entropy"] is not None:
            assert len(row["entropy"]) == row["tokens"] and all(0 < entropy <= math.log(300) for entropy in row["entropy"])
    learnt = [row for row in stored if row["credit"] is not None]
    assert all(row["entropy"] is not None and row["reference"] is None for row in learnt)  # this method has no reference
    assert learnt and all(len(row["credit"]) == row["tokens"] for row in learnt)
    for problem in {row["problem"] for row in learnt}:  # GRPO's credit of a group sums to zero over rollouts
        own = [row["credit"][0] for row in learnt if row["problem"] == problem and row["credit"]]
        assert len(own) < 4 or sum(own) == pytest.approx(0, abs=1e-5)



def test_a_reference_that_the_loss_alone_reads_is_stored_too(tmp_path: Path):
    run = tiny_run(tmp_path / "run", steps=2, decoding=Decoding(max_tokens=8))
    method = tiny_method()
    assert isinstance(method.loss, PolicyLoss)
    penalised = replace(method, loss=replace(method.loss, penalty=KLToReference(0.1)))
    penalised(run, run.setup.base(run.key))
    first, last = ([row for row in rows(run, step) if row["reference"] is not None] for step in (1, 2))
    assert first and last
    for row in first:  # the reference is the model that the stage began with
        assert row["reference"] == pytest.approx(row["logprobs"], abs=1e-4)
    assert any(row["reference"] != pytest.approx(row["logprobs"], abs=1e-4) for row in last)


def test_a_bounded_number_of_rollouts_is_read_again_whole_groups_of_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(reinforce, "READ_AGAIN", 5)  # of groups of four
    run = tiny_run(tmp_path / "run", steps=1, decoding=Decoding(max_tokens=8))
    tiny_method()(run, run.setup.base(run.key))
    stored = rows(run, 1)
    assert [row["entropy"] is not None for row in stored] == [True] * 8 + [False] * 8 and all(row["credit"] is not None for row in stored)


def test_what_is_stored_changes_nothing(tmp_path: Path):
    metrics = []
    for every in (0, 1):
        run = tiny_run(tmp_path / str(every), launch=replace(LAUNCH, rollouts_every=every), decoding=Decoding(max_tokens=8))
        tiny_method()(run, run.setup.base(run.key))
        metrics.append((run.folder / "metrics.jsonl").read_text())
    assert metrics[0] == metrics[1]
