"""What a study looks at: a model, the samples of it that are stored, or both."""

from __future__ import annotations

import functools
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from menolab.engines.engine import Engine
from menolab.engines.torch_engine import TorchEngine
from menolab.errors import BadInput
from menolab.evaluation.record import Result, load
from menolab.keys import Key
from menolab.models.base import Base
from menolab.models.checkpoint import Checkpoint
from menolab.models.policy import Policy
from menolab.pieces import from_data
from menolab.runs.pipeline import STAGES, model_of
from menolab.runs.recipe import Recipe
from menolab.runs.setup import Setup

STATES = ("base", *STAGES)
"""The model's states in the order of a run."""


@dataclass(frozen=True)
class Subject:
    """One model, as far as it is known."""

    label: str
    """What tables and charts call it; unique in a study."""
    results: Mapping[str, Result] = field(default_factory=dict)
    """Stored samples by task name."""
    engine: Callable[[], Engine] | None = None
    """Loads the model, once; None where only its samples are known."""
    setup: Setup | None = None
    """The ground of the run that made it."""

    def opened(self) -> Engine:
        """The engine of the model.

        Raises:
            BadInput: only its samples are known.
        """
        if self.engine is None:
            raise BadInput("MODEL", self.label, "only its samples are known, and this study must ask the model itself; give the model's folder or its run")
        return self.engine()

    def policy(self) -> Policy:
        """The weights, where the model runs in process.

        Raises:
            BadInput: it does not, or only its samples are known.
        """
        policy = getattr(self.opened(), "policy", None)
        if policy is None:
            raise BadInput("MODEL", self.label, "runs behind a server; this study must score texts with the weights themselves, so give a model folder")
        return policy


def subjects(names: Sequence[str]) -> list[Subject]:
    """The subjects that MODEL, RUN and RECORD arguments name (a folder of records is one subject).

    One run alone stands for its states in order; among several, each run stands for its last model.

    Raises:
        BadInput: nothing named, something named twice, a damaged run or record.
    """
    if not names:
        raise BadInput("MODEL", "", "name what to study: a run folder, model folders or Hub names, result records (JSON)")
    read = [_read(name) for name in names]
    last = [states[-1] if len(states) == 1 else replace(states[-1], label=name) for name, states in zip(names, read, strict=True)]
    found = read[0] if len(read) == 1 else last
    labels = [subject.label for subject in found]
    if len(set(labels)) < len(labels):  # records of one file name in two folders: the whole path tells them apart
        found = [replace(subject, label=name) for subject, name in zip(found, names, strict=True)]
        if len(set(names)) < len(names):
            raise BadInput("MODEL", next(n for n in names if names.count(n) > 1), "is named twice; a study compares different models")
    return found


def _read(name: str) -> list[Subject]:
    path = Path(name)
    if path.is_file():
        result = load(path)
        return [Subject(result.record.model or path.stem, {result.record.task: result})]
    if (path / "recipe.json").is_file():
        return _states(path)
    if path.is_dir() and not (path / "config.json").is_file():
        results = {result.record.task: result for file in sorted(path.glob("*.json")) for result in (load(file),)}
        if not results:
            raise BadInput("MODEL", name, "holds no run, no model and no result record")
        return [Subject(name, results)]
    return [Subject(name, engine=loader(Checkpoint(str(model_of(name)), dtype="auto"), Key.root(0)))]


def _states(folder: Path) -> list[Subject]:
    """What a run made, and what it began with."""
    try:
        recipe = from_data(json.loads((folder / "recipe.json").read_bytes()))
        assert isinstance(recipe, Recipe)
    except (ValueError, TypeError, AssertionError) as error:
        raise error if isinstance(error, BadInput) else BadInput("RUN", str(folder), f"its recipe.json is not a recipe ({error})") from error
    key = Key.root(recipe.seed)
    found = []
    for state in STATES:
        results = {result.record.task: result for path in sorted(folder.glob(f"evaluation/*/{state}.json")) for result in (load(path),)}
        model = folder / "models" / state
        if state == "base":
            found.append(Subject(state, results, loader(recipe.setup.base, key.fold("base")), recipe.setup))
        elif model.is_dir():
            found.append(Subject(state, results, loader(Checkpoint(str(model), dtype="auto"), key), recipe.setup))
    return found


def loader(base: Base, key: Key) -> Callable[[], Engine]:
    """What loads a model when it is first asked for and keeps it, on a GPU where there is one."""

    @functools.cache
    def load_it() -> Engine:
        import torch

        policy = base(key)
        policy.model.to("cuda" if torch.cuda.is_available() else "cpu")
        return TorchEngine(policy)

    return load_it
