"""Sampling in process, over the very weights that the learner moves."""

from __future__ import annotations

import functools
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import numpy as np
import torch
from transformers.cache_utils import Cache

from menolab.engines.decoding import Decoding
from menolab.engines.engine import Engine
from menolab.engines.stops import StopStrings
from menolab.errors import BadInput, RunFailed, check_range
from menolab.keys import uniforms
from menolab.models.cache import RoomyLayer, read_prompts, share, unshareable
from menolab.models.policy import Policy
from menolab.records import Completion, Request

COMPACT_AT = 0.2
"""Share of finished rows at which they leave the batch: leaving costs one copy of the cache."""
DRAWN_AT_ONCE = 2**24
"""Probabilities held in float64 at once: 128 MiB."""


class TorchEngine(Engine):
    """Draws through transformers' own forward with a key-value cache.

    A prompt is read once and shared by all rows that continue it. Rows are sorted by prompt length, run `max_batch` at a time, and leave the
    batch when done. Each token costs one uniform number that depends on the row's key and the position alone, so a rollout is the same alone
    and in any batch (up to the rounding of the matrix products, which can move a draw that lies within 1e-6 of a boundary).
    """

    def __init__(self, policy: Policy, max_batch: int = 256):
        """`max_batch` rows are sampled at once: memory against speed.

        Raises:
            BadInput: an architecture whose state is more than keys and values.
        """
        check_range("max_batch", max_batch, 1)
        if odd := unshareable(policy.plain.config):
            remedy = f"the in-process engine cannot sample it: its state holds {odd}; serve it with vLLM instead"
            raise BadInput("model", policy.plain.config.model_type, remedy)
        self.policy, self.max_batch = policy, max_batch
        self.context = policy.context

    def encode(self, prompt: str) -> tuple[int, ...]:
        return self.policy.encode(prompt)

    def decode(self, tokens: Sequence[int]) -> str:
        return self.policy.decode(tokens)

    def generate(self, requests: Sequence[Request], decoding: Decoding) -> list[Completion]:
        """See `Engine.generate`. The model is put in evaluation mode while it samples and back after.

        Raises:
            BadInput: a prompt that is empty or leaves no room in the context.
            RunFailed: the model's logits are not numbers.
        """
        self._check(requests)
        stops = StopStrings(decoding.stop, self.decode, self._token_texts) if decoding.stop else None
        # Equal prompts side by side, so that one sub-batch reads each of them once.
        order = sorted(range(len(requests)), key=lambda i: (len(requests[i].prompt), requests[i].prompt))
        done: dict[int, Completion] = {}
        with torch.inference_mode(), _evaluating(self.policy.model):
            for start in range(0, len(order), self.max_batch):
                picked = order[start : start + self.max_batch]
                done.update(zip(picked, self._run([requests[i] for i in picked], decoding, stops), strict=True))
        return [done[i] for i in range(len(requests))]

    def _check(self, requests: Sequence[Request]) -> None:
        lengths = [len(request.prompt) for request in requests]
        if 0 in lengths:
            raise BadInput("prompt", (), f"prompt {lengths.index(0)} has no tokens; every model needs one to start from")
        long = [i for i, length in enumerate(lengths) if length >= self.context]
        if long:
            shown = ", ".join(f"number {i} ({lengths[i]} tokens)" for i in long[:5]) + (" ..." if len(long) > 5 else "")
            raise BadInput("prompt", f"{len(long)} of {len(lengths)} prompts", f"too long for the context of {self.context} tokens: {shown}")

    @functools.cached_property
    def _token_texts(self) -> list[str]:
        """The text of each token alone; empty where the model has more rows than the tokenizer has tokens."""
        rows = self.policy.plain.get_output_embeddings().weight.shape[0]
        known = min(rows, len(self.policy.tokenizer))
        return [self.policy.decode([i]) for i in range(known)] + [""] * (rows - known)

    def _run(self, requests: Sequence[Request], decoding: Decoding, stops: StopStrings | None) -> list[Completion]:
        """Complete one sub-batch."""
        policy, device = self.policy, self.policy.device
        length_B = torch.tensor([len(request.prompt) for request in requests], device=device)
        limit_B = (self.context - length_B).clamp(max=decoding.max_tokens)
        longest = int(limit_B.max())
        cache, prompt_BW, logits = self._prefill(requests, length_B)
        bits = np.array([request.key.bits() for request in requests], dtype=np.uint64)
        ends = torch.tensor(sorted({*policy.stop_ids, *decoding.stop_ids}), dtype=torch.long, device=device)
        padded, width = not bool(prompt_BW.all()), prompt_BW.shape[1]
        seen = torch.cat([prompt_BW, prompt_BW.new_ones(len(requests), longest)], 1)  # False left of short prompts
        out = _Drawn(len(requests), longest, ends, limit_B, stops)
        rows = torch.arange(len(requests), device=device)  # which request each row of the batch is
        live = torch.ones_like(rows, dtype=torch.bool)
        for t in range(longest):
            u = torch.from_numpy(uniforms(bits, t, 1)[:, 0]).to(device)
            token, logprob = draw(decoding, logits, u)
            live = out.add(t, rows, live, token, logprob)
            left = int(live.sum())
            if left == 0:
                break
            if len(rows) - left >= COMPACT_AT * len(rows):
                keep = live.nonzero()[:, 0]
                cache.batch_select_indices(keep)
                rows, token, seen, live, bits = rows[keep], token[keep], seen[keep], live[keep], bits[keep.cpu().numpy()]
            # A finished row that waits to leave may have no position left.
            position = (length_B[rows] + t).clamp(max=self.context - 1)
            states = policy.hidden(
                token[:, None],
                attention_mask=seen[:, : width + t + 1] if padded else None,
                position_ids=position[:, None],
                past_key_values=cache,
                use_cache=True,
            )
            logits = policy.logits(states[:, -1])
        return out.completions()

    def _prefill(self, requests: Sequence[Request], length_B: torch.Tensor) -> tuple[Cache, torch.Tensor, torch.Tensor]:
        """Read each distinct prompt once: the rows' cache, which of its columns are prompt, and next-token logits [B, V]."""
        policy = self.policy
        index = {prompt: p for p, prompt in enumerate(dict.fromkeys(request.prompt for request in requests))}
        prompt_B = torch.tensor([index[request.prompt] for request in requests], device=policy.device)
        cache, last_PD = read_prompts(policy, list(index))
        logits_PV = policy.logits(last_PD)
        return *share(cache, prompt_B, length_B, RoomyLayer), logits_PV[prompt_B]


def draw(decoding: Decoding, logits_BV: torch.Tensor, uniform_B: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """One token a row by inversion of the cumulative distribution: the first token at which it exceeds u; and that token's log-probability.

    Sums are float64. A token of probability zero adds nothing to the sum, so it is never the first to exceed u; and u times the total is kept
    below the total, so rounding at the end cannot run past the last token that has any probability.

    Args:
        uniform_B: float64 in (0, 1].

    Raises:
        RunFailed: a row's logits hold NaN or +inf.
    """
    block = max(1, DRAWN_AT_ONCE // logits_BV.shape[-1])
    if len(logits_BV) > block:
        parts = [draw(decoding, logits, u) for logits, u in zip(logits_BV.split(block), uniform_B.split(block), strict=True)]
        return torch.cat([token for token, _ in parts]), torch.cat([logprob for _, logprob in parts])
    logprobs_BV = decoding(logits_BV)
    sums_BV = logprobs_BV.exp().double().cumsum(-1)
    total_B1 = sums_BV[:, -1:]
    if not bool(torch.isfinite(total_B1).all()):
        raise RunFailed("the model's logits are not finite numbers: its weights have diverged; resume from an earlier checkpoint with a smaller step")
    below_B1 = torch.nextafter(total_B1, torch.zeros_like(total_B1))
    token_B1 = torch.searchsorted(sums_BV, torch.minimum(uniform_B[:, None] * total_B1, below_B1), right=True)
    return token_B1[:, 0], logprobs_BV.gather(-1, token_B1)[:, 0]


class _Drawn:
    """What has been drawn so far for the requests of one sub-batch. Mutable: filled column by column."""

    def __init__(self, requests: int, longest: int, ends: torch.Tensor, limit_B: torch.Tensor, stops: StopStrings | None):
        self.tokens_BT = torch.zeros(requests, longest, dtype=torch.long, device=limit_B.device)
        self.logprobs_BT = torch.zeros(requests, longest, device=limit_B.device)
        self.length_B = torch.zeros_like(limit_B)
        self.stopped_B = torch.zeros_like(limit_B, dtype=torch.bool)
        self.ends, self.limit_B, self.stops = ends, limit_B, stops

    def add(self, t: int, rows: torch.Tensor, live: torch.Tensor, token: torch.Tensor, logprob: torch.Tensor) -> torch.Tensor:
        """Put column t; `rows` says which request each batch row is. Returns the rows still live; what finished rows drew is not counted."""
        self.tokens_BT[rows, t] = token
        self.logprobs_BT[rows, t] = logprob
        stop = torch.isin(token, self.ends)
        if self.stops is not None:
            start = max(0, t + 1 - self.stops.reach)
            hits = self.stops.hits(token.cpu().numpy(), lambda b: self.tokens_BT[rows[b], start : t + 1].tolist())
            stop = stop | torch.from_numpy(hits).to(stop.device)
        over = live & (stop | (t + 1 >= self.limit_B[rows]))
        self.length_B[rows[over]] = t + 1
        self.stopped_B[rows[over]] = stop[over]
        return live & ~over

    def completions(self) -> list[Completion]:
        told = zip(self.tokens_BT.tolist(), self.logprobs_BT.tolist(), self.length_B.tolist(), self.stopped_B.tolist(), strict=True)
        return [Completion(tuple(tokens[:n]), tuple(logprobs[:n]), "stop" if stopped else "length") for tokens, logprobs, n, stopped in told]


@contextmanager
def _evaluating(model: torch.nn.Module) -> Iterator[None]:
    """Evaluation mode inside, every module's own mode back after."""
    training = [module for module in model.modules() if module.training]
    model.eval()
    try:
        yield
    finally:
        for module in training:
            module.training = True
