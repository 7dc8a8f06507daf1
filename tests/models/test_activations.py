"""Hidden states read and edited inside a model."""

from __future__ import annotations

import pytest
import torch
from tests.models.architectures import CONFIGS, tiny

from menolab.errors import BadInput
from menolab.models.activations import decoder_layers, edited, layer_states


@pytest.mark.parametrize("name", CONFIGS)
def test_states_are_those_that_transformers_reports(name):
    policy = tiny(name)
    tokens = (1, 20, 30, 40)
    policy.plain.eval()
    with torch.no_grad():
        told = policy.plain(torch.tensor([tokens]), output_hidden_states=True).hidden_states
    torch.testing.assert_close(layer_states(policy, tokens[:2], tokens[2:], 0), told[1][0])
    assert len(decoder_layers(policy)) == len(told) - 1


def test_an_edit_reaches_the_gradient_and_is_removed_even_after_an_error():
    policy = tiny("qwen3")
    before = policy.hidden(torch.tensor([[1, 2, 3]])).detach()
    with pytest.raises(ZeroDivisionError), edited(policy, (0, -1), lambda layer, states: states + 1 // 0):
        policy.hidden(torch.tensor([[1, 2, 3]]))
    torch.testing.assert_close(policy.hidden(torch.tensor([[1, 2, 3]])), before)
    with edited(policy, (1,), lambda layer, states: 2 * states):
        policy.hidden(torch.tensor([[1, 2, 3]])).sum().backward()
    assert policy.plain.base_model.layers[0].mlp.up_proj.weight.grad is not None


def test_a_layer_out_of_range():
    with pytest.raises(BadInput, match="layers 0 to 1"), edited(tiny("qwen3"), (2,), lambda layer, states: states):
        pass
