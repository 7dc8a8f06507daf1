"""Tina: adapters learn, the base does not."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import torch
from safetensors.torch import load_file

from menolab.methods.tina import tina
from menolab.models.lora import LoRA
from menolab.rewards.accuracy import Accuracy
from menolab.runs.pipeline import carry_out
from tiny import Variety, tiny_run


def test_tina_moves_adapters_only(tmp_path: Path) -> None:
    """The base is bit-identical, the change is of the adapters' rank, and at the start there is no change."""
    method = replace(tina(rank=2, alpha=4.0), rewards=(Variety(), Accuracy()))
    run = tiny_run(tmp_path / "run", method=method, lr=1e-2)
    carry_out(run)
    before, after = (load_file(run.model_folder(name) / "model.safetensors") for name in ("cold_start", "trained"))
    changed = {name for name in before if not torch.equal(before[name], after[name])}
    assert changed and all(name.endswith("_proj.weight") for name in changed)
    for name in changed:
        assert torch.linalg.matrix_rank(after[name] - before[name], rtol=1e-3) <= 2
    learnt = set(load_file(next((run.checkpoints / "reinforce").glob("step-*/weights.safetensors"))))
    assert learnt and all("lora_" in name for name in learnt)


def test_constants_of_the_authors_recipes() -> None:
    method = tina()
    assert method.adapter == LoRA(rank=32, alpha=128.0) and method.sampler.group == 4
    assert [type(r).__name__ for r in method.rewards] == ["AnswerFormat", "Accuracy"] and method.weights == (1.0, 2.0)
