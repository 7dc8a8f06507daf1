"""One token a row, by inversion, from one uniform number that depends on the row's key and the token's position alone."""

from __future__ import annotations

import torch

from menolab.engines.decoding import Decoding
from menolab.errors import RunFailed
from menolab.models.lean import native
from menolab.models.lean.ops import fused

DRAWN_AT_ONCE = 2**24
"""Probabilities held in float64 at once: 128 MiB."""
_SPLITMIX = (0x9E3779B97F4A7C15, 0xBF58476D1CE4E5B9, 0x94D049BB133111EB)  # the first is 2**64 / golden ratio
_GOLDEN, _MIX, _MIX_AGAIN = (x - 2**64 for x in _SPLITMIX)  # as int64 holds them


def uniforms(bits_R: torch.Tensor, position_R: torch.Tensor) -> torch.Tensor:
    """float64 [R] in (0, 1): `keys.uniforms` at one position a row, on the rows' own device, to the last bit.

    Args:
        bits_R: `Key.bits()` as int64 (the same 64 bits). Products wrap around modulo 2**64, which is what is meant.
        position_R: int64.
    """
    z = bits_R + (position_R + 1) * _GOLDEN
    z = (z ^ _shifted(z, 30)) * _MIX
    z = (z ^ _shifted(z, 27)) * _MIX_AGAIN
    z = z ^ _shifted(z, 31)
    return (_shifted(z, 12).double() + 0.5) * 2.0**-52


def _shifted(z: torch.Tensor, by: int) -> torch.Tensor:
    """The bits moved right, zeros coming in: int64 would bring in copies of its sign."""
    return (z >> by) & ((1 << (64 - by)) - 1)


def draw(decoding: Decoding, logits_BV: torch.Tensor, uniform_B: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """One token a row: the first at which the cumulative distribution exceeds u; and that token's log-probability.

    Sums are float64. A token of probability zero adds nothing to the sum, so it is never the first to exceed u; and u times the total is kept
    below the total, so rounding at the end cannot run past the last token that has any probability. A row whose logits hold NaN or +inf gets the
    log-probability NaN: `check_finite` looks at many tokens at once, so that no step has to wait for the device.

    Args:
        uniform_B: float64 in (0, 1].
    """
    if decoding.whole and fused(logits_BV):
        token_B, logprob_B = torch.empty(len(logits_BV), dtype=torch.long), torch.empty(len(logits_BV))
        scale = 1.0 / decoding.temperature
        native.call("draw", logits_BV.dtype, *logits_BV.shape, logits_BV.contiguous(), scale, uniform_B, token_B, logprob_B)
        return token_B, logprob_B
    block = max(1, DRAWN_AT_ONCE // logits_BV.shape[-1])
    if len(logits_BV) > block:
        parts = [draw(decoding, logits, u) for logits, u in zip(logits_BV.split(block), uniform_B.split(block), strict=True)]
        return torch.cat([token for token, _ in parts]), torch.cat([logprob for _, logprob in parts])
    logprobs_BV = decoding(logits_BV)
    sums_BV = logprobs_BV.exp().double().cumsum(-1)
    total_B1 = sums_BV[:, -1:]
    below_B1 = torch.nextafter(total_B1, torch.zeros_like(total_B1))
    token_B1 = torch.searchsorted(sums_BV, torch.minimum(uniform_B[:, None] * total_B1, below_B1), right=True).clamp_(max=logits_BV.shape[-1] - 1)
    logprob_B = logprobs_BV.gather(-1, token_B1)[:, 0]
    return token_B1[:, 0], torch.where(logits_BV.amax(-1).isfinite(), logprob_B, float("nan"))


def check_finite(logprobs: torch.Tensor) -> None:
    """Raises:
    RunFailed: a token was drawn from logits that are not numbers.
    """
    if bool(logprobs.isnan().any()):
        raise RunFailed("the model's logits are not finite numbers: its weights have diverged; resume from an earlier checkpoint with a smaller step")
