"""A language model from nothing: Qwen3's architecture, small."""

from __future__ import annotations

from dataclasses import dataclass

from menolab.errors import BadInput, check_range
from menolab.keys import Key
from menolab.models.base import Base
from menolab.models.policy import Policy


@dataclass(frozen=True)
class Fresh(Base):
    """A randomly initialised Qwen3 model with the byte tokenizer; the defaults have 1.02 million parameters.

    Initialisation is GPT-2's: normal with standard deviation 0.02, and the two projections that write to the residual stream (`o_proj`,
    `down_proj`) divided by sqrt(2 layers), so that the stream's variance does not grow with depth. Norms start at 1.

    Source: Qwen3 (arXiv:2505.09388, section 2) for the architecture, through transformers' own class; Radford et al. 2019, section 2.3, for
    the initialisation. The key alone decides the weights: the global generators are neither read nor moved.
    """

    paper = "arXiv:2505.09388, section 2"
    width: int = 128
    layers: int = 4
    heads: int = 4
    kv_heads: int = 2
    """Key and value heads, shared by heads / kv_heads query heads each."""
    head_width: int = 32
    """Width of one head; even, because rotary positions turn pairs."""
    mlp: int = 512
    """Width inside the gated feed-forward block."""
    context: int = 1024
    """Longest prompt plus response, in tokens."""
    tied: bool = True
    """Input and output embeddings are one matrix."""
    numbers: int = 0
    """10 to this number are one token each; 0 writes every number digit by digit. See `build_tokenizer`."""

    def __post_init__(self) -> None:
        for name in ("width", "layers", "heads", "kv_heads", "head_width", "mlp", "context"):
            check_range(name, getattr(self, name), 1)
        check_range("numbers", self.numbers, 0, 999)
        if self.heads % self.kv_heads:
            raise BadInput("kv_heads", self.kv_heads, f"must divide heads = {self.heads}")
        if self.head_width % 2:
            raise BadInput("head_width", self.head_width, "must be even")

    def __call__(self, key: Key) -> Policy:
        import torch
        from transformers import Qwen3Config, Qwen3ForCausalLM

        from menolab.models.tokenizer import build_tokenizer

        tokenizer = build_tokenizer(numbers=self.numbers)
        config = Qwen3Config(
            vocab_size=len(tokenizer),
            hidden_size=self.width,
            intermediate_size=self.mlp,
            num_hidden_layers=self.layers,
            num_attention_heads=self.heads,
            num_key_value_heads=self.kv_heads,
            head_dim=self.head_width,
            max_position_embeddings=self.context,
            tie_word_embeddings=self.tied,
            initializer_range=0.02,
            bos_token_id=tokenizer.bos_token_id,
            eos_token_id=tokenizer.eos_token_id,
            pad_token_id=tokenizer.pad_token_id,
        )
        with torch.random.fork_rng(devices=[]), torch.no_grad():
            torch.default_generator.manual_seed(key.torch_seed())  # the CPU's alone: torch.manual_seed would move the GPUs' too
            model = Qwen3ForCausalLM(config)
            for name, weight in model.named_parameters():
                if name.endswith(("o_proj.weight", "down_proj.weight")):
                    weight /= (2 * self.layers) ** 0.5
        return Policy(model.eval(), tokenizer)
