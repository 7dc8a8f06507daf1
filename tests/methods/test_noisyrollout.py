"""NoisyRollout: distorted draws, learnt from as clean ones."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import torch
from safetensors.torch import load_file

from menolab.methods.grpo import grpo
from menolab.methods.noisyrollout import noisyrollout
from menolab.runs.pipeline import carry_out
from tiny import Variety, tiny_run


def _trained(folder: Path, method) -> dict[str, torch.Tensor]:
    run = tiny_run(folder, method=replace(method, rewards=(Variety(),)), steps=2)
    carry_out(run)
    return load_file(run.model_folder("trained") / "model.safetensors")


def test_without_noise_it_is_grpo(tmp_path: Path) -> None:
    silent, plain, noisy = (
        _trained(tmp_path / name, method)
        for name, method in (("silent", noisyrollout(4, share=0.0)), ("plain", grpo(4)), ("noisy", noisyrollout(4, share=1.0)))
    )
    assert all(torch.equal(silent[name], plain[name]) for name in plain)
    assert any(not torch.equal(noisy[name], plain[name]) for name in plain)


def test_half_of_the_group_is_distorted() -> None:
    sampler = noisyrollout(group=6).sampler
    assert sampler.rewritten == 3 and sampler.strength(0.0) > 0.999 and sampler.strength(1.0) < 1e-3  # type: ignore[attr-defined]
