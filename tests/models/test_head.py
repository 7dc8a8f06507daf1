"""The scalar head and what it reads: against the model's own hidden states, and unmoved by padding and company."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from tests.models.architectures import lean_tiny, tiny

from menolab.errors import BadInput
from menolab.models.head import HEAD_FILE, Headed, ScalarHead
from menolab.models.policy import Policy

PROMPTS = [(1, 20, 30), (1, 9), (1, 20, 30), (1, 50, 51, 52), (4,)]
LENGTHS = [5, 9, 1, 0, 3]
WIDTH = 11


def _headed(policy: Policy) -> Headed:
    headed = Headed(policy, ScalarHead.over(policy))
    with torch.no_grad():
        torch.nn.init.normal_(headed.head.weight, generator=torch.Generator().manual_seed(0))
        headed.head.bias.fill_(0.3)
    return headed


def _responses() -> tuple[torch.Tensor, torch.Tensor]:
    tokens_BT = torch.randint(3, 60, (len(LENGTHS), WIDTH), generator=torch.Generator().manual_seed(1))
    return tokens_BT, torch.arange(WIDTH) < torch.tensor(LENGTHS)[:, None]


def _policy(name: str) -> Policy:
    return lean_tiny(name.removeprefix("lean ")) if name.startswith("lean ") else tiny(name)


@pytest.mark.parametrize("name", ["qwen3", "lean qwen3", "gpt2"])
def test_values_are_those_of_the_state_before_each_token(name: str) -> None:
    headed = _headed(_policy(name))
    tokens_BT, mask_BT = _responses()
    found_BT = headed(PROMPTS, tokens_BT, mask_BT)
    assert found_BT.shape == mask_BT.shape and (found_BT[~mask_BT] == 0).all()
    weight, bias = headed.head.weight[0].double().tolist(), float(headed.head.bias.detach())
    for b, (prompt, n) in enumerate(zip(PROMPTS, LENGTHS, strict=True)):
        with torch.no_grad():
            states = headed.trunk.plain.base_model(torch.tensor([[*prompt, *tokens_BT[b, :n].tolist()]])).last_hidden_state[0].double().tolist()
        expected = [sum(w * h for w, h in zip(weight, states[len(prompt) - 1 + t], strict=True)) + bias for t in range(n)]
        assert found_BT[b, :n].tolist() == pytest.approx(expected, abs=1e-4)


def test_gradient_in_float64_is_a_finite_difference() -> None:
    policy = tiny("gpt2")  # its norms run in float64
    policy.model.double()
    headed = _headed(policy)
    assert headed.head.weight.dtype == torch.float64
    tokens_BT, mask_BT = _responses()
    place_BT = torch.linspace(0.5, 2, WIDTH, dtype=torch.float64).expand_as(tokens_BT)
    (headed(PROMPTS, tokens_BT, mask_BT) * place_BT).sum().backward()
    for weight, at in [(headed.head.weight, (0, 3)), (headed.head.bias, (0,)), (policy.model.transformer.h[0].mlp.c_fc.weight, (3, 7))]:
        values = []
        for step in (1e-5, -2e-5):
            with torch.no_grad():
                weight[at] += step
                values.append(float((headed(PROMPTS, tokens_BT, mask_BT) * place_BT).sum()))
        assert weight.grad is not None and weight.grad[at].item() == pytest.approx((values[0] - values[1]) / 2e-5, rel=1e-6)
        with torch.no_grad():
            weight[at] += 1e-5


@pytest.mark.parametrize("name", ["qwen3", "lean qwen3"])
def test_padding_company_and_what_lies_under_the_mask_do_not_matter(name: str) -> None:
    headed = _headed(_policy(name))
    tokens_BT, mask_BT = _responses()
    whole_BT = headed(PROMPTS, torch.where(mask_BT, tokens_BT, -100), mask_BT).detach()
    for b, (prompt, n) in enumerate(zip(PROMPTS, LENGTHS, strict=True)):
        alone = headed([prompt], tokens_BT[b : b + 1, : max(n, 1)], mask_BT[b : b + 1, : max(n, 1)]).detach()
        torch.testing.assert_close(alone[0, :n], whole_BT[b, :n], atol=2e-5, rtol=1e-5)


def test_a_new_head_says_nothing_and_only_empty_responses_give_zeros() -> None:
    policy = tiny("qwen3")
    headed = Headed(policy, ScalarHead.over(policy))
    tokens_BT, mask_BT = _responses()
    assert (headed(PROMPTS, tokens_BT, mask_BT) == 0).all()
    assert (_headed(policy)(PROMPTS, tokens_BT, torch.zeros_like(mask_BT)) == 0).all()
    assert {"trunk", "head"} == {name.partition(".")[0] for name, _ in headed.model.named_parameters()}


def test_over_bfloat16_the_head_stays_float32() -> None:
    policy = tiny("qwen3")
    policy.model.bfloat16()
    headed = _headed(policy)
    tokens_BT, mask_BT = _responses()
    found_BT = headed(PROMPTS, tokens_BT, mask_BT)
    found_BT.sum().backward()
    assert found_BT.dtype == torch.float32 and headed.head.weight.grad is not None and headed.head.weight.grad.dtype == torch.float32


def test_saved_and_loaded(tmp_path: Path) -> None:
    head = _headed(tiny("qwen3")).head
    head.save(tmp_path)
    again = ScalarHead.load(tmp_path)
    assert torch.equal(again.weight, head.weight) and torch.equal(again.bias, head.bias)
    with pytest.raises(BadInput, match="no saved head"):
        ScalarHead.load(tmp_path / "elsewhere")
    (tmp_path / HEAD_FILE).write_bytes(b"junk")
    with pytest.raises(BadInput, match="no saved head"):
        ScalarHead.load(tmp_path)
