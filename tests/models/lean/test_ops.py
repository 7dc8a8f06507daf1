"""Each fused operation, and its spelling in torch, against plain float64: values and gradients."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import torch

from menolab.models.lean import native, ops
from menolab.models.lean.forest import Forest
from menolab.models.lean.ops import Heads, Turn, add_norm, attend, drawn, read, swiglu

F32, BF16 = torch.float32, torch.bfloat16
CLOSE = {F32: 1e-5, BF16: 1.5e-2}
"""Largest difference relative to the largest entry. bfloat16 keeps 8 bits: an entry is off by 2**-9 of itself when stored, gradients by a few such."""

PATHS = ["fused", "torch"]


@pytest.fixture(params=PATHS, autouse=True)
def path(request, monkeypatch) -> str:
    """Every test runs over the kernels and over the torch operations that stand in for them elsewhere."""
    if request.param == "torch":
        monkeypatch.setattr(ops, "fused", lambda x: False)
    elif not native.available():
        pytest.skip("no compiler on this machine")
    return request.param


@pytest.fixture
def threads() -> Iterator[None]:
    yield
    torch.set_num_threads(1)


def noise(*shape: int, seed: int = 0, dtype: torch.dtype = F32) -> torch.Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed)).to(dtype)


def close(ours: torch.Tensor | None, wanted: torch.Tensor | None, dtype: torch.dtype = F32, slack: float = 1.0) -> None:
    assert ours is not None and wanted is not None
    assert torch.isfinite(ours).all()
    largest = wanted.detach().abs().max().clamp_min(0.1)  # gradients that cancel to nothing do so to within the rounding of what cancels
    assert float((ours.detach().double() - wanted.detach()).abs().max() / largest) <= slack * CLOSE[dtype]


def leaves(*tensors: torch.Tensor | None) -> tuple[list[torch.Tensor], list[torch.Tensor]]:
    """The same numbers twice as leaves: as they are, and in float64."""
    given = [t for t in tensors if t is not None]
    return [t.clone().requires_grad_() for t in given], [t.double().requires_grad_() for t in given]


# ---- norm -------------------------------------------------------------------------------------------------------------------------------------


def plain_norm(x, weight, epsilon):
    return x / (x.square().mean(-1, keepdim=True) + epsilon).sqrt() * weight


@pytest.mark.parametrize("count", [1, 2])
@pytest.mark.parametrize("dtype", [F32, BF16], ids=str)
@pytest.mark.parametrize("added", [False, True], ids=["alone", "added"])
@pytest.mark.parametrize(("n", "d"), [(1, 16), (7, 48), (130, 256), (3, 1040)])
def test_add_norm(n, d, added, dtype, count, threads):
    torch.set_num_threads(count)
    h = noise(n, d, seed=1, dtype=dtype) if added else None
    ours, plain = leaves(noise(n, d), noise(d, seed=2) + 1, h)
    stream, y = add_norm(ours[0], ours[2] if added else None, ours[1], 1e-6, dtype)
    stream64 = plain[0] + plain[2] if added else plain[0]
    y64 = plain_norm(stream64, plain[1], 1e-6)
    assert stream.dtype == F32 and y.dtype == dtype
    close(stream, stream64)
    close(y, y64, dtype)
    # The stream goes on behind the norm as well: both gradients meet in it.
    weights = noise(n, d, seed=3), noise(n, d, seed=4).to(dtype)
    ((stream * weights[0]).sum() + (y * weights[1]).sum()).backward()
    ((stream64 * weights[0]).sum() + (y64 * weights[1].double()).sum()).backward()
    for one, other in zip(ours, plain, strict=True):
        close(one.grad, other.grad, dtype)


@pytest.mark.parametrize("used", ["stream", "norm"])
def test_add_norm_of_which_one_result_is_used(used):
    ours, plain = leaves(noise(5, 32), noise(32, seed=1), noise(5, 32, seed=2))
    which = ["stream", "norm"].index(used)
    add_norm(ours[0], ours[2], ours[1], 1e-6, F32)[which].square().sum().backward()
    stream64 = plain[0] + plain[2]
    (stream64, plain_norm(stream64, plain[1], 1e-6))[which].square().sum().backward()
    for i in (0, 2):
        close(ours[i].grad, plain[i].grad)


def test_a_gradient_that_is_a_view():
    (x, weight), (x64, weight64) = leaves(noise(6, 32), noise(32, seed=1))
    add_norm(x, None, weight, 1e-6, F32)[1].sum().backward()  # the gradient of a sum is one number, expanded
    plain_norm(x64, weight64, 1e-6).sum().backward()
    close(x.grad, x64.grad)
    (x,), (x64,) = leaves(noise(6, 32))
    swiglu(x).T.square().sum().backward()
    (torch.nn.functional.silu(x64[:, :16]) * x64[:, 16:]).square().sum().backward()
    close(x.grad, x64.grad)


# ---- feed-forward -----------------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("count", [1, 2])
@pytest.mark.parametrize("dtype", [F32, BF16], ids=str)
@pytest.mark.parametrize(("n", "f"), [(1, 16), (9, 48), (70, 272)])
def test_swiglu(n, f, dtype, count, threads):
    torch.set_num_threads(count)
    (x,), (x64,) = leaves((8 * noise(n, 2 * f)).to(dtype))
    y, y64 = swiglu(x), torch.nn.functional.silu(x64[:, :f]) * x64[:, f:]
    close(y, y64, dtype)
    weights = noise(n, f, seed=1, dtype=dtype)
    (y * weights).sum().backward()
    (y64 * weights.double()).sum().backward()
    close(x.grad, x64.grad, dtype)


def test_swiglu_at_the_ends():
    """Where exp overflows or vanishes."""
    gate = torch.tensor([-1e4, -200.0, -100.0, -88.1, -87.0, -1e-30, 0.0, 1e-30, 87.0, 88.1, 100.0, 200.0, 1e4, 1.0, -1.0, 2.0])
    (x,), (x64,) = leaves(torch.cat([gate, torch.full((16,), 3.0)])[None])
    y, y64 = swiglu(x), torch.nn.functional.silu(x64[:, :16]) * 3
    torch.testing.assert_close(y.double(), y64, rtol=1e-5, atol=1e-30)
    y.sum().backward()
    (torch.nn.functional.silu(x64[:, :16]) * x64[:, 16:]).sum().backward()
    torch.testing.assert_close(x.grad.double(), x64.grad, rtol=1e-5, atol=1e-6)


# ---- attention --------------------------------------------------------------------------------------------------------------------------------

POSITIONS = 400


def turn_of(size: int, normed: bool, seed: int = 5) -> Turn:
    angle = torch.arange(POSITIONS).float()[:, None] * 10.0 ** -(torch.arange(size // 2).float() * 3 / (size // 2))
    norms = (noise(size, seed=seed) + 1, noise(size, seed=seed + 1) + 1) if normed else (None, None)
    return Turn(angle.cos(), angle.sin(), *norms, 1e-6)


def plain_attention(qkv, heads: Heads, turn: Turn, query_norm, key_norm, forest: Forest):
    """[N, Q H] from [N, C] in whatever precision qkv has, one dense softmax over all tokens; and the turned heads [N, C]."""
    n = len(qkv)
    query, key, value = qkv.view(n, -1, heads.size).split([heads.query, heads.key, heads.key], 1)
    if query_norm is not None:
        query, key = plain_norm(query, query_norm, turn.epsilon), plain_norm(key, key_norm, turn.epsilon)
    cos, sin = (table.to(qkv.dtype)[forest.position_N.long()][:, None] for table in (turn.cos, turn.sin))

    def rotate(x):
        a, b = x.chunk(2, -1)
        return torch.cat([a * cos - b * sin, b * cos + a * sin], -1)

    query, key = rotate(query), rotate(key)
    seen = torch.zeros(n, n, dtype=torch.bool)
    for start, length, prefix, before in forest.segments.tolist():
        for t in range(length):
            seen[start + t, prefix : prefix + before] = True
            seen[start + t, start : start + t + 1] = True
    spread = [x.repeat_interleave(heads.query // heads.key, 1).transpose(0, 1) for x in (key, value)]
    scores = query.transpose(0, 1) @ spread[0].transpose(1, 2) / heads.size**0.5
    out = scores.masked_fill(~seen, float("-inf")).softmax(-1) @ spread[1]
    return out.transpose(0, 1).flatten(1), torch.cat([query, key, value], 1).flatten(1)


def forest_of(*shapes: tuple[int, list[int]]) -> Forest:
    """One tree a shape: tokens of the prompt, tokens of each response."""
    rows = [((p,) * prompt, [0] * n) for p, (prompt, lengths) in enumerate(shapes) for n in lengths]
    return Forest.pack([prompt for prompt, _ in rows], [response for _, response in rows])


MIXED = forest_of((5, [3, 1, 0, 17]), (1, [1, 33]), (20, [2]), (40, [0, 8]))
FORESTS = {
    "mixed": MIXED,
    "one token": forest_of((1, [0])),
    "bare prompts": forest_of(*((n, [0]) for n in (1, 15, 16, 17, 31, 32, 33))),
    "long": forest_of((100, [130, 1]), (3, [96])),
    "a crowd": forest_of((1, [1] * 40), (16, [16] * 3)),
}


def check_attention(heads: Heads, normed: bool, forest: Forest, dtype: torch.dtype, scale: float = 1.0) -> None:
    """Scores grow with the square of `scale`, and with them their rounding, which the exponential turns into a relative one."""
    slack = max(1.0, scale**2 / 4)
    turn, n = turn_of(heads.size, normed), len(forest.tokens_N)
    ours, plain = leaves((scale * noise(n, heads.columns)).to(dtype), turn.query_norm, turn.key_norm)
    norms = ours[1:] if normed else (None, None)
    # The product that gives the heads may be overwritten, so a leaf is put behind an operation, as in a model.
    out = attend(ours[0] * 1, heads, Turn(turn.cos, turn.sin, *norms, turn.epsilon), forest)
    out64, turned64 = plain_attention(plain[0], heads, turn, *(plain[1:] if normed else (None, None)), forest)
    assert out.dtype == dtype
    close(out, out64, dtype, slack)
    weights = noise(*out.shape, seed=9, dtype=dtype)
    (out * weights).sum().backward()
    (out64 * weights.double()).sum().backward()
    for one, other in zip(ours, plain, strict=True):
        close(one.grad, other.grad, dtype, slack)
    with torch.no_grad():
        again, turned = read(ours[0].clone(), heads, turn, forest)
    assert torch.equal(again, out)
    close(turned, turned64, dtype)


@pytest.mark.parametrize("dtype", [F32, BF16], ids=str)
@pytest.mark.parametrize("normed", [False, True], ids=["bare", "normed"])
@pytest.mark.parametrize("size", [16, 32, 48, 64, 128, 256])
def test_attention_at_every_head_size(size, normed, dtype):
    check_attention(Heads(2, 1, size), normed, MIXED, dtype)


@pytest.mark.parametrize(("query", "key"), [(1, 1), (2, 2), (4, 2), (8, 2), (8, 1), (6, 2)])
def test_attention_with_grouped_heads(query, key):
    check_attention(Heads(query, key, 16), True, MIXED, F32)


@pytest.mark.parametrize("normed", [False, True], ids=["bare", "normed"])
@pytest.mark.parametrize("forest", FORESTS.values(), ids=FORESTS)
def test_attention_over_every_shape_of_tree(forest, normed):
    check_attention(Heads(2, 1, 32), normed, forest, F32)


def test_attention_where_one_key_takes_all():
    """Scores of some hundreds: the running maximum has to move."""
    check_attention(Heads(2, 1, 16), False, FORESTS["long"], F32, scale=10.0)


@pytest.mark.parametrize("normed", [False, True], ids=["bare", "normed"])
def test_two_threads_give_what_one_gives(normed, threads):
    heads, turn, results = Heads(4, 2, 32), turn_of(32, normed), []
    for count in (1, 2):
        torch.set_num_threads(count)
        check_attention(heads, normed, FORESTS["mixed"], F32)
        leaf = noise(len(MIXED.tokens_N), heads.columns).requires_grad_()
        out = attend(leaf * 1, heads, turn, MIXED)
        out.square().sum().backward()
        results.append((out.detach(), leaf.grad))
    for one, other in zip(*results, strict=True):
        torch.testing.assert_close(one, other, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("normed", [False, True], ids=["bare", "normed"])
def test_nan_stays_in_its_row(normed):
    """A response that is NaN says nothing to the other responses of its prompt, nor to other trees; and one token's norm or feed-forward nothing to others."""
    heads, turn = Heads(2, 1, 16), turn_of(16, normed)
    spoiled = torch.zeros(len(MIXED.tokens_N), dtype=torch.bool)
    start, length = MIXED.segments[1].tolist()[:2]
    spoiled[start : start + length] = True
    clean = noise(len(spoiled), heads.columns)
    dirty = clean.clone()
    dirty[spoiled] = float("nan")
    with torch.no_grad():
        one, other = (attend(x.clone(), heads, turn, MIXED) for x in (clean, dirty))
        assert torch.equal(one[~spoiled], other[~spoiled]) and other[spoiled].isnan().all()
        one, other = (swiglu(x) for x in (clean, dirty))
        assert torch.equal(one[~spoiled], other[~spoiled]) and other[spoiled].isnan().all()
        one, other = (add_norm(x, x, torch.ones(heads.columns), 1e-6, F32)[1] for x in (clean, dirty))
        assert torch.equal(one[~spoiled], other[~spoiled]) and other[spoiled].isnan().all()


def test_the_gradient_of_one_tree_is_not_moved_by_nan_in_another():
    heads, turn = Heads(2, 1, 16), turn_of(16, False)
    first = MIXED.trees[1]
    tokens = int(MIXED.segments[first, 0])
    clean = noise(len(MIXED.tokens_N), heads.columns)
    dirty = clean.clone()
    dirty[:tokens] = float("nan")
    grads = []
    for x in (clean, dirty):
        leaf = x.requires_grad_()
        attend(leaf * 1, heads, turn, MIXED).square().sum().backward()
        grads.append(leaf.grad)
    assert torch.equal(grads[0][tokens:], grads[1][tokens:])


def test_bfloat16_rounds_to_nearest_even():
    x = noise(40, 32, seed=3)
    y32, y16 = (add_norm(x, None, torch.ones(32), 1e-6, dtype)[1] for dtype in (F32, BF16))
    off = (y32.to(BF16).float() - y16.float()).abs()
    assert off.max() <= 2**-7 * y32.abs().max() and (off == 0).float().mean() > 0.99


# ---- drawn tokens -----------------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("count", [1, 2])
@pytest.mark.parametrize("dtype", [F32, BF16], ids=str)
@pytest.mark.parametrize(("n", "v"), [(1, 2), (3, 16), (40, 37), (9, 1000)])
def test_drawn(n, v, dtype, count, threads):
    torch.set_num_threads(count)
    (logits,), (logits64,) = leaves((6 * noise(n, v)).to(dtype))
    targets = (torch.arange(n) * 7 + v - 1) % v
    ours, wanted = drawn(logits, targets, 0.7), (logits64 / 0.7).log_softmax(-1).gather(-1, targets[:, None])[:, 0]
    assert ours.dtype == F32
    close(ours, wanted)
    weights = noise(n, seed=1)
    (ours * weights).sum().backward()
    (wanted * weights.double()).sum().backward()
    close(logits.grad, logits64.grad, dtype)


def test_drawn_at_the_ends():
    """Certain and impossible tokens, logits far from zero, one that is cut off."""
    (logits,), (logits64,) = leaves(torch.tensor([[1e4, 0.0, -1e4], [-3e4, -3e4, -3e4 - 20], [0.0, -float("inf"), 1.0]]))
    targets = torch.tensor([0, 2, 2])
    ours, wanted = drawn(logits, targets, 1.0), logits64.log_softmax(-1)[torch.arange(3), targets]
    torch.testing.assert_close(ours.double(), wanted, rtol=1e-6, atol=1e-6)
    ours.sum().backward()
    wanted.sum().backward()
    torch.testing.assert_close(logits.grad.double(), logits64.grad, rtol=1e-5, atol=1e-6)
    assert drawn(logits, torch.tensor([1, 1, 1]), 1.0)[2] == -float("inf")
    assert not drawn(torch.tensor([[float("nan"), 0.0]]), torch.tensor([1]), 1.0).isfinite()
