"""How the next token is drawn: temperature, truncation, stops. One definition for the sampler and the learner."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from menolab.errors import BadInput, check_range
from menolab.pieces import Piece

if TYPE_CHECKING:
    import torch


@dataclass(frozen=True)
class Decoding(Piece):
    """Temperature, then top-k, then top-p, renormalised: log-probabilities are those of the truncated distribution, in the learner too."""

    temperature: float = 1.0
    """0 is greedy."""
    top_p: float = 1.0
    """Keep the fewest tokens whose probabilities reach this mass."""
    top_k: int = 0
    """Keep this many tokens; 0 keeps all."""
    max_tokens: int = 64
    """Limit of the response, stop token included."""
    stop: tuple[str, ...] = ()
    """Strings that end a response; the string is kept."""
    stop_ids: tuple[int, ...] = ()
    """Token ids that end a response, besides the model's own end tokens."""

    def __post_init__(self) -> None:
        check_range("temperature", self.temperature, 0.0)
        check_range("top_p", self.top_p, 0.0, 1.0, open_low=True)
        check_range("top_k", self.top_k, 0)
        check_range("max_tokens", self.max_tokens, 1)
        if "" in self.stop:
            raise BadInput("stop", self.stop, "an empty string ends every response before it starts; leave it out")

    @property
    def whole(self) -> bool:
        """Whether every token can be drawn: a softmax, nothing cut off."""
        return self.temperature > 0.0 and not self.top_k and self.top_p == 1.0

    def __call__(self, logits: torch.Tensor) -> torch.Tensor:
        """Log-probabilities `[..., V]` of the distribution that is drawn from; -inf where truncated. float32 or wider.

        At temperature 0 all mass is on the first largest logit.
        """
        import torch

        logits = logits.float() if logits.dtype in (torch.float16, torch.bfloat16) else logits
        if self.temperature == 0.0:
            best = torch.full_like(logits, float("-inf"))
            return best.scatter(-1, logits.argmax(-1, keepdim=True), 0.0)
        logits = logits if self.temperature == 1.0 else logits / self.temperature
        if self.top_k:
            kth = logits.topk(min(self.top_k, logits.shape[-1]), dim=-1).values[..., -1:]
            logits = logits.masked_fill(logits < kth, float("-inf"))
        if self.top_p < 1.0:
            ordered, order = logits.sort(dim=-1, descending=True, stable=True)
            probs = ordered.softmax(-1)
            # A token stays while the mass before it is below top_p, so at least one always stays.
            drop = (probs.cumsum(-1) - probs) >= self.top_p
            logits = logits.masked_fill(torch.zeros_like(drop).scatter(-1, order, drop), float("-inf"))
        return logits.log_softmax(-1)
