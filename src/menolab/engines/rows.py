"""What a sampler holds of the rows that are being continued."""

from __future__ import annotations

import abc
from collections.abc import Sequence

import torch


class Rows(abc.ABC):
    """The model's state of R rows, each reading one token a step. Mutable.

    Rows are in the order in which they were admitted, less those that were dropped.
    """

    patience = 1
    """Steps between looks at which rows are done: a look makes the host wait for the device."""
    shapely = True
    """Whether a number of rows costs something when it is first met, or rows cost something to leave: then they leave in round numbers."""

    @abc.abstractmethod
    def admit(self, prompts: Sequence[tuple[int, ...]]) -> torch.Tensor:
        """Read prompts, each distinct one once, as new rows at the end; next-token logits [new, V]."""

    @abc.abstractmethod
    def step(self, token_R: torch.Tensor) -> torch.Tensor:
        """Read one token a row; next-token logits [R, V]. A row that is done may be given anything and gives anything."""

    @abc.abstractmethod
    def keep(self, index: torch.Tensor) -> None:
        """Drop all rows but these (increasing numbers)."""
