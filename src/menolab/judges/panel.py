"""The judges of a recipe with their models, loaded once."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import torch

from menolab.engines.engine import Engine
from menolab.engines.torch_engine import TorchEngine
from menolab.judges.judge import Judge
from menolab.keys import Key
from menolab.models.checkpoint import Checkpoint
from menolab.pieces import Piece
from menolab.records import Group, Opinion


@dataclass(frozen=True)
class Panel:
    """Judges and the engines that they ask. Not a piece: it holds weights."""

    judges: tuple[Judge, ...]
    engines: Mapping[str, Engine]
    """By the judges' `model`."""

    def ask(self, groups: Sequence[Group], key: Key) -> list[Group]:
        """The groups, each rollout with the opinion of every judge."""
        for judge in self.judges:
            name = repr(judge)
            groups = with_opinions(groups, name, judge(self.engines[judge.model], groups, key.fold(name)))
        return list(groups)


def with_opinions(groups: Sequence[Group], name: str, opinions: Sequence[Sequence[Opinion]]) -> list[Group]:
    """The groups with one judge's opinions added."""
    return [
        group.with_rollouts(tuple(replace(r, opinions={**r.opinions, name: o}) for r, o in zip(group.rollouts, own, strict=True)))
        for group, own in zip(groups, opinions, strict=True)
    ]


def judges_in(value: Any) -> tuple[Judge, ...]:
    """The judges that a piece, or a tuple of pieces, asks, each once. A judge's own parts are its own affair."""
    return tuple(dict.fromkeys(_walk(value)))


def _walk(value: Any) -> Iterator[Judge]:
    if isinstance(value, Judge):
        yield value
    elif isinstance(value, tuple):
        for part in value:
            yield from _walk(part)
    elif isinstance(value, Piece):
        assert dataclasses.is_dataclass(value)
        for field in dataclasses.fields(value):
            yield from _walk(getattr(value, field.name))


def open_panel(judges: Sequence[Judge], own: Engine, device: torch.device) -> Panel:
    """Load the models of all judges that do not ask the policy itself, each once; they are never trained.

    Args:
        own: the engine of the policy that is being trained.

    Raises:
        BadInput: a model that cannot be loaded.
    """
    engines: dict[str, Engine] = {"": own}
    for judge in judges:
        if judge.model not in engines:
            policy = Checkpoint(judge.model, dtype="auto")(Key.root(0))
            policy.model.to(device).requires_grad_(False)
            engines[judge.model] = TorchEngine(policy)
    return Panel(tuple(judges), engines)
