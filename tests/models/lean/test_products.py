"""Matrix products on the bfloat16 matrix unit: as exact as float32's own, and the same number whatever stands beside it."""

from __future__ import annotations

import pytest
import torch
import torch.nn.functional as F

from menolab.models.lean import native
from menolab.models.lean.products import Product

needs_unit = pytest.mark.skipif(not native.products(), reason="this processor has no bfloat16 matrix unit, or no compiler")


def normal(*shape: int, seed: int = 0) -> torch.Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


def error(found: torch.Tensor, wanted: torch.Tensor) -> float:
    """Root mean square, against the same of what is wanted."""
    return float((found.double() - wanted).pow(2).mean().sqrt() / wanted.pow(2).mean().sqrt())


SHAPES = [(1, 16, 16), (15, 48, 32), (17, 20, 33), (33, 80, 100), (256, 96, 1056), (300, 1408, 48), (64, 16, 2100), (1500, 96, 64)]
"""Tokens, what is given, what is taken; the last result is stored past the caches."""


@needs_unit
@pytest.mark.parametrize(("n", "o", "i"), SHAPES)
@pytest.mark.parametrize("biased", [False, True])
def test_value_and_gradients_are_no_further_from_float64_than_float32s_own(n, o, i, biased):
    x, weight, bias, back = normal(n, i), normal(o, i, seed=1), normal(o, seed=2) if biased else None, normal(n, o, seed=3)

    def run(linear, dtype):
        given = [None if t is None else t.to(dtype).requires_grad_() for t in (x, weight, bias)]
        out = linear(*given)
        out.backward(back.to(dtype))
        return [out.detach(), *(t.grad for t in given if t is not None)]

    exact = run(F.linear, torch.float64)
    plain = run(F.linear, torch.float32)
    ours = run(lambda x, weight, bias: Product(weight, bias)(x), torch.float32)
    for name, a, b, c in zip(("value", "to input", "to weight", "to bias"), ours, plain, exact, strict=False):
        assert error(a, c) <= 1.2 * error(b, c) + 1e-8, name


@needs_unit
def test_no_bit_of_a_number_is_lost():
    """Times the identity: all three parts of every number come back, whatever its size."""
    x = normal(40, 64) * 10.0 ** torch.arange(-26, 38)  # from 1e-26 to 1e37
    assert torch.equal(Product(torch.eye(64), None)(x), x)
    assert torch.equal(Product(x, None)(torch.eye(64)), x.T)


@needs_unit
def test_small_terms_are_not_lost_beside_large_ones():
    """1 + 2^-20 squared, many times: bfloat16 alone, or two parts of three, would miss it."""
    x = torch.full((16, 512), 1 + 2.0**-20)
    exact = 512 * (1 + 2.0**-20) ** 2
    assert float((Product(x, None)(x).double() - exact).abs().max()) <= 512 * 2.0**-24


@needs_unit
def test_a_row_does_not_depend_on_its_batch():
    weight = normal(2816, 512, seed=1)
    x = normal(300, 512)
    whole = Product(weight, None)(x)
    for rows in (slice(0, 1), slice(7, 8), slice(3, 19), slice(5, 105)):
        assert torch.equal(Product(weight, None)(x[rows]), whole[rows])
    assert torch.equal(Product(weight[:40], None)(x), whole[:, :40])


@needs_unit
@pytest.mark.parametrize(("n", "o", "i"), [(3, 100, 64), (700, 48, 1100)])
def test_threads_do_not_change_it(n, o, i):
    x, weight = normal(n, i).requires_grad_(), normal(o, i, seed=1).requires_grad_()
    before, results = torch.get_num_threads(), []
    try:
        for threads in (1, 2, 5):
            torch.set_num_threads(threads)
            out = Product(weight, None)(x)
            results.append((out.detach(), *torch.autograd.grad(out.square().sum(), (x, weight))))
    finally:
        torch.set_num_threads(before)
    for others in results[1:]:
        assert all(torch.equal(a, b) for a, b in zip(results[0], others, strict=True))


@needs_unit
def test_matrices_that_lie_otherwise():
    """A gradient that is one number everywhere, a transposed input, columns of a wider matrix, weights laid side by side."""
    x, weight = normal(64, 20).t(), torch.cat([normal(8, 64, seed=1), normal(8, 64, seed=2)]).requires_grad_()
    torch.testing.assert_close(Product(weight, None)(x), F.linear(x, weight), rtol=1e-5, atol=1e-5)
    wide = normal(20, 100)[:, 18:82].requires_grad_()
    ours = torch.autograd.grad(Product(weight, None)(wide).sum(), (wide, weight))
    theirs = torch.autograd.grad(F.linear(wide, weight).sum(), (wide, weight))
    torch.testing.assert_close(ours, theirs, rtol=1e-5, atol=1e-5)


@needs_unit
def test_frozen_weights_get_no_gradient_and_a_product_packs_once(monkeypatch):
    called = []
    real = native.call
    monkeypatch.setattr(native, "call", lambda name, *args: called.append(name) or real(name, *args))
    x, product = normal(8, 32).requires_grad_(), Product(normal(16, 32, seed=1), None)
    (product(x) + product(x)).sum().backward()
    assert called == ["pack_columns", "product", "product", *["pack_columns", "product"] * 2]


@needs_unit
def test_what_is_not_finite_stays_so():
    x = normal(4, 32)
    x[1, 3], x[2, 5] = float("nan"), float("inf")
    finite = Product(normal(16, 32, seed=1), None)(x).isfinite().all(1)
    assert finite.tolist() == [True, False, False, True]


def test_torch_does_it_elsewhere(monkeypatch):
    monkeypatch.setattr(native, "products", lambda: False)
    x, weight, bias = normal(5, 24), normal(16, 24, seed=1), normal(16, seed=2)
    assert torch.equal(Product(weight, bias)(x), F.linear(x, weight, bias))
    half = [t.bfloat16() for t in (x, weight, bias)]
    monkeypatch.undo()
    assert torch.equal(Product(half[1], half[2])(half[0]), F.linear(*half))
