"""Extra credit for the tokens that go with being right."""

from __future__ import annotations

from dataclasses import dataclass

import torch

from menolab.advantages.advantage import Advantage
from menolab.errors import check_range
from menolab.records import Batch

SATURATION, LENGTH_NORM = 2.0, 0.5
"""k1 and b of BM25 in the authors' code."""


@dataclass(frozen=True)
class KeyTokens(Advantage):
    """Credit plus scale times v[o_t] in (-1, 1), which says how strongly a token goes with right (reward > 0) responses of the group.

    Sun et al. 2025 (KTAE), arXiv:2505.16826, constants from the authors' code. For every token id a 2 x 2 table: right and wrong responses that hold
    it and that do not. Strength: mean of exp(-2 p) with p of Fisher's exact test (0 where p = 1) and the information gain in bits. Direction:
    asin sqrt(share of right that hold it) - asin sqrt(share of wrong) + f_r / f_w - f_w / f_r with BM25-saturated term frequencies f.
    v = 2 sigmoid(strength direction) - 1. Groups of one class, and the token that ends a response, get nothing.
    """

    paper = "arXiv:2505.16826"

    scale: float = 1.0

    def __post_init__(self) -> None:
        check_range("scale", self.scale, 0.0)

    def __call__(self, batch: Batch, credit_BT: torch.Tensor) -> torch.Tensor:
        value_BT = torch.zeros(credit_BT.shape, dtype=torch.float64, device=credit_BT.device)
        length_B = batch.mask_BT.sum(-1)
        last_BT = torch.arange(credit_BT.shape[1], device=length_B.device) == (length_B - 1)[:, None]
        told_BT = batch.mask_BT & ~(last_BT & ~batch.truncated_B[:, None])
        for group in batch.group_B.unique().tolist():
            own_B = (batch.group_B == group) & ~batch.reward_B.isnan()
            right_B, wrong_B = own_B & (batch.reward_B > 0), own_B & (batch.reward_B <= 0)
            if right_B.any() and wrong_B.any():
                self._fill(value_BT, batch, right_B, wrong_B)
        return (credit_BT.double() + self.scale * torch.where(told_BT, value_BT, 0.0)).float()

    def _fill(self, value_BT: torch.Tensor, batch: Batch, right_B: torch.Tensor, wrong_B: torch.Tensor) -> None:
        own_BT = batch.mask_BT & (right_B | wrong_B)[:, None]
        ids_V, index_N = batch.tokens_BT[own_BT].unique(return_inverse=True)
        count_BV = torch.zeros(len(own_BT), len(ids_V), dtype=torch.float64, device=own_BT.device)
        row_N = own_BT.nonzero()[:, 0]
        count_BV.index_put_((row_N, index_N), torch.ones(len(row_N), dtype=torch.float64, device=own_BT.device), accumulate=True)
        right_BV, wrong_BV = count_BV[right_B], count_BV[wrong_B]
        if not len(ids_V):
            return
        value_V = key_values(right_BV, wrong_BV)
        value_BT[own_BT] = value_V[index_N]


def key_values(right_BV: torch.Tensor, wrong_BV: torch.Tensor) -> torch.Tensor:
    """v of every token `[V]`, from how often it occurs in each right and each wrong response (float64, at least one response of each)."""
    has_r, has_w = (right_BV > 0).sum(0).double(), (wrong_BV > 0).sum(0).double()
    n_r, n_w = float(len(right_BV)), float(len(wrong_BV))
    p = fisher(has_r, has_w, n_r, n_w)
    strength = (torch.where(p < 1.0 - 1e-9, (-2.0 * p).exp(), 0.0) + information_gain(has_r, has_w, n_r, n_w)) / 2.0
    f_r, f_w = _frequencies(right_BV.sum(0), wrong_BV.sum(0))
    direction = (has_r / n_r).sqrt().asin() - (has_w / n_w).sqrt().asin() + f_r / (f_w + 1e-5) - f_w / (f_r + 1e-5)
    return 2.0 * (strength * direction).sigmoid() - 1.0


def _frequencies(total_r: torch.Tensor, total_w: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """BM25-saturated term frequencies in the right and in the wrong responses, each class taken as one document."""
    size_r, size_w = float(total_r.sum()), float(total_w.sum())
    mean = (size_r + size_w) / 2.0
    out = []
    for total, size in ((total_r, size_r), (total_w, size_w)):
        term = total / max(size, 1.0)
        out.append(term * (SATURATION + 1.0) / (term + SATURATION * (1.0 - LENGTH_NORM + LENGTH_NORM * size / mean)))
    return out[0], out[1]


def information_gain(has_r: torch.Tensor, has_w: torch.Tensor, n_r: float, n_w: float) -> torch.Tensor:
    """Bits that holding the token tells about being right."""
    n = n_r + n_w
    held, lacks = has_r + has_w, n - has_r - has_w

    def entropy(a: torch.Tensor, b: torch.Tensor) -> torch.Tensor:
        total = (a + b).clamp_min(1.0)
        return -(torch.xlogy(a / total, a / total) + torch.xlogy(b / total, b / total)) / torch.log(torch.tensor(2.0, dtype=a.dtype))

    whole = entropy(torch.full_like(has_r, n_r), torch.full_like(has_r, n_w))
    return whole - held / n * entropy(has_r, has_w) - lacks / n * entropy(n_r - has_r, n_w - has_w)


def fisher(has_r: torch.Tensor, has_w: torch.Tensor, n_r: float, n_w: float) -> torch.Tensor:
    """Two-sided p of Fisher's exact test: the sum over all tables of the same margins that are no likelier than this one (scipy's, vectorised)."""
    held_1V = (has_r + has_w)[None]
    k_K1 = torch.arange(int(n_r) + 1, dtype=has_r.dtype, device=has_r.device)[:, None]
    possible_KV = (k_K1 <= held_1V) & (held_1V - k_K1 <= n_w)
    safe_KV = torch.where(possible_KV, k_K1, has_r[None])
    log_KV = _log_choose(n_r, safe_KV) + _log_choose(n_w, held_1V - safe_KV)
    log_V = _log_choose(n_r, has_r) + _log_choose(n_w, has_w)
    whole_V = _log_choose(n_r + n_w, held_1V[0])
    counted_KV = possible_KV & (log_KV <= log_V[None] + 1e-9)  # equal tables may differ in the last bit
    return (torch.where(counted_KV, log_KV - whole_V[None], -torch.inf)).exp().sum(0).clamp(max=1.0)


def _log_choose(n: float, k: torch.Tensor) -> torch.Tensor:
    top = torch.full_like(k, n)
    return torch.lgamma(top + 1.0) - torch.lgamma(k + 1.0) - torch.lgamma(top - k + 1.0)
