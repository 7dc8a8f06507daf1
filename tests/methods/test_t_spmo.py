"""T-SPMO: a sum over distinct (prefix, token) pairs."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import torch

from batches import inputs_of
from credit_cases import credit_batch, one_group
from menolab.advantages.advantage import credit
from menolab.methods.t_spmo import t_spmo
from menolab.runs.pipeline import carry_out
from tiny import tiny_run


def test_every_pair_counts_once() -> None:
    """Responses that share a pair share its log-probability: its gradient, added over them, is -A / N."""
    case = one_group([1.0, 0.0, 0.0, 1.0], [[5, 1], [5, 2], [5, 2], [6, 1]])
    inputs = inputs_of(case, credit(credit_batch(case), t_spmo().advantage).double())
    t_spmo().loss(inputs).loss.backward()
    assert inputs.logprobs_BT.grad is not None
    grad = inputs.logprobs_BT.grad
    pairs = {"5": grad[:3, 0].sum(), "6": grad[3, 0], "51": grad[0, 1], "52": grad[1:3, 1].sum(), "61": grad[3, 1]}
    expected = {"5": 1 / 3 - 1 / 2, "6": 1.0 - 1 / 2, "51": 1.0 - 1 / 3, "52": 0.0 - 1 / 3, "61": 0.0}
    for pair, a in expected.items():
        assert float(pairs[pair]) == pytest.approx(-a / 4, abs=1e-6)
    assert torch.isfinite(grad[:, :2]).all()


def test_a_replayed_beginning_has_no_credit() -> None:
    """All of a replayed group share it, so nothing branches there."""
    case = one_group([1.0, 0.0, 1.0, 0.0], [[7, 8, 1], [7, 8, 2], [7, 8, 1], [7, 8, 3]])
    got = credit(credit_batch(case), t_spmo().advantage)
    assert (got[:, :2] == 0).all() and (got[:, 2] != 0).all()


def test_a_run_replays_and_its_checkpoint_remembers(tmp_path: Path) -> None:
    carry_out(tiny_run(tmp_path / "run", method=t_spmo(group=4), steps=3))
    (state,) = (tmp_path / "run" / "checkpoints" / "reinforce").glob("step-*/state.json")
    assert json.loads(state.read_text())["curriculum"]["stored"]
    rows = [json.loads(line) for line in (tmp_path / "run" / "metrics.jsonl").read_text().splitlines()]
    lengths = [row["drawn"] for row in rows if row["stage"] == "reinforce"]
    assert lengths == [16, 16, 16]
