"""The kernels that only a sampler calls: keys and values in pages, and attention of one token a row over them."""

from __future__ import annotations

import pytest
import torch

from menolab.models.lean import native

if not native.available():
    pytest.skip("no compiler on this machine", allow_module_level=True)

PAGE, EPSILON = 16, 1e-6
CLOSE = {torch.float32: 1e-5, torch.bfloat16: 1.5e-2}


def noise(*shape: int, seed: int = 0) -> torch.Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


def rotated(x: torch.Tensor, weight: torch.Tensor | None, angle: torch.Tensor) -> torch.Tensor:
    """A head [..., D] in float64 after norm and rotation by angle [D / 2]."""
    if weight is not None:
        x = x / (x.square().mean(-1, keepdim=True) + EPSILON).sqrt() * weight.double()
    a, b = x.chunk(2, -1)
    return torch.cat([a * angle.cos() - b * angle.sin(), b * angle.cos() + a * angle.sin()], -1)


@pytest.mark.parametrize("threads", [1, 2])
@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16], ids=str)
@pytest.mark.parametrize("normed", [False, True], ids=["bare", "normed"])
@pytest.mark.parametrize(("query", "key", "size"), [(2, 1, 16), (4, 4, 32), (8, 1, 48), (4, 2, 64), (2, 2, 128), (2, 1, 256)])
def test_one_token_a_row(query, key, size, normed, dtype, threads):
    """Rows of every length around a page, in pages that lie anywhere, between pages full of NaN."""
    torch.set_num_threads(threads)
    lengths = [0, 1, 14, 15, 16, 17, 31, 40, 63]
    table = torch.randperm(4 * len(lengths), generator=torch.Generator().manual_seed(1)).view(-1, 4).int()
    past = [(noise(n, key, size, seed=2 * n + 1).to(dtype), noise(n, key, size, seed=2 * n + 2).to(dtype)) for n in lengths]
    keys = torch.full((table.numel(), key, size, PAGE), float("nan"), dtype=dtype)
    values = torch.full((table.numel(), key, PAGE, size), float("nan"), dtype=dtype)
    for row, (k, v) in zip(table.tolist(), past, strict=True):
        packed = torch.cat([torch.zeros(len(k), query, size, dtype=dtype), k, v], 1).flatten(1).contiguous()
        place = torch.tensor([row[t // PAGE] * PAGE + t % PAGE for t in range(len(k))], dtype=torch.long)
        native.call("fill", dtype, len(k), query, key, size, packed, place, keys, values)
    raw = noise(len(lengths), (query + 2 * key) * size, seed=5).to(dtype)
    weights = (noise(size, seed=6) + 1, noise(size, seed=7) + 1) if normed else (None, None)
    angles = torch.arange(64).double()[:, None] * 10.0 ** -(torch.arange(size // 2).double() * 3 / (size // 2))
    out = torch.empty(len(lengths), query * size, dtype=dtype)
    tables = angles.cos().float(), angles.sin().float()
    native.call("step", dtype, len(lengths), query, key, size, raw, *weights, EPSILON, *tables, torch.tensor(lengths).int(), table, 4, keys, values, out)
    torch.set_num_threads(1)
    heads = raw.double().view(len(lengths), -1, size)
    for r, (n, (k, v)) in enumerate(zip(lengths, past, strict=True)):
        q = rotated(heads[r, :query], weights[0], angles[n])
        k = torch.cat([k.double(), rotated(heads[r, query : query + key], weights[1], angles[n])[None]]).repeat_interleave(query // key, 1)
        v = torch.cat([v.double(), heads[r, query + key :][None]]).repeat_interleave(query // key, 1)
        share = (torch.einsum("hd,khd->hk", q, k) / size**0.5).softmax(-1)
        wanted = torch.einsum("hk,khd->hd", share, v).flatten()
        assert (out[r].double() - wanted).abs().max() <= CLOSE[dtype] * wanted.abs().max()


def test_tokens_without_a_place_are_not_kept():
    keys, values = torch.zeros(2, 1, 16, PAGE), torch.zeros(2, 1, PAGE, 16)
    packed = noise(3, 3 * 16)
    native.call("fill", torch.float32, 3, 1, 1, 16, packed, torch.tensor([-1, PAGE + 3, -1]), keys, values)
    assert torch.equal(keys[1, 0, :, 3], packed[1, 16:32]) and torch.equal(values[1, 0, 3], packed[1, 32:])
    assert torch.count_nonzero(keys) == torch.count_nonzero(values) == 16
