"""Matrix products of packed tokens, with their gradients: on the processor's bfloat16 matrix unit at float32's accuracy where it has one, else torch's.

Shapes: N packed tokens, I what a product takes of each, O what it gives.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch
import torch.nn.functional as F

from menolab.models.lean import native

TOKENS_AT_ONCE = 1024
"""Tokens whose part of a weight's gradient is computed at a time: what is packed for it stays in the cache."""


TILE_COLUMNS, TILE_DEPTH, TILE_WORDS = 32, 32, 1536
"""What the kernels keep together of a right factor, in three parts; int32 words."""


def prepared(dtype: torch.dtype, device: torch.device) -> bool:
    """Whether products of this kind are prepared for each shape when it is first met, and kept: then few shapes should be met."""
    return dtype == torch.bfloat16 and device.type == "cpu"


@dataclass(frozen=True, eq=False)
class Product:
    """One matrix product x W^T + b, as its weights are at this moment."""

    weight_OI: torch.Tensor
    bias_O: torch.Tensor | None

    def __call__(self, x_NI: torch.Tensor) -> torch.Tensor:
        """[N, O]."""
        if x_NI.device.type != "cpu" or x_NI.dtype != torch.float32 or not native.products():
            return F.linear(x_NI, self.weight_OI, self.bias_O)
        if not torch.is_grad_enabled():
            return _forward(x_NI, self.weight_OI, self.bias_O, self._columns)
        return _Linear.apply(x_NI, self.weight_OI, self.bias_O, lambda: self._columns)

    @functools.cached_property
    def _columns(self) -> torch.Tensor:
        """The weight as the kernel reads it: a sampler's many steps pack it once."""
        return _packed(self.weight_OI.detach().t())


def _forward(x: torch.Tensor, weight: torch.Tensor, bias: torch.Tensor | None, columns: torch.Tensor) -> torch.Tensor:
    return _product(x, columns, x.new_empty(len(x), len(weight)), bias=bias)


class _Linear(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, x: torch.Tensor, weight: torch.Tensor, bias: torch.Tensor | None, columns: Callable[[], torch.Tensor]) -> torch.Tensor:
        ctx.save_for_backward(x, weight)
        return _forward(x, weight, bias, columns())

    @staticmethod
    def backward(ctx: Any, *grads: Any) -> Any:
        (x, weight), (dy,) = ctx.saved_tensors, grads
        dx = dw = db = None
        if ctx.needs_input_grad[0]:
            dx = _product(dy, _packed(weight), torch.empty_like(x))
        if ctx.needs_input_grad[1]:
            dw = torch.empty_like(weight)
            for first in range(0, max(len(x), 1), TOKENS_AT_ONCE):
                part = slice(first, first + TOKENS_AT_ONCE)
                _product(dy[part].t(), _packed(x[part]), dw, add=first > 0)
        if ctx.needs_input_grad[2]:
            db = dy.sum(0)
        return dx, dw, db, None


def _packed(b_KN: torch.Tensor) -> torch.Tensor:
    """The right factor of a product as `_product` reads it."""
    (k, n), (at, stride, deep) = b_KN.shape, _lie(b_KN.t())
    out = torch.empty(TILE_WORDS * -(-n // TILE_COLUMNS) * -(-k // TILE_DEPTH), dtype=torch.int32)
    native.call("pack_columns", torch.float32, n, k, at, stride, deep, out)
    return out


def _product(a_MK: torch.Tensor, columns: torch.Tensor, c_MN: torch.Tensor, *, bias: torch.Tensor | None = None, add: bool = False) -> torch.Tensor:
    """C = A B, B packed, (+ C) (+ bias); returns C."""
    (m, k), (at, stride, deep) = a_MK.shape, _lie(a_MK)
    native.call("product", torch.float32, m, c_MN.shape[1], k, at, stride, deep, columns, bias, c_MN, add)
    return c_MN


def _lie(x_OK: torch.Tensor) -> tuple[torch.Tensor, int, bool]:
    """A matrix of outer index and depth as the kernels are told of it: where it lies, the stride of its longer way, whether that is the depth's."""
    if x_OK.stride(1) == 1 and x_OK.stride(0) >= x_OK.shape[1]:
        return x_OK, x_OK.stride(0), False
    if x_OK.stride(0) == 1 and x_OK.stride(1) >= x_OK.shape[0]:
        return x_OK, x_OK.stride(1), True
    return (x := x_OK.contiguous()), x.stride(0), False
