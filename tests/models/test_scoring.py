"""Scores of responses: against a slow oracle, and unmoved by padding, company and blocks."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from tests.models.architectures import CONFIGS, LEAN, lean_tiny, tiny

from menolab.engines.decoding import Decoding
from menolab.keys import Key
from menolab.models import scoring
from menolab.models.cache import read_prompts
from menolab.models.lean import native
from menolab.models.lora import LoRA
from menolab.models.policy import Policy
from menolab.models.scoring import plan, score

DECODINGS = [Decoding(), Decoding(temperature=0.7, top_p=0.9, top_k=5), Decoding(temperature=1.5, top_p=0.6), Decoding(top_k=3)]
PROMPTS = [(1, 20, 30), (1, 9), (1, 50, 51, 52, 53, 54, 55, 56), (4,)]
LENGTHS = [5, 9, 1, 0]


def model(name: str) -> Policy:
    """A tiny policy; "lean qwen3" for one that takes the lean path where there is a compiler."""
    return lean_tiny(name.removeprefix("lean ")) if name.startswith("lean ") else tiny(name)


def responses(seed: int = 0, width: int = 9) -> tuple[torch.Tensor, torch.Tensor]:
    tokens_BT = torch.from_numpy(np.random.default_rng(seed).integers(3, 263, (len(LENGTHS), width)))
    return tokens_BT, torch.arange(width) < torch.tensor(LENGTHS)[:, None]


def oracle(policy, prompt, response, decoding) -> tuple[list[float], list[float]]:
    """Log-probabilities and entropies of one row, in plain Python floats from the model's own full forward, token by token."""
    logprobs, entropies = [], []
    with torch.no_grad():
        logits = policy.plain(torch.tensor([[*prompt, *response]])).logits[0].double().numpy()
    for t, token in enumerate(response):
        z = logits[len(prompt) + t - 1] / decoding.temperature
        order = sorted(range(len(z)), key=lambda v: (-z[v], v))
        kept = order[: decoding.top_k or len(z)]
        mass = [math.exp(z[v] - z[order[0]]) for v in kept]
        total, before, chosen = sum(mass), 0.0, []
        for v, m in zip(kept, mass, strict=True):
            if before < decoding.top_p or not chosen:
                chosen.append(v)
            before += m / total
        weight = {v: math.exp(z[v] - z[order[0]]) for v in chosen}
        norm = sum(weight.values())
        entropies.append(-sum(w / norm * math.log(w / norm) for w in weight.values()))
        if token not in weight:  # counted back in
            weight[token] = math.exp(z[token] - z[order[0]])
            norm = sum(weight.values())
        logprobs.append(math.log(weight[token] / norm))
    return logprobs, entropies


@pytest.mark.parametrize("name", ["qwen3", "lean qwen3"])
@pytest.mark.parametrize("decoding", DECODINGS, ids=str)
def test_values_are_the_oracles(decoding, name):
    policy = model(name)
    tokens_BT, mask_BT = responses()
    stats = score(policy, PROMPTS, tokens_BT, mask_BT, decoding, entropy=True)
    assert stats.entropy_BT is not None and score(policy, PROMPTS, tokens_BT, mask_BT, decoding).entropy_BT is None
    for b, (prompt, n) in enumerate(zip(PROMPTS, LENGTHS, strict=True)):
        logprobs, entropies = oracle(policy, prompt, tokens_BT[b, :n].tolist(), decoding)
        np.testing.assert_allclose(stats.logprobs_BT[b, :n].detach().numpy(), logprobs, atol=2e-5)
        np.testing.assert_allclose(stats.entropy_BT[b, :n].detach().numpy(), entropies, atol=2e-5)
    assert torch.equal(stats.logprobs_BT[~mask_BT], torch.zeros(int((~mask_BT).sum())))
    assert stats.logprobs_BT.dtype == torch.float32


def gradient(policy, prompts, tokens_BT, mask_BT, decoding, of: str = "logprobs_BT") -> list[torch.Tensor]:
    """Gradient of the log-probabilities (or entropies) weighted by place, so that a swap of two places would show."""
    policy.model.zero_grad()
    stats = score(policy, prompts, tokens_BT, mask_BT, decoding, entropy=of == "entropy_BT")
    weight_BT = torch.linspace(0.5, 2, tokens_BT.shape[1]).expand_as(tokens_BT) * mask_BT
    (getattr(stats, of) * weight_BT).sum().backward()
    return [p.grad.clone() for p in policy.model.parameters()]


@pytest.mark.parametrize("which, of", enumerate(["logprobs_BT", "entropy_BT"]))
def test_gradient_is_a_finite_difference(which, of):
    policy = tiny("gpt2")  # its norms run in float64; the RMS norms of the others go through float32
    policy.model.double()
    tokens_BT, mask_BT = responses()
    decoding = Decoding(temperature=0.7, top_k=5)
    grads = gradient(policy, PROMPTS, tokens_BT, mask_BT, decoding, of)
    weight = policy.model.transformer.h[0].mlp.c_fc.weight
    (own,) = [g for g, p in zip(grads, policy.model.parameters(), strict=True) if p is weight]
    place = torch.linspace(0.5, 2, tokens_BT.shape[1])

    def value() -> float:
        return sum(
            place[t].item() * x
            for b, (prompt, n) in enumerate(zip(PROMPTS, LENGTHS, strict=True))
            for t, x in enumerate(oracle(policy, prompt, tokens_BT[b, :n].tolist(), decoding)[which])
        )

    for i, j in [(0, 0), (3, 7), (31, 40)]:
        with torch.no_grad():
            weight[i, j] += 1e-5
            high = value()
            weight[i, j] -= 2e-5
            low = value()
            weight[i, j] += 1e-5
        assert own[i, j].item() == pytest.approx((high - low) / 2e-5, rel=1e-5, abs=1e-6)


@pytest.mark.parametrize("name", ["qwen3_window", "lean qwen3"])
def test_padding_and_what_lies_under_the_mask_do_not_matter(name):
    policy = model(name)
    tokens_BT, mask_BT = responses()
    junk_BT = torch.where(mask_BT, tokens_BT, torch.full_like(tokens_BT, -100))
    wide_BT = torch.cat([junk_BT, torch.full((4, 6), 10**6)], 1)
    wide_mask_BT = torch.cat([mask_BT, torch.zeros(4, 6, dtype=torch.bool)], 1)
    plain, wide = (score(policy, PROMPTS, t, m, Decoding()) for t, m in ((tokens_BT, mask_BT), (wide_BT, wide_mask_BT)))
    assert torch.equal(plain.logprobs_BT, wide.logprobs_BT[:, :9])
    assert torch.equal(wide.logprobs_BT[:, 9:], torch.zeros(4, 6))


@pytest.mark.parametrize("equal_lengths", [False, True], ids=["ragged", "equal"])
@pytest.mark.parametrize("name", CONFIGS)
def test_prompts_read_once_or_by_each_row_give_the_same(name, equal_lengths, monkeypatch):
    policy, decoding = tiny(name), Decoding(temperature=0.8)
    prompts = [(1, 9, 10), (1, 50, 51)] if equal_lengths else [(1, 9), (1, 50, 51, 52, 53, 54, 55, 56)]
    prompts = [prompts[b % 2] for b in range(8)]
    tokens_BT, mask_BT = (torch.cat(both) for both in zip(responses(0), responses(1), strict=True))
    read: list[int] = []
    monkeypatch.setattr(scoring, "read_prompts", lambda policy, prompts: read.append(len(prompts)) or read_prompts(policy, prompts))
    once, grads_once = score(policy, prompts, tokens_BT, mask_BT, decoding, entropy=True), gradient(policy, prompts, tokens_BT, mask_BT, decoding)
    monkeypatch.setattr(scoring, "_can_share", lambda policy: False)
    each, grads_each = score(policy, prompts, tokens_BT, mask_BT, decoding, entropy=True), gradient(policy, prompts, tokens_BT, mask_BT, decoding)
    assert read == [2, 2]
    torch.testing.assert_close(once.logprobs_BT, each.logprobs_BT, rtol=0, atol=2e-5)
    torch.testing.assert_close(once.entropy_BT, each.entropy_BT, rtol=0, atol=2e-5)
    for one, other in zip(grads_once, grads_each, strict=True):
        torch.testing.assert_close(one, other, rtol=1e-3, atol=1e-3)


def test_layers_run_again_for_the_gradient_do_not_share():
    policy = tiny("qwen3")
    tokens_BT, mask_BT = responses()
    prompts = [PROMPTS[0]] * 4
    assert scoring._can_share(policy)
    expected = score(policy, prompts, tokens_BT, mask_BT, Decoding()).logprobs_BT
    policy.model.activation_checkpointing_enable()
    policy.model.train()
    assert not scoring._can_share(policy)
    torch.testing.assert_close(score(policy, prompts, tokens_BT, mask_BT, Decoding()).logprobs_BT, expected, rtol=0, atol=1e-5)


@pytest.mark.parametrize("name", ["qwen3", "gemma3_text", "gpt2", "lean llama", "lean qwen3"])
def test_company_and_order_do_not_matter(name, monkeypatch):
    policy = model(name)
    tokens_BT, mask_BT = responses()
    decoding = Decoding(temperature=0.8, top_k=20)
    whole, grads = score(policy, PROMPTS, tokens_BT, mask_BT, decoding, entropy=True), gradient(policy, PROMPTS, tokens_BT, mask_BT, decoding)
    turned = [2, 0, 3, 1]
    moved = score(policy, [PROMPTS[b] for b in turned], tokens_BT[turned], mask_BT[turned], decoding)
    torch.testing.assert_close(moved.logprobs_BT, whole.logprobs_BT[turned], rtol=0, atol=1e-5)
    for b in range(3):
        alone = score(policy, [PROMPTS[b]], tokens_BT[b : b + 1], mask_BT[b : b + 1], decoding, entropy=True)
        torch.testing.assert_close(alone.logprobs_BT[0], whole.logprobs_BT[b], rtol=0, atol=1e-5)
        torch.testing.assert_close(alone.entropy_BT[0], whole.entropy_BT[b], rtol=0, atol=1e-5)
    monkeypatch.setattr(scoring, "ROWS_AT_ONCE", 1)
    for one, all_ in zip(gradient(policy, PROMPTS, tokens_BT, mask_BT, decoding), grads, strict=True):
        torch.testing.assert_close(one, all_, rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("name", ["qwen3", "lean qwen3"])
def test_blocks_of_logits_change_nothing_and_are_not_kept(name, monkeypatch):
    policy = model(name)
    tokens_BT, mask_BT = responses()
    whole = score(policy, PROMPTS, tokens_BT, mask_BT, Decoding())
    grads = gradient(policy, PROMPTS, tokens_BT, mask_BT, Decoding())
    monkeypatch.setattr(scoring, "LOGITS_AT_ONCE", 4 * 263)
    saved: list[int] = []
    with torch.autograd.graph.saved_tensors_hooks(lambda x: saved.append(x.numel()) or x, lambda x: x):
        blocks = score(policy, PROMPTS, tokens_BT, mask_BT, Decoding())
    head = 263 * 32
    assert not [n for n in saved if n % 263 == 0 and n != head], "logits were kept for the gradient"
    torch.testing.assert_close(blocks.logprobs_BT, whole.logprobs_BT, rtol=0, atol=1e-5)
    for one, all_ in zip(gradient(policy, PROMPTS, tokens_BT, mask_BT, Decoding()), grads, strict=True):
        torch.testing.assert_close(one, all_, rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("name", ["qwen3", "lean qwen3"])
def test_a_token_that_truncation_now_excludes_stays_finite_and_learns(name):
    policy = model(name)
    decoding = Decoding(top_k=1)
    tokens_BT, mask_BT = responses()
    stats = score(policy, PROMPTS, tokens_BT, mask_BT, decoding)
    assert torch.isfinite(stats.logprobs_BT).all()
    assert (stats.logprobs_BT[mask_BT] < 0).any()
    grads = gradient(policy, PROMPTS, tokens_BT, mask_BT, decoding)
    assert all(torch.isfinite(g).all() for g in grads)
    before = stats.logprobs_BT.sum().item()
    with torch.no_grad():
        for p, g in zip(policy.model.parameters(), grads, strict=True):
            p += 1e-4 * g
    assert score(policy, PROMPTS, tokens_BT, mask_BT, decoding).logprobs_BT.sum().item() > before


@pytest.mark.parametrize("name", ["qwen3", "lean qwen3"])
def test_adapters_are_scored(name):
    policy = LoRA(rank=2)(model(name), Key.root(0))
    tokens_BT, mask_BT = responses()
    score(policy, PROMPTS, tokens_BT, mask_BT, Decoding()).logprobs_BT.sum().backward()
    assert all(p.grad is not None for n, p in policy.model.named_parameters() if "lora_" in n)


@pytest.mark.parametrize("name", LEAN)
def test_both_paths_score_the_same(name, monkeypatch):
    policy, decoding = lean_tiny(name), Decoding(temperature=0.8, top_p=0.9)
    tokens_BT, mask_BT = (torch.cat(both) for both in zip(responses(0), responses(1), strict=True))
    first = score(policy, PROMPTS * 2, tokens_BT, mask_BT, decoding, entropy=True), gradient(policy, PROMPTS * 2, tokens_BT, mask_BT, decoding)
    monkeypatch.setattr(scoring, "lean", lambda policy: None)
    second = score(policy, PROMPTS * 2, tokens_BT, mask_BT, decoding, entropy=True), gradient(policy, PROMPTS * 2, tokens_BT, mask_BT, decoding)
    torch.testing.assert_close(first[0].logprobs_BT, second[0].logprobs_BT, rtol=0, atol=5e-5)
    torch.testing.assert_close(first[0].entropy_BT, second[0].entropy_BT, rtol=0, atol=5e-5)
    for one, other in zip(first[1], second[1], strict=True):
        torch.testing.assert_close(one, other, rtol=1e-3, atol=1e-3)


@pytest.mark.parametrize("name", ["qwen3", "lean qwen3"])
def test_bfloat16_products_move_a_little(name):
    policy = model(name)
    tokens_BT, mask_BT = responses()
    whole, rounded = (score(policy, PROMPTS, tokens_BT, mask_BT, Decoding(), dtype=dtype).logprobs_BT for dtype in (None, torch.bfloat16))
    off = (whole - rounded)[mask_BT].abs()
    assert rounded.dtype == torch.float32
    assert 1e-5 < off.max() < 0.3 and off.mean() < 0.05
    rounded.sum().backward()
    assert all(p.grad is None or (p.grad.dtype == torch.float32 and torch.isfinite(p.grad).all()) for p in policy.model.parameters())


# ---- micro-batches ----------------------------------------------------------------------------------------------------------------------------

PLANNED = st.lists(st.tuples(st.integers(0, 4), st.integers(0, 30)), max_size=25)


def cost(rows: list[tuple[tuple[int, ...], int]], packed: bool) -> int:
    """Tokens of one forward pass, as the two paths lay rows out."""
    if packed:
        return sum(map(len, {prompt for prompt, _ in rows})) + sum(length for _, length in rows)
    return len(rows) * max(len(prompt) + length for prompt, length in rows)


@pytest.mark.parametrize("packed", [False, True], ids=["padded", "packed"])
@given(asked=PLANNED, budget=st.integers(1, 120))
def test_a_plan_holds_each_row_once_within_the_budget(packed, asked, budget):
    lengths = [2, 5, 20, 33, 60]
    rows = [((p,) * lengths[p], n) for p, n in asked]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(scoring, "lean", lambda policy: object() if packed else None)
        parts = plan(None, [prompt for prompt, _ in rows], [n for _, n in rows], budget)  # type: ignore[arg-type]
    assert sorted(b for part in parts for b in part) == list(range(len(rows)))
    for part in parts:
        assert part and (len(part) == 1 or cost([rows[b] for b in part], packed) <= budget)
    for part, after in itertools.pairwise(parts):
        assert cost([rows[b] for b in [*part, after[0]]], packed) > budget, "the next row would have fitted"


def test_a_packed_plan_keeps_groups_together_and_a_padded_one_lengths():
    prompts, lengths = [(1,) * 10, (2,) * 10] * 4, [1, 30, 2, 29, 3, 28, 4, 27]
    assert plan(lean_tiny("llama"), prompts, lengths, 10**6) == [[0, 2, 4, 6, 1, 3, 5, 7]] or not native.available()
    assert plan(tiny("gpt2"), prompts, lengths, 10**6) == [[1, 3, 5, 7, 6, 4, 2, 0]]
    assert plan(tiny("gpt2"), prompts, lengths, 40) == [[1], [3], [5], [7], [6, 4], [2, 0]]


def test_nothing_to_score():
    tokens_BT, mask_BT = torch.zeros(2, 3, dtype=torch.long), torch.zeros(2, 3, dtype=torch.bool)
    assert torch.equal(score(tiny("qwen3"), [(1,), (1, 2)], tokens_BT, mask_BT, Decoding()).logprobs_BT, torch.zeros(2, 3))


def test_a_mask_with_a_hole_and_odd_sizes_are_errors():
    tokens_BT = torch.full((1, 3), 5)
    with pytest.raises(ValueError, match="prefix"):
        score(tiny("qwen3"), [(1,)], tokens_BT, torch.tensor([[True, False, True]]), Decoding())
    with pytest.raises(ValueError, match="sizes"):
        score(tiny("qwen3"), [(1,), (1,)], tokens_BT, torch.ones(1, 3, dtype=torch.bool), Decoding())


@pytest.mark.parametrize("name", ["qwen3", "lean qwen3", "cohere"])
def test_normalisers_are_those_of_the_first_logits_with_their_gradient(name: str):
    policy = model(name)
    tokens_BT, mask_BT = responses()
    found = score(policy, PROMPTS, tokens_BT, mask_BT, Decoding(temperature=0.7, top_k=5), normalisers=True).normaliser_B
    assert found is not None and score(policy, PROMPTS, tokens_BT, mask_BT, Decoding()).normaliser_B is None
    logits = [policy.plain(torch.tensor([prompt])).logits[0, -1].double() / 0.7 for prompt in PROMPTS]
    assert found.tolist() == pytest.approx([float(z.logsumexp(0)) if n else 0.0 for z, n in zip(logits, LENGTHS, strict=True)], abs=1e-4)
    place = torch.arange(1.0, len(PROMPTS) + 1)
    weight = policy.plain.get_input_embeddings().weight
    (own,) = torch.autograd.grad((found * place).sum(), weight)
    (expected,) = torch.autograd.grad(sum(p * z.logsumexp(0) for p, z, n in zip(place, logits, LENGTHS, strict=True) if n), weight)
    torch.testing.assert_close(own, expected, atol=2e-4, rtol=2e-3)
    nothing = score(policy, PROMPTS, tokens_BT, torch.zeros_like(mask_BT), Decoding(), normalisers=True).normaliser_B
    assert nothing is not None and nothing.tolist() == [0.0] * len(PROMPTS)
