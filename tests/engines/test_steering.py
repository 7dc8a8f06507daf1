"""What acts on sampling: logits, forced tokens, limits, activations."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
import torch
from tests.models.architectures import lean_tiny, tiny

from menolab.engines.decoding import Decoding
from menolab.engines.steering import Budget, SoFar, Steering
from menolab.engines.torch_engine import TorchEngine
from menolab.errors import BadInput
from menolab.keys import Key
from menolab.models.activations import layer_states
from menolab.records import Request

PROMPTS = [(1, 20, 30, 40), (1,), (5, 6)]
DECODING = Decoding(max_tokens=24)


def requests(limits=(None,)) -> list[Request]:
    return [Request(prompt, Key.root(5).fold(i, s), limits[s % len(limits)]) for i, prompt in enumerate(PROMPTS) for s in range(4)]


@dataclass(frozen=True)
class NoRepeat(Steering):
    """No token twice in a row: looks at what was drawn."""

    def logits(self, so_far: SoFar, logits_RV: torch.Tensor) -> torch.Tensor:
        last_R = so_far.tokens_RT.gather(1, (so_far.length_R - 1).clamp(min=0)[:, None])
        banned = torch.zeros_like(logits_RV, dtype=torch.bool).scatter(1, last_R, (so_far.length_R > 0)[:, None])
        return logits_RV.masked_fill(banned, float("-inf"))


@dataclass(frozen=True)
class Push(Steering):
    """Adds to the output of a layer."""

    layer: int = 0
    by: float = 0.0

    @property
    def layers(self) -> tuple[int, ...]:
        return (self.layer,)

    def logits(self, so_far: SoFar, logits_RV: torch.Tensor) -> torch.Tensor:
        return logits_RV

    def edit(self, layer: int, states_RTD: torch.Tensor) -> torch.Tensor:
        assert layer == self.layer
        return states_RTD + self.by * torch.linspace(-1, 1, states_RTD.shape[-1])  # a constant would be lost in a layer norm


@pytest.mark.parametrize("policy", [lean_tiny("qwen3"), tiny("gpt2")], ids=["lean", "general"])
def test_a_processor_sees_each_row_and_changes_its_draw(policy):
    flat = Decoding(temperature=5.0, top_k=3, max_tokens=24)
    plain = TorchEngine(policy).generate(requests(), flat)
    assert any(a == b for c in plain for a, b in zip(c.tokens, c.tokens[1:], strict=False)), "repeats must occur without it"
    steered = TorchEngine(policy, max_batch=5).generate(requests(), flat, NoRepeat())
    assert not any(a == b for c in steered for a, b in zip(c.tokens, c.tokens[1:], strict=False))
    assert [c.tokens[0] for c in steered] == [c.tokens[0] for c in plain]


@pytest.mark.parametrize("policy", [lean_tiny("qwen3"), tiny("gpt2")], ids=["lean", "general"])
def test_a_budget_closes_thinking_once(policy):
    budget = Budget(tokens=6, closing=(50, 51))
    for own, steered in zip(TorchEngine(policy).generate(requests(), DECODING), TorchEngine(policy).generate(requests(), DECODING, budget), strict=True):
        assert steered.tokens[:6] == own.tokens[:6]
        if 51 in own.tokens[:6] or len(own.tokens) <= 6:
            assert steered.forced == ()
        else:
            assert steered.tokens[6:8] == (50, 51)
            assert steered.forced == (6, 7)
            assert steered.logprobs[6:8] == (0.0, 0.0)
            assert all(lp < 0 for lp in steered.logprobs[:6])


def test_a_response_that_closed_by_itself_is_left_alone():
    tokens = torch.tensor([[9, 51, 9, 0], [9, 9, 9, 0], [9, 50, 0, 0]])
    so_far = SoFar(torch.tensor([0, 1, 2]), torch.tensor([3, 3, 2]), tokens)
    assert Budget(2, (50, 51)).force(so_far).tolist() == [-1, 51, 50]  # type: ignore[union-attr]
    assert Budget(5, (50, 51)).force(so_far).tolist() == [-1, -1, -1]  # type: ignore[union-attr]


def test_a_forced_end_token_ends_the_response():
    policy = lean_tiny("qwen3")
    drawn = TorchEngine(policy).generate(requests(), DECODING, Budget(tokens=3, closing=(2,)))
    assert all(len(c.tokens) <= 4 and c.finish == "stop" for c in drawn)


@pytest.mark.parametrize("policy", [lean_tiny("qwen3"), tiny("gpt2")], ids=["lean", "general"])
def test_each_request_has_its_own_limit(policy):
    free = TorchEngine(policy).generate(requests(), DECODING)
    bound = TorchEngine(policy, max_batch=5).generate(requests((None, 1, 3, 100)), DECODING)
    for i, (one, other) in enumerate(zip(free, bound, strict=True)):
        limit = (24, 1, 3, 100)[i % 4]
        assert other.tokens[: min(24, limit)] == one.tokens[:limit]
        assert len(other.tokens) <= limit


@pytest.mark.parametrize("name", ["qwen3", "gpt2"])
def test_an_edit_acts_on_prompt_and_response_and_is_undone(name):
    policy = lean_tiny(name) if name == "qwen3" else tiny(name)
    engine = TorchEngine(policy)
    plain = engine.generate(requests(), DECODING)
    nothing = engine.generate(requests(), DECODING, Push(0, 0.0))
    assert [c.tokens for c in nothing] == [c.tokens for c in plain], "adding nothing, on the general path, changes nothing"
    assert [c.tokens for c in engine.generate(requests(), DECODING, Push(0, 3.0))] != [c.tokens for c in plain]
    assert [c.tokens for c in engine.generate(requests(), DECODING)] == [c.tokens for c in plain]
    assert layer_states(policy, (1, 2), (3,), 0).shape == (3, policy.plain.config.hidden_size)


def test_a_layer_that_is_not_there_and_bad_budgets():
    with pytest.raises(BadInput, match="layers 0 to 1"):
        TorchEngine(tiny("qwen3")).generate(requests(), DECODING, Push(7))
    with pytest.raises(BadInput, match="closing"):
        Budget(3, ())
    with pytest.raises(BadInput, match="tokens"):
        Budget(-1, (1,))
