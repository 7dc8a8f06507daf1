"""The sampler: the learner's distribution, each rollout its own, and every way to end."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
import torch
from scipy.stats import chisquare
from tests.models.architectures import CONFIGS, tiny

from menolab.engines import torch_engine
from menolab.engines.decoding import Decoding
from menolab.engines.torch_engine import TorchEngine
from menolab.errors import BadInput, RunFailed
from menolab.keys import Key
from menolab.models.lora import LoRA
from menolab.models.scoring import score
from menolab.records import Completion, Request

PROMPTS = [(1, 20, 30, 40), (1,), (1, 60, 61, 62, 63, 64, 65, 66, 67, 68, 69), (5, 6)]
DECODINGS = {
    "plain": Decoding(max_tokens=20),
    "truncated": Decoding(temperature=0.7, top_p=0.9, top_k=5, max_tokens=20),
}


def requests(prompts=PROMPTS, samples: int = 3) -> list[Request]:
    return [Request(prompt, Key.root(7).fold(i, s)) for i, prompt in enumerate(prompts) for s in range(samples)]


def check_agreement(policy, asked: list[Request], drawn: list[Completion], decoding: Decoding) -> None:
    """Invariant 3: max |dlogp| <= 1e-4 in float32."""
    width = max(len(c.tokens) for c in drawn)
    tokens_BT = torch.tensor([[*c.tokens, *[0] * (width - len(c.tokens))] for c in drawn])
    mask_BT = torch.arange(width) < torch.tensor([len(c.tokens) for c in drawn])[:, None]
    with torch.no_grad():
        scored = score(policy, [r.prompt for r in asked], tokens_BT, mask_BT, decoding).logprobs_BT
    sampled = torch.tensor([[*c.logprobs, *[0.0] * (width - len(c.tokens))] for c in drawn])
    assert (scored - sampled).abs().max().item() <= 1e-4
    assert sampled.min().item() < -0.01, "a distribution without surprise would agree with anything"


@pytest.mark.parametrize("decoding", DECODINGS.values(), ids=DECODINGS)
@pytest.mark.parametrize("name", CONFIGS)
def test_sampler_and_learner_agree(name, decoding):
    policy = tiny(name)
    asked = requests()
    drawn = TorchEngine(policy).generate(asked, decoding)
    check_agreement(policy, asked, drawn, decoding)


def test_agreement_with_adapters_and_past_the_first_room():
    policy = LoRA(rank=2)(tiny("qwen3_window"), Key.root(0))
    with torch.no_grad():
        for name, weight in policy.model.named_parameters():
            if "lora_B" in name:
                weight.normal_(std=0.3, generator=torch.Generator().manual_seed(0))
    policy.stop_ids = ()
    decoding = Decoding(max_tokens=110)
    asked = requests(samples=2)
    drawn = TorchEngine(policy).generate(asked, decoding)
    assert {len(c.tokens) for c in drawn} == {110}
    check_agreement(policy, asked, drawn, decoding)


@pytest.mark.parametrize("max_batch", [1, 2, 5])
@pytest.mark.parametrize("name", ["qwen3", "gemma2", "gpt2"])
def test_a_rollout_is_the_same_alone_and_in_any_batch(name, max_batch):
    policy, decoding = tiny(name), DECODINGS["truncated"]
    asked = requests()
    together = TorchEngine(policy).generate(asked, decoding)
    apart = TorchEngine(policy, max_batch=max_batch).generate(asked[::-1], decoding)[::-1]
    for one, other in zip(together, apart, strict=True):
        assert one.tokens == other.tokens
        assert one.finish == other.finish
        np.testing.assert_allclose(one.logprobs, other.logprobs, atol=1e-4)
    assert len({c.tokens for c in together[:3]}) > 1, "samples of one prompt must differ"


@pytest.mark.parametrize("name", ["qwen3", "gemma3_text", "gpt2", "phi3"])
def test_greedy_is_what_transformers_generates(name):
    policy = tiny(name)
    drawn = TorchEngine(policy).generate([Request(p, Key.root(0)) for p in PROMPTS], Decoding(temperature=0.0, max_tokens=20))
    for prompt, completion in zip(PROMPTS, drawn, strict=True):
        own = policy.model.generate(torch.tensor([prompt]), max_new_tokens=20, do_sample=False, pad_token_id=0, eos_token_id=2)
        assert completion.tokens == tuple(own[0, len(prompt) :].tolist())
        assert set(completion.logprobs) == {0.0}


@pytest.mark.parametrize(
    "decoding", [Decoding(max_tokens=1), Decoding(temperature=0.6, top_k=20, top_p=0.95, max_tokens=1)], ids=["plain", "truncated"]
)
def test_drawn_frequencies_are_the_distribution(decoding):
    policy = tiny("llama", initializer_range=0.05)
    prompt, n = (1, 20, 30), 4000
    drawn = TorchEngine(policy, max_batch=1000).generate([Request(prompt, Key.root(11).fold(i)) for i in range(n)], decoding)
    with torch.no_grad():
        expected = decoding(policy.model(torch.tensor([prompt])).logits[0, -1]).exp().double().numpy()
    counts = np.bincount([c.tokens[0] for c in drawn], minlength=len(expected))
    assert counts[expected == 0].sum() == 0, "a truncated token was drawn"
    likely = expected * n >= 5
    observed, mean = np.append(counts[likely], counts[~likely].sum()), np.append(expected[likely], expected[~likely].sum()) * n
    kept = mean > 0
    assert chisquare(observed[kept], mean[kept] * observed.sum() / mean[kept].sum()).pvalue > 1e-3
    for c in drawn[:50]:
        assert c.logprobs[0] == pytest.approx(np.log(expected[c.tokens[0]]), abs=1e-4)


def test_end_tokens_and_limits_finish_rows():
    policy = tiny("qwen3")
    drawn = TorchEngine(policy).generate(requests(samples=4), Decoding(max_tokens=30, stop_ids=tuple(range(3, 43))))
    ends = {2, *range(3, 43)}
    assert any(c.finish == "stop" and c.tokens[-1] != 2 for c in drawn)
    for c in drawn:
        assert not ends & set(c.tokens[:-1])
        assert (c.tokens[-1] in ends) == (c.finish == "stop")
        assert c.finish == "stop" or len(c.tokens) == 30
        assert len(c.tokens) == len(c.logprobs)
    one = TorchEngine(policy).generate(requests(samples=1), Decoding(max_tokens=1))
    assert all(len(c.tokens) == 1 for c in one)


@pytest.mark.parametrize("name", ["qwen3", "gpt2"])
def test_finished_rows_leave_and_the_others_do_not_notice(name, monkeypatch):
    policy, decoding = tiny(name), Decoding(max_tokens=40, stop_ids=tuple(range(3, 23)))
    asked = requests(samples=8)
    with_leaving = TorchEngine(policy).generate(asked, decoding)
    assert len({len(c.tokens) for c in with_leaving}) > 5, "rows must finish at different times"
    widths: list[int] = []
    real = type(policy).hidden
    monkeypatch.setattr(type(policy), "hidden", lambda self, tokens, **options: widths.append(len(tokens)) or real(self, tokens, **options))
    again = TorchEngine(policy).generate(asked, decoding)
    assert widths[0] == len(PROMPTS), "each distinct prompt is read once"
    assert all(narrow <= wide for wide, narrow in itertools.pairwise(widths[1:]))
    assert widths[-1] < len(asked) / 2
    monkeypatch.setattr(torch_engine, "_kept", lambda live: torch.arange(len(live) if bool(live.any()) else 0))
    widths.clear()
    staying = TorchEngine(policy).generate(asked, decoding)
    assert set(widths[1:]) == {len(asked)}
    assert [c.tokens for c in with_leaving] == [c.tokens for c in staying] == [c.tokens for c in again]


def scripted(text: str, monkeypatch) -> TorchEngine:
    """An engine whose model writes `text`, byte by byte, whatever it reads."""
    policy = tiny("qwen3")
    ids = torch.tensor([7 + b for b in text.encode()] + [2])
    at = iter(range(len(ids)))
    monkeypatch.setattr(type(policy), "logits", lambda self, hidden: torch.full((len(hidden), 263), -1e9).index_fill(1, ids[next(at)], 0.0))
    return TorchEngine(policy)


@pytest.mark.parametrize(
    ("written", "stop", "kept"),
    [
        ("12</answer>34", "</answer>", "12</answer>"),
        ("a b c", " b", "a b"),
        ("one\n\ntwo", "\n\n", "one\n\n"),
        ("x。y。z", "。", "x。"),
        ("ab🙂cd", "b🙂c", "ab🙂c"),
        ("stostop!", "stop", "stostop"),
    ],
)
def test_stop_strings_over_several_tokens_end_and_are_kept(written, stop, kept, monkeypatch):
    engine = scripted(written, monkeypatch)
    (completion,) = engine.generate([Request((1,), Key.root(0))], Decoding(max_tokens=60, stop=("never", stop)))
    assert engine.decode(completion.tokens) == kept
    assert completion.finish == "stop"


def test_a_stop_string_that_does_not_come(monkeypatch):
    engine = scripted("</answe r>", monkeypatch)
    (completion,) = engine.generate([Request((1,), Key.root(0))], Decoding(max_tokens=60, stop=("</answer>",)))
    assert engine.decode(completion.tokens) == "</answe r>"
    assert completion.tokens[-1] == 2


def test_a_stop_string_inside_one_token():
    policy = tiny("qwen3")
    tag = policy.tokenizer.convert_tokens_to_ids("</answer>")
    with torch.no_grad():
        policy.model.lm_head.weight.zero_()
        policy.model.lm_head.weight[tag] = 1.0  # the tag wins wherever the hidden state's sum is positive, all tokens tie elsewhere
    engine = TorchEngine(policy)
    drawn = engine.generate(
        [Request((1, i), Key.root(0).fold(i)) for i in range(20, 40)], Decoding(temperature=0.05, max_tokens=5, stop=("answer>",))
    )
    assert any(c.tokens[-1] == tag for c in drawn)
    for c in drawn:
        assert tag not in c.tokens[:-1]
        assert c.finish == ("stop" if c.tokens[-1] in (tag, 2) else "length")


def test_prompts_beyond_the_context_are_counted_and_named():
    engine = TorchEngine(tiny("qwen3"))
    prompts = [(1,), (1,) * 128, (1,) * 127, (1,) * 200]
    with pytest.raises(BadInput, match=r"2 of 4 prompts.*context of 128 tokens: number 1 \(128 tokens\), number 3 \(200 tokens\)"):
        engine.generate([Request(p, Key.root(0)) for p in prompts], Decoding())
    with pytest.raises(BadInput, match="prompt 1 has no tokens"):
        engine.generate([Request(p, Key.root(0)) for p in [(1,), ()]], Decoding())


@pytest.mark.parametrize("name", ["qwen3", "gpt2"])
def test_the_context_ends_a_response(name):
    policy = tiny(name)
    policy.stop_ids = ()
    asked = [Request((1,) * n, Key.root(0)) for n in (127, 120, 30)]
    drawn = TorchEngine(policy).generate(asked, Decoding(max_tokens=500))
    assert [len(c.tokens) for c in drawn] == [1, 8, 98]
    assert {c.finish for c in drawn} == {"length"}


def test_no_requests():
    assert TorchEngine(tiny("qwen3")).generate([], Decoding()) == []


def test_modes_and_global_generator_are_left_alone():
    policy = tiny("qwen3")
    policy.model.train()
    policy.model.model.layers[0].eval()
    modes = [m.training for m in policy.model.modules()]
    state = torch.get_rng_state()
    TorchEngine(policy).generate(requests(), Decoding(max_tokens=4))
    assert [m.training for m in policy.model.modules()] == modes
    assert torch.equal(torch.get_rng_state(), state)


def test_the_engine_reads_the_weights_as_they_are_now():
    policy, decoding = tiny("qwen3"), Decoding(max_tokens=8)
    engine = TorchEngine(policy)
    engine.generate(requests(), decoding)
    score(policy, [(1,)], torch.tensor([[5]]), torch.tensor([[True]]), decoding).logprobs_BT.sum().backward()  # gradients work after sampling
    with torch.no_grad():
        for p in policy.model.parameters():
            p += 0.05 * p.grad
    check_agreement(policy, requests(), engine.generate(requests(), decoding), decoding)


def test_diverged_weights_fail_the_run():
    policy = tiny("qwen3")
    with torch.no_grad():
        policy.model.model.norm.weight[0] = float("nan")
    with pytest.raises(RunFailed, match="diverged"):
        TorchEngine(policy).generate(requests(), Decoding())


@pytest.mark.parametrize("name", ["mamba", "qwen3_next"])
def test_an_architecture_with_more_than_keys_and_values_is_refused(name):
    from transformers import AutoConfig

    policy = tiny("qwen3")
    policy.model.config = AutoConfig.for_model(name, num_hidden_layers=4)
    with pytest.raises(BadInput, match=rf"{name}.*vLLM"):
        TorchEngine(policy)


def test_bad_settings():
    with pytest.raises(BadInput, match="max_batch"):
        TorchEngine(tiny("qwen3"), max_batch=0)
    with pytest.raises(BadInput, match="stop"):
        Decoding(stop=("",))


@pytest.mark.parametrize("decoding", DECODINGS.values(), ids=DECODINGS)
def test_readings_of_given_tokens(decoding, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(torch_engine, "SCORED_AT_ONCE", 40)  # several parts
    policy = tiny("qwen3")
    engine = TorchEngine(policy)
    drawn = engine.generate(requests(), decoding)
    found = engine.readings([r.prompt for r in requests()], [c.tokens for c in drawn], decoding)
    for request, completion, reading in zip(requests(), drawn, found, strict=True):
        assert reading.logprobs == pytest.approx(completion.logprobs, abs=1e-4)
        with torch.no_grad():
            logits_TV = policy.model(torch.tensor([[*request.prompt, *completion.tokens]])).logits[0].double()
        for t, entropy in enumerate(reading.entropies):  # an oracle in plain Python: what is kept, renormalised
            scaled = [x / decoding.temperature for x in logits_TV[len(request.prompt) - 1 + t].tolist()]
            order = sorted(range(len(scaled)), key=lambda i: (-scaled[i], i))[: decoding.top_k or None]
            weights = {i: math.exp(scaled[i] - scaled[order[0]]) for i in order}
            kept, mass = {}, 0.0
            for i in order:
                if mass < decoding.top_p:
                    kept[i] = weights[i]
                mass += weights[i] / sum(weights.values())
            p = [w / sum(kept.values()) for w in kept.values()]
            assert entropy == pytest.approx(-sum(x * math.log(x) for x in p), abs=2e-4)
    assert engine.readings([], [], decoding) == [] and engine.readings([(1,)], [()], decoding)[0].entropies == ()
