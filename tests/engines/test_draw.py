"""Drawing one token: the number it costs, the token it picks, and what is no distribution."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from menolab import keys
from menolab.engines import draw as module
from menolab.engines.decoding import Decoding
from menolab.engines.draw import check_finite, draw, uniforms
from menolab.errors import RunFailed
from menolab.models.lean import native


@pytest.fixture(params=["fused", "torch"], autouse=True)
def path(request, monkeypatch) -> str:
    """Both ways to draw: by the kernel where there is one, and by torch operations."""
    if request.param == "torch":
        monkeypatch.setattr(module, "fused", lambda logits: False)
    elif not native.available():
        pytest.skip("no compiler on this machine")
    return request.param


EDGES = [0, 1, 2, 2**31 - 1, 2**32, 2**52, 2**63 - 1, 2**63, 2**63 + 1, 2**64 - 2, 2**64 - 1, 0x9E3779B97F4A7C15, 2**64 - 0x9E3779B97F4A7C15]


def signed(bits: list[int]) -> torch.Tensor:
    """The same 64 bits, as torch holds them."""
    return torch.from_numpy(np.array(bits, dtype=np.uint64).view(np.int64))


def test_uniforms_are_those_of_keys_to_the_last_bit():
    bits = EDGES + [int(b) for b in np.random.default_rng(0).integers(0, 2**64, 500, dtype=np.uint64)]
    for position in (0, 1, 7, 1000, 2**31, 2**40):
        ours = uniforms(signed(bits), torch.full((len(bits),), position))
        theirs = keys.uniforms(np.array(bits, dtype=np.uint64), position, 1)[:, 0]
        assert ours.dtype == torch.float64
        np.testing.assert_array_equal(ours.numpy(), theirs)
        assert (ours > 0).all() and (ours < 1).all()


def test_each_row_at_its_own_position():
    bits = EDGES[:6]
    whole = keys.uniforms(np.array(bits, dtype=np.uint64), 0, 6)
    np.testing.assert_array_equal(uniforms(signed(bits), torch.arange(6)).numpy(), whole.diagonal())


def test_extreme_uniforms_never_pick_an_impossible_token():
    # The mass is 0.5 + 0.5 in the middle; both ends are impossible, where rounding would land.
    logits = torch.tensor([[float("-inf"), 0.0, 0.0, float("-inf"), float("-inf")]])
    for u, token in [(1e-300, 1), (2.0**-54, 1), (0.4999, 1), (0.5001, 2), (1 - 2.0**-53, 2), (1.0, 2)]:
        assert draw(Decoding(), logits, torch.tensor([u], dtype=torch.float64))[0].item() == token
    many = torch.randn(64, 1000, generator=torch.Generator().manual_seed(0))
    for u in (2.0**-54, 1.0):
        token, logprob = draw(Decoding(top_k=7), many, torch.full((64,), u, dtype=torch.float64))
        assert torch.isfinite(logprob).all()
        check_finite(logprob)


def test_the_token_is_the_first_at_which_the_sum_exceeds_u():
    logits = torch.randn(40, 30, generator=torch.Generator().manual_seed(0))
    u = torch.rand(40, generator=torch.Generator().manual_seed(1), dtype=torch.float64)
    token, logprob = draw(Decoding(), logits, u)
    probs = logits.double().softmax(-1).numpy()
    for row, x, t, lp in zip(probs, u.tolist(), token.tolist(), logprob.tolist(), strict=True):
        assert row[:t].sum() <= x < row[: t + 1].sum()
        assert lp == pytest.approx(np.log(row[t]), abs=1e-5)


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
@pytest.mark.parametrize("vocabulary", [1, 15, 16, 17, 1023, 1024, 1025, 5000])
def test_large_vocabularies_with_impossible_tokens(vocabulary, dtype):
    generator = torch.Generator().manual_seed(vocabulary)
    logits = (8 * torch.randn(60, vocabulary, generator=generator)).masked_fill(torch.rand(60, vocabulary, generator=generator) < 0.3, -float("inf")).to(dtype)
    logits[:, int(torch.randint(vocabulary, (1,), generator=generator))] = 3.0
    u = torch.rand(60, generator=generator, dtype=torch.float64)
    u[:3] = torch.tensor([2.0**-54, 1 - 2.0**-53, 1.0])
    token, logprob = draw(Decoding(temperature=0.7), logits, u)
    probs = (logits.double() / 0.7).softmax(-1)
    sums = probs.cumsum(-1)
    for p, c, x, t, lp in zip(probs, sums, u.tolist(), token.tolist(), logprob.tolist(), strict=True):
        assert p[t] > 0 and (c[t] - p[t]) / c[-1] - 1e-6 <= x <= c[t] / c[-1] + 1e-6, "the rounding of exp moves sums by 1e-7 of them"
        assert lp == pytest.approx(float(p[t].log()), abs=1e-4)


def test_nothing_but_impossible_tokens():
    token, logprob = draw(Decoding(), torch.full((2, 40), -float("inf")), torch.tensor([0.3, 1.0], dtype=torch.float64))
    assert ((token >= 0) & (token < 40)).all() and logprob.isnan().all()


def test_blocks_of_rows_draw_the_same(monkeypatch):
    logits, u = torch.randn(10, 50, generator=torch.Generator().manual_seed(0)), torch.linspace(0.01, 0.99, 10, dtype=torch.float64)
    whole = draw(Decoding(top_p=0.8), logits, u)
    blocks: list[int] = []
    monkeypatch.setattr(module, "DRAWN_AT_ONCE", 150)
    monkeypatch.setattr(Decoding, "__call__", lambda self, x, real=Decoding.__call__: blocks.append(len(x)) or real(self, x))
    assert all(torch.equal(a, b) for a, b in zip(whole, draw(Decoding(top_p=0.8), logits, u), strict=True))
    assert blocks == [3, 3, 3, 1]


@pytest.mark.parametrize("decoding", [Decoding(), Decoding(top_k=3), Decoding(top_p=0.5), Decoding(temperature=0.0)], ids=str)
@pytest.mark.parametrize("bad", [float("nan"), float("inf")])
def test_logits_that_are_no_numbers_are_seen_and_stay_in_their_row(bad, decoding):
    logits = torch.randn(3, 20, generator=torch.Generator().manual_seed(0))
    u = torch.full((3,), 0.4, dtype=torch.float64)
    clean = draw(decoding, logits, u)
    logits[1, 4] = bad
    token, logprob = draw(decoding, logits, u)
    assert ((token >= 0) & (token < 20)).all(), "it is fed to the model before anyone looks"
    assert logprob[1].isnan()
    for x, y in zip(clean, (token, logprob), strict=True):
        assert torch.equal(x[[0, 2]], y[[0, 2]])
    with pytest.raises(RunFailed, match="diverged"):
        check_finite(logprob)


def test_a_row_without_any_probability_is_seen():
    _, logprob = draw(Decoding(), torch.full((1, 5), float("-inf")), torch.tensor([0.5], dtype=torch.float64))
    with pytest.raises(RunFailed, match="diverged"):
        check_finite(logprob)
