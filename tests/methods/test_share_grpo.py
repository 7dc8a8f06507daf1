"""Share-GRPO: with one wording it is GRPO; with more, fewer groups are dead."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import torch
from safetensors.torch import load_file

from menolab.methods.grpo import grpo
from menolab.methods.share_grpo import share_grpo
from menolab.runs.pipeline import carry_out
from tiny import Variety, tiny_run


def _run(folder: Path, method) -> tuple[dict[str, torch.Tensor], list[dict]]:
    run = tiny_run(folder, method=replace(method, rewards=(Variety(),)), steps=2)
    carry_out(run)
    rows = [json.loads(line) for line in (folder / "metrics.jsonl").read_text().splitlines()]
    return load_file(run.model_folder("trained") / "model.safetensors"), [row for row in rows if row["stage"] == "reinforce"]


def test_with_one_wording_it_is_grpo(tmp_path: Path) -> None:
    one, _ = _run(tmp_path / "one", share_grpo(4, wordings=1))
    plain, _ = _run(tmp_path / "plain", grpo(4))
    assert all(torch.equal(one[name], plain[name]) for name in plain)


def test_every_rollout_is_learnt_from_under_every_wording(tmp_path: Path) -> None:
    _, rows = _run(tmp_path / "two", share_grpo(4, wordings=2))
    assert all(row["drawn"] == 16 and row["kept"] == 32 and row["grad_norm"] > 0 for row in rows)
