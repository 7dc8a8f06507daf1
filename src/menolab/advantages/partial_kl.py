"""A penalty for leaving the reference, on the part of a response behind a marker."""

from __future__ import annotations

from dataclasses import dataclass

import torch

from menolab.advantages.advantage import Advantage
from menolab.advantages.kl_in_reward import to_go
from menolab.errors import BadInput, check_range
from menolab.records import Batch


@dataclass(frozen=True)
class PartialKL(Advantage):
    """Credit minus beta times the sum over this and all later tokens *behind the marker* of log pi_old - log pi_ref: reasoning is free, the rest is held.

    Chen et al. 2025 (SIRL), arXiv:2505.11792, partial KL: the penalty of REINFORCE++ on the tokens of model and code alone (of the program alone in the
    authors' code). As there it starts with the tokens of a tag and runs to the end, and a response without the tag is held as a whole. First in a
    chain, where credit is the return to go.
    """

    paper = "arXiv:2505.11792"
    needs = frozenset({"reference_logprobs"})

    beta: float = 0.01
    """Weight."""
    marker: tuple[int, ...] = (4,)
    """Token ids that begin the part that is held: those of "</think>" in the laptop tokenizer; for another model give its own."""

    def __post_init__(self) -> None:
        check_range("beta", self.beta, 0.0)
        if not self.marker:
            raise BadInput("marker", self.marker, "give the token ids of the tag from which on the reference holds")

    def __call__(self, batch: Batch, credit_BT: torch.Tensor) -> torch.Tensor:
        assert batch.reference_logprobs_BT is not None
        gap_BT = torch.where(self.held(batch), batch.logprobs_BT.double() - batch.reference_logprobs_BT.double(), 0.0)
        return (credit_BT.double() - self.beta * to_go(gap_BT)).float()

    def held(self, batch: Batch) -> torch.Tensor:
        """bool `[B, T]`: response tokens from the first marker on; all of them where there is none."""
        here_BT, width = batch.mask_BT.clone(), batch.mask_BT.shape[1]
        for i, token in enumerate(self.marker):
            shifted_BT = torch.zeros_like(batch.mask_BT)
            shifted_BT[:, : max(0, width - i)] = ((batch.tokens_BT == token) & batch.mask_BT)[:, i:]
            here_BT &= shifted_BT
        behind_BT = here_BT.cumsum(-1) > 0
        return batch.mask_BT & (behind_BT | ~here_BT.any(-1, keepdim=True))
