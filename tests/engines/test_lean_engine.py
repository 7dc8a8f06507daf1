"""The engine on both its paths: the same rollouts, whatever comes and goes beside them."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.engines.test_paged_rows import TREES, check_owners
from tests.engines.test_torch_engine import DECODINGS, check_agreement
from tests.models.architectures import LEAN, lean_tiny, tiny

from menolab import keys
from menolab.engines import torch_engine
from menolab.engines.decoding import Decoding
from menolab.engines.paged_rows import PagedRows
from menolab.engines.torch_engine import TorchEngine
from menolab.keys import Key
from menolab.models.lean import native
from menolab.models.lora import LoRA
from menolab.models.policy import Policy
from menolab.models.scoring import score
from menolab.records import Completion, Request

if not native.available():
    pytest.skip("no compiler on this machine", allow_module_level=True)

PROMPTS = [(1, 20, 30, 40), (1,), tuple(range(60, 100)), (5, 6), tuple(range(7, 23))]
STEERED = {
    "plain": Decoding(max_tokens=40),
    "truncated": Decoding(temperature=0.7, top_p=0.9, max_tokens=40),
}


class Watched(PagedRows):
    """Pages that are checked at every step."""

    made: list[Watched] = []  # noqa: RUF012

    def __init__(self, policy, model, pages, longest, dtype):
        super().__init__(policy, model, pages, longest, dtype)
        self.count = pages
        for states in (*self.keys, *self.values):
            states.fill_(float("nan"))  # what was never written must not be read
        self.made.append(self)

    def step(self, token_R):
        check_owners(self, self.count)
        return super().step(token_R)


@pytest.fixture(params=["lean", "general"], autouse=True)
def path(request, monkeypatch) -> str:
    Watched.made = []
    monkeypatch.setattr(torch_engine, "PagedRows", Watched)
    if request.param == "general":
        monkeypatch.setattr(torch_engine, "lean", lambda policy: None)
    return request.param


def requests(samples: int = 3, limits: Sequence[int | None] = (None,)) -> list[Request]:
    asked = [Request(prompt, Key.root(7).fold(i, s)) for i, prompt in enumerate(PROMPTS) for s in range(samples)]
    return [replace(request, limit=limits[i % len(limits)]) for i, request in enumerate(asked)]


def same(one: Sequence[Completion], other: Sequence[Completion]) -> None:
    for a, b in zip(one, other, strict=True):
        assert (a.tokens, a.finish) == (b.tokens, b.finish)
        np.testing.assert_allclose(a.logprobs, b.logprobs, atol=1e-4)


@pytest.mark.parametrize("decoding", STEERED.values(), ids=STEERED)
@pytest.mark.parametrize("name", LEAN)
def test_sampler_and_learner_agree(name, decoding, path):
    policy = lean_tiny(name)
    asked = requests(limits=(None, 3, 1, 17))
    drawn = TorchEngine(policy, max_batch=7).generate(asked, decoding)
    check_agreement(policy, asked, drawn, decoding)
    assert len(Watched.made) == (path == "lean")
    for rows in Watched.made:
        assert sorted(rows.pages.free.tolist()) == list(range(rows.count)) and not rows.pages.users.any(), "all pages are free again"


def test_sampler_and_learner_agree_with_adapters(path):
    policy = LoRA(rank=2)(lean_tiny("qwen3"), Key.root(0))
    with torch.no_grad():
        for name, weight in policy.model.named_parameters():
            if "lora_B" in name:
                weight.normal_(std=0.3, generator=torch.Generator().manual_seed(0))
    drawn = TorchEngine(policy).generate(requests(), STEERED["plain"])
    check_agreement(policy, requests(), drawn, STEERED["plain"])
    assert len(Watched.made) == (path == "lean")


@pytest.mark.parametrize("name", ["llama", "qwen3"])
def test_greedy_is_what_transformers_generates(name, path):
    policy = lean_tiny(name)
    drawn = TorchEngine(policy, max_batch=2).generate([Request(p, Key.root(0)) for p in PROMPTS], Decoding(temperature=0.0, max_tokens=40))
    for prompt, completion in zip(PROMPTS, drawn, strict=True):
        own = policy.model.generate(torch.tensor([prompt]), max_new_tokens=40, do_sample=False, pad_token_id=0, eos_token_id=2)
        assert completion.tokens == tuple(own[0, len(prompt) :].tolist())


def test_the_paths_agree(monkeypatch):
    policy, decoding = lean_tiny("qwen3"), replace(STEERED["truncated"], stop_ids=tuple(range(3, 13)))
    first = TorchEngine(policy, max_batch=4).generate(requests(), decoding)
    monkeypatch.setattr(torch_engine, "lean", lambda policy: None)
    same(first, TorchEngine(policy, max_batch=4).generate(requests(), decoding))


@pytest.mark.parametrize("name", ["gemma2", "gemma3_text", "qwen3_window", "mistral", "gpt2"])
@pytest.mark.parametrize("max_batch", [1, 2, 5])
@pytest.mark.parametrize("path", ["general"], indirect=True)
def test_continuous_batching_on_architectures_with_windows(name, max_batch, path):
    policy, decoding = tiny(name), replace(DECODINGS["plain"], max_tokens=30, stop_ids=tuple(range(3, 23)))
    asked = requests(limits=(None, 3, 1, 17))
    whole = TorchEngine(policy).generate(asked, decoding)
    assert len({len(c.tokens) for c in whole}) > 4
    same(whole, TorchEngine(policy, max_batch=max_batch).generate(asked[::-1], decoding)[::-1])


# ---- any schedule -----------------------------------------------------------------------------------------------------------------------------

POOL = [*PROMPTS, *TREES["a prompt that is the trunk of others"], *TREES["a trunk of whole pages"], *TREES["one trunk"]]
ENDS = tuple(range(3, 33))


@functools.cache
def shared_policy() -> Policy:
    return lean_tiny("qwen3")


@functools.cache
def alone(prompt: tuple[int, ...], name: int, limit: int | None) -> Completion:
    """One request, drawn by reading everything from the start at every token."""
    policy, decoding, tokens, logprobs = shared_policy(), Decoding(temperature=0.9, max_tokens=24, stop_ids=ENDS), [], []
    bits = np.array([Key.root(name).bits()], dtype=np.uint64)
    with torch.no_grad():
        for t in range(decoding.max_tokens if limit is None else limit):
            logprob_V = decoding(policy.model(torch.tensor([[*prompt, *tokens]])).logits[0, -1])
            sums = np.cumsum(logprob_V.double().exp().numpy())
            tokens.append(int(np.searchsorted(sums, keys.uniforms(bits, t, 1)[0, 0] * sums[-1], side="right")))
            logprobs.append(float(logprob_V[tokens[-1]]))
            if tokens[-1] in (*ENDS, 2):
                return Completion(tuple(tokens), tuple(logprobs), "stop")
    return Completion(tuple(tokens), tuple(logprobs), "length")


@settings(max_examples=30, deadline=None, derandomize=True)
@given(
    st.lists(st.tuples(st.sampled_from(range(len(POOL))), st.integers(0, 30), st.sampled_from([None, 1, 2, 15, 16, 17])), min_size=1, max_size=14),
    st.sampled_from([1, 2, 3, 5, 16]),
    st.sampled_from([0.01, 0.125, 0.6, 1.0]),
)
def test_any_schedule_gives_what_each_request_gives_alone(asked, max_batch, refill_at):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(torch_engine, "REFILL_AT", refill_at)
        engine = TorchEngine(shared_policy(), max_batch=max_batch)
        drawn = engine.generate([Request(POOL[p], Key.root(name), limit) for p, name, limit in asked], Decoding(temperature=0.9, max_tokens=24, stop_ids=ENDS))
    same(drawn, [alone(POOL[p], name, limit) for p, name, limit in asked])


NEAR = 1e-6


def ties(policy: Policy, asked: list[Request], one: list[Completion], other: list[Completion], decoding: Decoding) -> list[float]:
    """For each rollout that differs, how far the first differing draw was from a boundary between tokens."""
    found = []
    for request, a, b in zip(asked, one, other, strict=True):
        if a.tokens != b.tokens:
            t = next(t for t, (x, y) in enumerate(zip(a.tokens, b.tokens, strict=False)) if x != y)
            with torch.no_grad():
                probs = decoding(policy.model(torch.tensor([[*request.prompt, *a.tokens[:t]]])).logits[0, -1].double()).exp().numpy()
            u = keys.uniforms(np.array([request.key.bits()], dtype=np.uint64), t, 1)[0, 0]
            found.append(float(np.abs(np.cumsum(probs) - u * probs.sum()).min()))
    return found


@pytest.mark.parametrize("path", ["lean"], indirect=True)  # the general one takes a minute
def test_a_thousand_rollouts_alone_and_in_a_batch(path):
    """At most 2 of 1,000 may differ, each at a draw within 1e-6 of a boundary."""
    policy, decoding = lean_tiny("llama"), Decoding(max_tokens=8)
    asked = [Request(PROMPTS[i % 5], Key.root(3).fold(i)) for i in range(1000)]
    together = TorchEngine(policy, max_batch=256).generate(asked, decoding)
    apart = TorchEngine(policy, max_batch=1).generate(asked, decoding)
    found = ties(policy, asked, together, apart, decoding)
    assert len(found) <= 2 and all(distance < NEAR for distance in found)
    assert len({c.tokens for c in together}) > 990


# ---- ends -------------------------------------------------------------------------------------------------------------------------------------


def test_the_context_ends_a_response(path):
    policy = lean_tiny("llama")
    policy.stop_ids = ()
    asked = [Request((1,) * n, Key.root(0)) for n in (127, 120, 30, 112, 1)]
    drawn = TorchEngine(policy, max_batch=3).generate(asked, Decoding(max_tokens=500))
    assert [len(c.tokens) for c in drawn] == [1, 8, 98, 16, 127]
    same(drawn, TorchEngine(policy).generate(asked, Decoding(max_tokens=500)))


def test_a_requests_own_limit(path):
    policy = lean_tiny("llama")
    policy.stop_ids = ()
    asked = requests(limits=(None, 3, 1, 9))
    drawn = TorchEngine(policy, max_batch=4).generate(asked, Decoding(max_tokens=5))
    assert [len(c.tokens) for c in drawn] == [5 if r.limit is None else r.limit for r in asked]


def test_groups_are_read_once(path, monkeypatch):
    policy, read = lean_tiny("llama"), []
    for room in (PagedRows, torch_engine.TransformersRows):
        monkeypatch.setattr(room, "admit", lambda self, prompts, real=room.admit: read.append(list(prompts)) or real(self, prompts))
    asked = requests(samples=4)
    TorchEngine(policy, max_batch=8).generate(asked[::3] + asked[1::3] + asked[2::3], Decoding(max_tokens=3))
    assert all(len(set(prompts)) <= 1 + -(-len(prompts) // 4) for prompts in read), "equal prompts come together"
    assert sum(map(len, read)) == len(asked)


def test_bfloat16_products(path):
    """Eight bits a product: a log-probability of these sharp distributions (weights of ten times the usual spread) moves by 0.01 on average, 0.1 at most.

    The general path samples in the parameters' own dtype, so that there the learner alone is moved.
    """
    policy = lean_tiny("qwen3")
    drawn = TorchEngine(policy, dtype=torch.bfloat16).generate(requests(), STEERED["plain"])
    asked, width = requests(), max(len(c.tokens) for c in drawn)
    tokens_BT = torch.tensor([[*c.tokens, *[0] * (width - len(c.tokens))] for c in drawn])
    mask_BT = torch.arange(width) < torch.tensor([len(c.tokens) for c in drawn])[:, None]
    sampled = torch.tensor([[*c.logprobs, *[0.0] * (width - len(c.tokens))] for c in drawn])
    with torch.no_grad():
        for dtype in (torch.bfloat16, None):
            off = (score(policy, [r.prompt for r in asked], tokens_BT, mask_BT, STEERED["plain"], dtype=dtype).logprobs_BT - sampled)[mask_BT].abs()
            assert off.mean() < 0.015 and off.max() < 0.1
            assert off.max() > 1e-5 or path == "general", "no product was rounded"
