"""A policy: a causal language model, its tokenizer, and how a prompt becomes tokens."""

from __future__ import annotations

import functools
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from menolab.errors import BadInput

if TYPE_CHECKING:
    import torch

FACTS_FILE = "policy.json"
"""What a saved folder holds beside the Hugging Face files: {"chat": bool}."""


@dataclass
class Policy:
    """A causal LM of transformers with its tokenizer. Mutable: the learner moves its weights, the engine reads the same ones."""

    model: Any
    """A transformers `PreTrainedModel`, or peft's wrapper of one."""
    tokenizer: Any
    """A transformers tokenizer."""
    chat: bool = False
    """Wrap prompts in the tokenizer's chat template."""

    # ---- text ---------------------------------------------------------------------------------------------------------------------------------

    def encode(self, prompt: str) -> tuple[int, ...]:
        """The prompt's token ids: through the chat template with `chat`, else plain behind <bos> where the tokenizer puts one.

        Raises:
            BadInput: `chat` without a template, or an empty prompt for a model that has no <bos>.
        """
        return self.encode_all([prompt])[0]

    def encode_all(self, prompts: Sequence[str]) -> list[tuple[int, ...]]:
        """`encode` of every prompt, by one call of the tokenizer: half the time where there are hundreds.

        Raises:
            BadInput: as `encode`.
        """
        if self.chat:
            if not self.tokenizer.chat_template:
                raise BadInput("chat", True, "the tokenizer has no chat template; use chat=False")
            messages = [[{"role": "user", "content": prompt}] for prompt in prompts]
            return self.tokens([self.tokenizer.apply_chat_template(m, add_generation_prompt=True, tokenize=False) for m in messages])  # <bos> is written there
        plain = self.tokens(prompts)
        first = len(self._first)
        encoded = [tokens if tokens[:first] == self._first else self._first + tokens for tokens in plain]  # a prompt may come with its own <bos>
        for prompt, tokens in zip(prompts, encoded, strict=True):
            if not tokens:
                raise BadInput("prompt", prompt, "is empty, and the tokenizer has no <bos> to start from")
        return encoded

    def tokens(self, texts: Sequence[str]) -> list[tuple[int, ...]]:
        """The token ids of texts as they stand, nothing put before or after them."""
        return [tuple(ids) for ids in self.tokenizer(list(texts), add_special_tokens=False)["input_ids"]] if texts else []

    @functools.cached_property
    def _first(self) -> tuple[int, ...]:
        """<bos>, if the tokenizer puts it before a text. Nothing else is taken from its habit: an <eos> put after every text would end the prompt."""
        bos = self.tokenizer.bos_token_id
        return (bos,) if bos is not None and self.tokenizer("")["input_ids"][:1] == [bos] else ()

    def decode(self, tokens: Sequence[int]) -> str:
        """The text of response tokens: end tokens, padding and <bos> dropped, every other token kept as it is written (thinking tags too)."""
        dropped = self._silent_ids
        kept = [t for t in tokens if t not in dropped]
        return self.tokenizer.decode(kept, skip_special_tokens=False, clean_up_tokenization_spaces=False)

    @functools.cached_property
    def _silent_ids(self) -> frozenset[int]:
        own = (self.tokenizer.pad_token_id, self.tokenizer.bos_token_id)
        return frozenset(self.stop_ids) | {i for i in own if i is not None}

    @functools.cached_property
    def stop_ids(self) -> tuple[int, ...]:
        """Token ids that end a response: those of the generation config and the tokenizer's own."""
        config = getattr(self.plain, "generation_config", None)
        listed = getattr(config, "eos_token_id", None)
        ids = {*(listed if isinstance(listed, (list, tuple)) else [listed]), self.tokenizer.eos_token_id} - {None}
        return tuple(sorted(ids))

    # ---- model --------------------------------------------------------------------------------------------------------------------------------

    @property
    def plain(self) -> Any:
        """The transformers model itself, without peft's wrapper (adapters, being injected, still act)."""
        return self.model.get_base_model() if hasattr(self.model, "peft_config") else self.model

    @property
    def device(self) -> torch.device:
        """Where the weights are."""
        return next(self.model.parameters()).device

    @property
    def context(self) -> int:
        """Longest prompt plus response, in tokens.

        Raises:
            BadInput: the config names none.
        """
        config = self.plain.config.get_text_config(decoder=True)
        longest = getattr(config, "max_position_embeddings", None) or getattr(config, "max_seq_len", None)
        if not longest:
            raise BadInput("model", config.model_type, "its config has no max_position_embeddings, so the context length is unknown")
        return int(longest)

    def hidden(self, tokens_BT: torch.Tensor, **options: Any) -> torch.Tensor:
        """Last hidden states [B, T, D]: the model without its language-model head, so that the head runs only where it is asked for.

        `options` go to the transformers forward (attention_mask, position_ids, past_key_values, use_cache).
        """
        return self.plain.base_model(input_ids=tokens_BT, **options).last_hidden_state

    def logits(self, hidden: torch.Tensor) -> torch.Tensor:
        """Logits [..., V] of hidden states [..., D]: the head, and what architectures do after it (the names are those of their configs).

        Source: Gemma 2 (arXiv:2408.00118, section 2: logits = c tanh(logits / c)); Granite divides by `logits_scaling`; Cohere multiplies by
        `logit_scale`. `agrees` checks the result against the model's own forward.
        """
        out = self.plain.get_output_embeddings()(hidden)
        config = self.plain.config.get_text_config(decoder=True)
        if scale := getattr(config, "logits_scaling", None):
            out = out / scale
        if scale := getattr(config, "logit_scale", None):
            out = out * scale
        if cap := getattr(config, "final_logit_softcapping", None):
            out = (out / cap).tanh() * cap
        return out

    def agrees(self) -> bool:
        """Whether `logits(hidden(...))` is the model's own forward: False for a head of an unknown kind."""
        import torch

        with torch.no_grad():
            probe = torch.arange(1, 4, device=self.device)[None] % self.plain.get_input_embeddings().weight.shape[0]
            own = self.model(input_ids=probe, use_cache=False).logits
            return torch.allclose(self.logits(self.hidden(probe, use_cache=False)), own, rtol=1e-3, atol=1e-3)

    # ---- disk ---------------------------------------------------------------------------------------------------------------------------------

    def save(self, folder: str | Path) -> None:
        """Write a standard Hugging Face folder: config, safetensors (adapters merged in), tokenizer. The live weights are not touched.

        Atomic: see `files.write_folder`. `Checkpoint(folder)` loads it.

        Raises:
            RunFailed: it cannot be written.
        """
        from safetensors import SafetensorError

        from menolab.files import write_folder
        from menolab.models.merging import merged_weights
        from menolab.models.quiet import quiet

        def fill(scratch: Path) -> None:
            try:
                with quiet():
                    self.plain.save_pretrained(scratch, state_dict=merged_weights(self.model))
                    self.tokenizer.save_pretrained(scratch)
            except SafetensorError as error:  # how safetensors reports a full disk
                raise OSError(str(error)) from error
            (scratch / FACTS_FILE).write_text(json.dumps({"chat": self.chat}))

        write_folder(Path(folder), fill)
