"""What a sampler is: which rollouts to draw for which problems."""

from __future__ import annotations

import abc
from collections.abc import Sequence

from menolab.engines.decoding import Decoding
from menolab.engines.engine import Engine
from menolab.keys import Key
from menolab.pieces import Piece
from menolab.records import Group, Problem


class Sampler(Piece):
    """Draws one group of rollouts a problem. Every leaf has the field `group`."""

    group: int
    """G, rollouts a problem."""

    @abc.abstractmethod
    def __call__(self, engine: Engine, problems: Sequence[Problem], decoding: Decoding, key: Key) -> list[Group]:
        """Groups in the order of `problems`; rollouts carry no verdict yet."""
