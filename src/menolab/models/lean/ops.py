"""The operations between a layer's matrix products, with their gradients: fused kernels on the CPU, torch operations elsewhere.

Shapes: N packed tokens, D model width, F width of the feed-forward block, Q and K query and key heads, H head size. The residual stream is float32 whatever the
dtype of what is multiplied.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import torch
import torch.nn.functional as F

from menolab.models.lean import native
from menolab.models.lean.forest import Forest


@dataclass(frozen=True)
class Heads:
    """How the columns of a query-key-value product are divided."""

    query: int
    key: int
    size: int

    @property
    def columns(self) -> int:
        return (self.query + 2 * self.key) * self.size


@dataclass(frozen=True, eq=False)
class Turn:
    """What happens to query and key heads before they meet: a norm, where the architecture has one, and the rotation of their position."""

    cos: torch.Tensor
    """[positions, H / 2], float32."""
    sin: torch.Tensor
    query_norm: torch.Tensor | None
    """[H], float32."""
    key_norm: torch.Tensor | None
    epsilon: float


def fused(x: torch.Tensor) -> bool:
    """Whether the kernels take tensors like this one. They carry float32 and bfloat16."""
    return x.device.type == "cpu" and x.dtype in native.NAMES and native.available()


# ---- norm -------------------------------------------------------------------------------------------------------------------------------------


def add_norm(x_ND: torch.Tensor, h_ND: torch.Tensor | None, weight_D: torch.Tensor, epsilon: float, dtype: torch.dtype) -> tuple[torch.Tensor, torch.Tensor]:
    """The residual stream x + h, and its RMS norm in `dtype`, which is that of h too."""
    if fused(x_ND):
        if not torch.is_grad_enabled():
            return _add_norm(x_ND, h_ND, weight_D, epsilon, dtype)[:2]
        stream_ND, y_ND = _AddNorm.apply(x_ND, h_ND, weight_D, epsilon, dtype)
        return stream_ND if h_ND is not None else x_ND, y_ND
    stream_ND = x_ND if h_ND is None else x_ND + h_ND
    return stream_ND, F.rms_norm(stream_ND, (x_ND.shape[-1],), weight_D, epsilon).to(dtype)


def _add_norm(
    x: torch.Tensor, h: torch.Tensor | None, weight: torch.Tensor, epsilon: float, dtype: torch.dtype
) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """The stream (x itself where nothing is added), its norm, and what each row was divided by."""
    n, d = x.shape
    stream = x if h is None else torch.empty_like(x)
    y, scale = torch.empty(n, d, dtype=dtype), torch.empty(n)
    native.call("add_norm", dtype, n, d, x, h, weight, epsilon, stream, y, scale)
    return stream, y, scale


class _AddNorm(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, x: torch.Tensor, h: torch.Tensor | None, weight: torch.Tensor, epsilon: float, dtype: torch.dtype) -> Any:
        stream, y, scale = _add_norm(x, h, weight, epsilon, dtype)
        ctx.save_for_backward(stream, scale, weight)
        ctx.alone, ctx.dtype = h is None, dtype
        return (None if ctx.alone else stream), y

    @staticmethod
    def backward(ctx: Any, *grads: Any) -> Any:
        (dstream, dy), (stream, scale, weight) = grads, ctx.saved_tensors
        n, d = stream.shape
        dx = torch.empty_like(stream)
        dh = None if ctx.alone or ctx.dtype == torch.float32 else torch.empty(n, d, dtype=ctx.dtype)
        dw = torch.empty(d)
        dstream = None if dstream is None else dstream.contiguous()
        native.call("add_norm_back", ctx.dtype, n, d, stream, scale, weight, dy.contiguous(), dstream, dx, dh, dw)
        return dx, None if ctx.alone else dx if dh is None else dh, dw, None, None


# ---- feed-forward -----------------------------------------------------------------------------------------------------------------------------


def swiglu(gate_up_N2F: torch.Tensor) -> torch.Tensor:
    """silu(gate) * up, [N, F]; gates are the first half of the columns. Shazeer 2020, arXiv:2002.05202, section 2."""
    if fused(gate_up_N2F):
        return _Swiglu.apply(gate_up_N2F) if torch.is_grad_enabled() else _swiglu(gate_up_N2F)
    gate, up = gate_up_N2F.chunk(2, -1)
    return F.silu(gate) * up


def _swiglu(gate_up: torch.Tensor) -> torch.Tensor:
    n, f = gate_up.shape[0], gate_up.shape[1] // 2
    out = gate_up.new_empty(n, f)
    native.call("swiglu", gate_up.dtype, n, f, gate_up, out)
    return out


class _Swiglu(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, gate_up: torch.Tensor) -> torch.Tensor:
        ctx.save_for_backward(gate_up)
        return _swiglu(gate_up)

    @staticmethod
    def backward(ctx: Any, *grads: Any) -> Any:
        (gate_up,), (dy,) = ctx.saved_tensors, grads
        out = torch.empty_like(gate_up)
        native.call("swiglu_back", gate_up.dtype, gate_up.shape[0], gate_up.shape[1] // 2, gate_up, dy.contiguous(), out)
        return out


# ---- attention --------------------------------------------------------------------------------------------------------------------------------


def attend(qkv_NC: torch.Tensor, heads: Heads, turn: Turn, forest: Forest) -> torch.Tensor:
    """Attention output [N, Q H] of packed tokens: norm, rotation, softmax within each tree. The product before it may be overwritten."""
    if fused(qkv_NC):
        return _Attend.apply(qkv_NC, turn.query_norm, turn.key_norm, heads, turn, forest)
    return _padded_attention(turned(qkv_NC, heads, turn, forest.position_N), heads, forest)


def turned(qkv_NC: torch.Tensor, heads: Heads, turn: Turn, position_N: torch.Tensor) -> torch.Tensor:
    """Query, key and value heads [N, Q + 2 K, H] after norm and rotation, in torch operations."""
    states_NAH = qkv_NC.view(len(qkv_NC), -1, heads.size)
    query, key, value = states_NAH.split([heads.query, heads.key, heads.key], 1)
    if turn.query_norm is not None:
        query = F.rms_norm(query.float(), (heads.size,), turn.query_norm, turn.epsilon)
        key = F.rms_norm(key.float(), (heads.size,), turn.key_norm, turn.epsilon)
    cos, sin = turn.cos[position_N][:, None], turn.sin[position_N][:, None]

    def rotate(x: torch.Tensor) -> torch.Tensor:
        a, b = x.float().chunk(2, -1)
        return torch.cat([a * cos - b * sin, b * cos + a * sin], -1).to(qkv_NC.dtype)

    return torch.cat([rotate(query), rotate(key), value], 1)


def read(raw_NC: torch.Tensor, heads: Heads, turn: Turn, forest: Forest) -> tuple[torch.Tensor, torch.Tensor]:
    """`attend` without gradients, for a sampler's cache: the output [N, Q H], and the heads [N, (Q + 2 K) H] after norm and rotation."""
    if fused(raw_NC):
        out, _, qkv, _ = _attend(raw_NC, heads, turn, forest)
        return out, qkv
    states_NAH = turned(raw_NC, heads, turn, forest.position_N)
    return _padded_attention(states_NAH, heads, forest), states_NAH.flatten(1)


def _attend(raw: torch.Tensor, heads: Heads, turn: Turn, forest: Forest) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor, torch.Tensor | None]:
    n, normed = len(raw), turn.query_norm is not None
    # Without a norm the turned heads take the place of the raw ones, which nothing reads again: neither the product that gave them nor the gradient.
    qkv, scale = (torch.empty_like(raw), torch.empty(n, heads.query + heads.key)) if normed else (raw, None)
    shape = (heads.query, heads.key, heads.size)
    norms = (turn.query_norm, turn.key_norm, turn.epsilon)
    native.call("turn", raw.dtype, n, *shape, raw, *norms, turn.cos, turn.sin, forest.position_N, qkv, scale)
    out, lse = raw.new_empty(n, heads.query * heads.size), torch.empty(n, heads.query)
    native.call("attend", raw.dtype, *shape, qkv, len(forest.segments), forest.segments, out, lse)
    return out, lse, qkv, scale


class _Attend(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, raw: torch.Tensor, query_norm: Any, key_norm: Any, heads: Heads, turn: Turn, forest: Forest) -> torch.Tensor:
        out, lse, qkv, scale = _attend(raw, heads, turn, forest)
        ctx.save_for_backward(qkv, out, lse, None if scale is None else raw, scale)
        ctx.heads, ctx.turn, ctx.forest = heads, turn, forest
        return out

    @staticmethod
    def backward(ctx: Any, *grads: Any) -> Any:
        qkv, out, lse, raw, scale = ctx.saved_tensors
        heads, turn, forest = ctx.heads, ctx.turn, ctx.forest
        grad, shape = torch.empty_like(qkv), (heads.query, heads.key, heads.size)
        native.call("attend_back", qkv.dtype, *shape, qkv, len(forest.trees) - 1, forest.trees, forest.segments, out, lse, grads[0].contiguous(), grad)
        dw = None if raw is None else torch.empty(2, heads.size)
        norms, angles = (turn.query_norm, turn.key_norm), (turn.cos, turn.sin, forest.position_N)
        native.call("turn_back", qkv.dtype, len(qkv), *shape, raw, *norms, *angles, scale, grad, dw)
        dquery, dkey = (None, None) if dw is None else dw.unbind()
        return grad, dquery, dkey, None, None, None


def _padded_attention(states_NAH: torch.Tensor, heads: Heads, forest: Forest) -> torch.Tensor:
    """The same in torch operations: segments padded to rectangles, each row with its prompt's keys on the left, where the kernels apply no padding."""
    query_NQH, key_NKH, value_NKH = states_NAH.split([heads.query, heads.key, heads.key], 1)
    out_NQH = torch.empty_like(query_NQH)
    for block in forest.rectangles(states_NAH.device):
        query, key, value = query_NQH[block.query_RT], key_NKH[block.key_RS], value_NKH[block.key_RS]
        mixed = F.scaled_dot_product_attention(
            query.transpose(1, 2), key.transpose(1, 2), value.transpose(1, 2), attn_mask=block.seen_RTS[:, None], enable_gqa=heads.query != heads.key
        )
        out_NQH = out_NQH.index_put((block.query_RT[block.real_RT],), mixed.transpose(1, 2)[block.real_RT])
    return out_NQH.flatten(1)


# ---- drawn tokens -----------------------------------------------------------------------------------------------------------------------------


def drawn(logits_NV: torch.Tensor, targets_N: torch.Tensor, temperature: float) -> torch.Tensor:
    """Log-probabilities [N] of tokens under softmax(logits / temperature), float32 or wider."""
    if fused(logits_NV):
        return _Drawn.apply(logits_NV.contiguous(), targets_N.contiguous(), 1.0 / temperature)
    wide_NV = logits_NV.float() if logits_NV.dtype.itemsize < 4 else logits_NV
    return (wide_NV / temperature).log_softmax(-1).gather(-1, targets_N[:, None])[:, 0]


class _Drawn(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, logits: torch.Tensor, targets: torch.Tensor, scale: float) -> torch.Tensor:
        out, norms = torch.empty(len(logits)), torch.empty(len(logits), 2)
        native.call("drawn", logits.dtype, *logits.shape, logits, targets, scale, out, norms)
        ctx.save_for_backward(logits, targets, norms)
        ctx.scale = scale
        return out

    @staticmethod
    def backward(ctx: Any, *grads: Any) -> Any:
        logits, targets, norms = ctx.saved_tensors
        dlogits = torch.empty_like(logits)
        native.call("drawn_back", logits.dtype, *logits.shape, logits, targets, ctx.scale, norms, grads[0].contiguous(), dlogits)
        return dlogits, None, None
