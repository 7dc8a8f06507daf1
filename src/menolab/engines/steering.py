"""What acts on a response while it is being drawn."""

from __future__ import annotations

import abc
import functools
from dataclasses import dataclass
from typing import TYPE_CHECKING

from menolab.errors import BadInput, check_range
from menolab.pieces import Piece

if TYPE_CHECKING:
    import torch


@dataclass(frozen=True, eq=False)
class SoFar:
    """The rows that go on, and what each has drawn. R rows, T tokens at most."""

    who_R: torch.Tensor
    """Which request each row is."""
    length_R: torch.Tensor
    tokens_BT: torch.Tensor
    """int64, right-padded, of every request."""

    @functools.cached_property
    def tokens_RT(self) -> torch.Tensor:
        """The rows' own."""
        return self.tokens_BT[self.who_R]


class Steering(Piece):
    """Changes what is drawn next, puts tokens in place of drawing, or edits activations. Each does nothing unless a member says otherwise."""

    @property
    def layers(self) -> tuple[int, ...]:
        """Decoder layers whose output `edit` is to see. Any at all takes the sampler off the lean path."""
        return ()

    @abc.abstractmethod
    def logits(self, so_far: SoFar, logits_RV: torch.Tensor) -> torch.Tensor:
        """Next-token logits to draw from, before temperature and truncation."""

    def force(self, so_far: SoFar) -> torch.Tensor | None:
        """int64 [R]: tokens to put instead of drawing, -1 where the row draws; None: all draw. A forced token has log-probability 0 and its position is in
        `Completion.forced`."""
        return None

    def edit(self, layer: int, states_RTD: torch.Tensor) -> torch.Tensor:
        """The output of one of `layers`, as it shall be. T is the prompt's tokens at first, then 1."""
        return states_RTD


@dataclass(frozen=True)
class Free(Steering):
    """Nothing is steered."""

    def logits(self, so_far: SoFar, logits_RV: torch.Tensor) -> torch.Tensor:
        return logits_RV


@dataclass(frozen=True)
class Budget(Steering):
    """When a response has drawn `tokens` tokens without the last of `closing`, `closing` is put: thinking ends, the answer still has to come.

    Muennighoff et al. 2025 (s1), arXiv:2501.19393, section 3.1: budget forcing by an appended end-of-thinking delimiter.
    """

    paper = "arXiv:2501.19393, section 3.1"

    tokens: int
    closing: tuple[int, ...]
    """Token ids, such as those of "</think>"."""

    def __post_init__(self) -> None:
        check_range("budget.tokens", self.tokens, 0)
        if not self.closing:
            raise BadInput("budget.closing", self.closing, "give the token ids that end thinking")

    def logits(self, so_far: SoFar, logits_RV: torch.Tensor) -> torch.Tensor:
        return logits_RV

    def force(self, so_far: SoFar) -> torch.Tensor | None:
        import torch

        column_T = torch.arange(so_far.tokens_RT.shape[1], device=so_far.tokens_RT.device)
        thought_RT = column_T < so_far.length_R[:, None].clamp(max=self.tokens)
        closed_R = ((so_far.tokens_RT == self.closing[-1]) & thought_RT).any(1)
        at_R = so_far.length_R - self.tokens
        due_R = ~closed_R & (at_R >= 0) & (at_R < len(self.closing))
        closing = torch.tensor(self.closing, device=at_R.device)
        return torch.where(due_R, closing[at_R.clamp(0, len(self.closing) - 1)], -1)
