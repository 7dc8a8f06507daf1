"""A recipe: method x setup x seed. What is saved is the recipe."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass

from menolab.pieces import Piece, to_data
from menolab.runs.setup import Setup
from menolab.runs.stage import NoTraining, Stage


@dataclass(frozen=True)
class Recipe(Piece):
    """The science of a run, all of it: two runs of one recipe on one kind of machine give one curve."""

    method: Stage = NoTraining()
    setup: Setup = Setup()
    seed: int = 0

    @property
    def digest(self) -> str:
        """Twelve hex digits that name the experiment."""
        return hashlib.blake2b(json.dumps(to_data(self), sort_keys=True).encode(), digest_size=6).hexdigest()
