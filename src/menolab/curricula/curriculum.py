"""What a curriculum is: which problems next, given what happened so far."""

from __future__ import annotations

import abc
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from menolab.pieces import Piece
from menolab.records import Group, Problem

State = Mapping[str, Any]
"""JSON data; saved in every checkpoint."""


class Curriculum(Piece):
    """Chooses problems from an endless stream and learns from the judged groups. Its memory is explicit: state in, state out."""

    def init(self) -> State:
        """The state before the first step."""
        return {}

    @abc.abstractmethod
    def choose(self, state: State, problems: Iterator[Problem], count: int) -> list[Problem]:
        """The problems of the next step, taken from the stream."""

    def learn(self, state: State, groups: Sequence[Group]) -> State:
        """The state after a step."""
        return state


@dataclass(frozen=True)
class Uniform(Curriculum):
    """Problems as they come."""

    def choose(self, state: State, problems: Iterator[Problem], count: int) -> list[Problem]:
        return list(islice(problems, count))
