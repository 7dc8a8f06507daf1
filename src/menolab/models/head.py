"""A number a token: a scalar head over last hidden states, for critics and process reward models."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import torch
from torch.nn.functional import linear

from menolab.errors import BadInput
from menolab.files import write_file
from menolab.models.policy import Policy
from menolab.models.scoring import token_numbers

HEAD_FILE = "head.safetensors"
"""What a saved head is called, beside the model that it reads."""


class ScalarHead(torch.nn.Module):
    """w.h + b for every hidden state h. Starts at zero everywhere, so that what it says at first moves nothing.

    Weights and result are float32 (float64 over a float64 model), whatever the model computes in: a value that can only move in steps of 1/256 cannot be
    regressed on.
    """

    def __init__(self, width: int, dtype: torch.dtype = torch.float32):
        super().__init__()
        self.weight = torch.nn.Parameter(torch.zeros(1, width, dtype=dtype))
        self.bias = torch.nn.Parameter(torch.zeros(1, dtype=dtype))

    @classmethod
    def over(cls, policy: Policy) -> ScalarHead:
        """A head of the width of a policy's hidden states, where its weights are."""
        weight = policy.plain.get_input_embeddings().weight
        width = policy.plain.config.get_text_config(decoder=True).hidden_size
        return cls(width, torch.promote_types(weight.dtype, torch.float32)).to(weight.device)

    def forward(self, hidden_ND: torch.Tensor) -> torch.Tensor:
        """[N] of hidden states [N, D]."""
        return linear(hidden_ND.to(self.weight.dtype), self.weight, self.bias)[:, 0]

    def save(self, folder: Path) -> None:
        """Write head.safetensors into a folder, atomically.

        Raises:
            RunFailed: it cannot be written.
        """
        from safetensors.torch import save_file

        tensors = {name: tensor.detach().cpu() for name, tensor in self.state_dict().items()}
        write_file(folder / HEAD_FILE, lambda path: save_file(tensors, path))

    @classmethod
    def load(cls, folder: Path) -> ScalarHead:
        """The head that `save` wrote.

        Raises:
            BadInput: there is none, or it is damaged.
        """
        from safetensors import SafetensorError
        from safetensors.torch import load_file

        try:
            tensors = load_file(folder / HEAD_FILE)
            head = cls(tensors["weight"].shape[1], tensors["weight"].dtype)
            head.load_state_dict(tensors)
        except (OSError, KeyError, IndexError, RuntimeError, SafetensorError) as error:
            raise BadInput("head", str(folder / HEAD_FILE), f"is no saved head ({error})") from error
        return head


@dataclass
class Headed:
    """A trunk with a scalar head: what it says of the state before each response token. Mutable: whoever trains it moves its weights."""

    trunk: Policy
    head: ScalarHead

    @cached_property
    def model(self) -> torch.nn.Module:
        """Both as one module."""
        return torch.nn.ModuleDict({"trunk": self.trunk.model, "head": self.head})

    def __call__(
        self, prompts: Sequence[Sequence[int]], tokens_BT: torch.Tensor, mask_BT: torch.Tensor, *, dtype: torch.dtype | None = None
    ) -> torch.Tensor:
        """A number [B, T] for the prompt and the response so far, at each response token before it is read; differentiable, 0 outside the mask.

        Arguments and errors as of `models.scoring.score`.
        """
        return token_numbers(self.trunk, self.head, prompts, tokens_BT, mask_BT, dtype=dtype)
