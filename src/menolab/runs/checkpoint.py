"""Checkpoints: everything a stage needs to go on exactly where it was.

    checkpoints/<stage>/step-000040/
        weights.safetensors      the parameters that learn (all, or the adapter's)
        optimizer.safetensors    the optimiser's tensors, named <parameter index>.<name>
        <name>/                  both again for each model that learns beside the policy (a critic, a process reward model)
        state.json               {"stage", "step", "curriculum"}

A checkpoint appears by one rename, so a folder that exists is complete. Randomness needs no state: every draw is a hash of the step (`menolab.keys`).
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file

from menolab.errors import BadInput
from menolab.files import write_folder

Trained = tuple[Any, torch.optim.Optimizer]
"""A module and the optimiser that moves it."""


@dataclass(frozen=True)
class Checkpoint:
    """A complete checkpoint on disk."""

    folder: Path
    step: int
    """Steps done."""
    curriculum: dict[str, Any]


def save(root: Path, stage: str, step: int, trained: Mapping[str, Trained], curriculum: Any) -> Checkpoint:
    """Write a checkpoint, then remove the stage's older ones. On a full disk the older one stays.

    Args:
        trained: what learns, by the folder it is kept in; the policy's is "", the checkpoint itself.

    Raises:
        RunFailed: it cannot be written.
    """
    folder = root / stage / f"step-{step:06d}"

    def fill(scratch: Path) -> None:
        try:
            for name, (model, optimizer) in trained.items():
                (scratch / name).mkdir(exist_ok=True)
                save_file(_learning(model), scratch / name / "weights.safetensors")
                save_file(_optimizer_tensors(optimizer), scratch / name / "optimizer.safetensors")
        except SafetensorError as error:  # how safetensors reports a full disk
            raise OSError(str(error)) from error
        state = {"stage": stage, "step": step, "curriculum": curriculum}
        (scratch / "state.json").write_text(json.dumps(state, allow_nan=False), encoding="utf-8")

    write_folder(folder, fill)
    for older in folder.parent.glob("step-*"):
        if older != folder:
            shutil.rmtree(older)
    return Checkpoint(folder, step, curriculum)


def latest(root: Path, stage: str) -> Checkpoint | None:
    """The newest checkpoint of a stage, or None.

    Raises:
        BadInput: the checkpoint was damaged after it was written.
    """
    folders = sorted((root / stage).glob("step-*"))
    if not folders:
        return None
    try:
        state = json.loads((folders[-1] / "state.json").read_text(encoding="utf-8"))
        return Checkpoint(folders[-1], state["step"], state["curriculum"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise _damaged(folders[-1], error) from error


def load(checkpoint: Checkpoint, trained: Mapping[str, Trained]) -> None:
    """Put a checkpoint's weights and optimiser states in place; `trained` as `save` was given it.

    Raises:
        BadInput: the checkpoint was damaged after it was written.
    """
    try:
        for name, (model, optimizer) in trained.items():
            _load(checkpoint.folder / name, model, optimizer)
    except (OSError, SafetensorError, KeyError, ValueError, RuntimeError) as error:
        raise _damaged(checkpoint.folder, error) from error


def _load(folder: Path, model: Any, optimizer: torch.optim.Optimizer) -> None:
    saved = load_file(folder / "weights.safetensors")
    with torch.no_grad():
        for name, parameter in _learning(model).items():
            parameter.copy_(saved[name])
    state: dict[int, dict[str, torch.Tensor]] = {}
    for path, tensor in load_file(folder / "optimizer.safetensors").items():
        index, _, key = path.partition(".")
        state.setdefault(int(index), {})[key] = tensor
    optimizer.load_state_dict({**optimizer.state_dict(), "state": state})


def _damaged(folder: Path, error: Exception) -> BadInput:
    return BadInput("--resume", str(folder), f"the checkpoint is damaged ({error}); delete that folder to go on from the stage's start")


def _learning(model: Any) -> dict[str, torch.Tensor]:
    """The parameters that learn; tied weights appear once, since `named_parameters` names each tensor once."""
    return {name: p.detach() for name, p in model.named_parameters() if p.requires_grad}


def _optimizer_tensors(optimizer: torch.optim.Optimizer) -> dict[str, torch.Tensor]:
    state = optimizer.state_dict()["state"]
    return {f"{index}.{key}": value.contiguous() for index, entry in state.items() for key, value in entry.items()}
