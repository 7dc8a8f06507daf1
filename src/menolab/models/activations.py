"""Hidden states inside a model: read, and edited."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from typing import Any

import torch

from menolab.errors import BadInput
from menolab.models.policy import Policy


def decoder_layers(policy: Policy) -> torch.nn.ModuleList:
    """The model's layers, whatever its architecture calls them.

    Raises:
        BadInput: no list of as many modules as the config has layers.
    """
    count = policy.plain.config.get_text_config(decoder=True).num_hidden_layers
    for module in policy.plain.base_model.modules():
        if isinstance(module, torch.nn.ModuleList) and len(module) == count:
            return module
    raise BadInput("model", policy.plain.config.model_type, f"has no list of its {count} layers, so their outputs cannot be reached")


@contextmanager
def edited(policy: Policy, layers: Sequence[int], edit: Callable[[int, torch.Tensor], torch.Tensor]) -> Iterator[None]:
    """Inside, the output [rows, tokens, D] of each of `layers` is what `edit(layer, output)` returns. transformers' own forward only.

    Raises:
        BadInput: a layer that the model does not have.
    """
    modules = decoder_layers(policy) if layers else ()
    with ExitStack() as stack:
        for layer in layers:
            if not -len(modules) <= layer < len(modules):
                raise BadInput("layers", layer, f"the model has layers 0 to {len(modules) - 1}")

            def hook(module: Any, inputs: Any, output: Any, layer: int = layer) -> Any:
                return (edit(layer, output[0]), *output[1:]) if isinstance(output, tuple) else edit(layer, output)

            stack.callback(modules[layer].register_forward_hook(hook).remove)
        yield


def layer_states(policy: Policy, prompt: Sequence[int], response: Sequence[int], layer: int) -> torch.Tensor:
    """Output [prompt + response, D] of one layer, as the sampler saw it when it drew the response. No gradient."""
    kept: list[torch.Tensor] = []

    def keep(_: int, states: torch.Tensor) -> torch.Tensor:
        kept.append(states)
        return states

    with torch.no_grad(), edited(policy, (layer,), keep):
        policy.hidden(torch.tensor([[*prompt, *response]], device=policy.device), use_cache=False)
    return kept[0][0]
