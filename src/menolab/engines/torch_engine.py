"""Sampling in process, over the very weights that the learner moves."""

from __future__ import annotations

import functools
from collections.abc import Iterator, Sequence

import torch

from menolab.engines.decoding import Decoding
from menolab.engines.draw import draw, uniforms
from menolab.engines.drawn import Drawn
from menolab.engines.engine import Engine, Reading
from menolab.engines.paged_rows import PagedRows
from menolab.engines.rows import Rows
from menolab.engines.static_rows import StaticRows
from menolab.engines.steering import Free, Steering
from menolab.engines.stops import StopStrings
from menolab.engines.transformers_rows import TransformersRows
from menolab.errors import BadInput, check_range
from menolab.models.activations import edited
from menolab.models.cache import unshareable
from menolab.models.lean.model import lean
from menolab.models.memory import free_bytes
from menolab.models.modes import evaluating
from menolab.models.policy import Policy
from menolab.models.scoring import TokenStats, plan, score
from menolab.records import Completion, Request

REFILL_AT = 0.125
"""Share of free places at which waiting requests take them: a few at a time are read cheaper than one by one."""
SCORED_AT_ONCE = 8192
"""Tokens of one forward pass over given continuations."""


class TorchEngine(Engine):
    """Continues many requests at once, one token a step.

    A prompt is read once and shared by all rows that continue it; a row that is done leaves, and a waiting request takes its place. Each token costs one
    uniform number that depends on the row's key and the position alone, so a rollout is the same alone and in any batch (up to the rounding of the matrix
    products, which can move a draw that lies within 1e-6 of a boundary).
    """

    def __init__(self, policy: Policy, max_batch: int = 256, dtype: torch.dtype | None = None):
        """Args:
            max_batch: rows continued at once: memory against speed.
            dtype: of the layers' products, and on the lean path of keys and values; the parameters' own by default.

        Raises:
            BadInput: an architecture whose state is more than keys and values.
        """
        check_range("max_batch", max_batch, 1)
        if odd := unshareable(policy.plain.config):
            remedy = f"the in-process engine cannot sample it: its state holds {odd}; serve it with vLLM instead"
            raise BadInput("model", policy.plain.config.model_type, remedy)
        self.policy, self.max_batch, self.dtype = policy, max_batch, dtype
        self.context = policy.context

    def encode(self, prompt: str) -> tuple[int, ...]:
        return self.policy.encode(prompt)

    def tokens(self, text: str) -> tuple[int, ...]:
        return self.policy.tokens([text])[0]

    def decode(self, tokens: Sequence[int]) -> str:
        return self.policy.decode(tokens)

    def generate(self, requests: Sequence[Request], decoding: Decoding, steering: Steering = Free()) -> list[Completion]:
        """See `Engine.generate`. The model is put in evaluation mode while it samples and back after.

        Raises:
            BadInput: a prompt that is empty or leaves no room in the context.
            RunFailed: the model's logits are not numbers.
        """
        self._check(requests)
        stops = StopStrings(decoding.stop, self.decode, self._token_texts) if decoding.stop else None
        # Equal prompts side by side, so that they come together and are read once.
        order = sorted(range(len(requests)), key=lambda i: (len(requests[i].prompt), requests[i].prompt))
        ordered = [requests[i] for i in order]
        limits = [min(self.context - len(r.prompt), decoding.max_tokens if r.limit is None else r.limit) for r in ordered]
        ends = sorted({*self.policy.stop_ids, *decoding.stop_ids})
        drawn = Drawn(limits, ends, stops, self.policy.device)
        with torch.inference_mode(), evaluating(self.policy.model), edited(self.policy, steering.layers, steering.edit):
            self._run(ordered, limits, decoding, steering, drawn)
        done = dict(zip(order, drawn.completions(), strict=True))
        return [done[i] for i in range(len(requests))]

    def likelihoods(self, prompts: Sequence[Sequence[int]], continuations: Sequence[Sequence[int]]) -> list[float]:
        """See `Engine.likelihoods`."""
        totals = [0.0] * len(prompts)
        for part, stats in self._scored(prompts, continuations, Decoding(), entropy=False):
            for i, total in zip(part, stats.logprobs_BT.double().sum(-1).tolist(), strict=True):
                totals[i] = total
        return totals

    def readings(self, prompts: Sequence[Sequence[int]], continuations: Sequence[Sequence[int]], decoding: Decoding) -> list[Reading]:
        """See `Engine.readings`."""
        found = [Reading((), ())] * len(prompts)
        for part, stats in self._scored(prompts, continuations, decoding, entropy=True):
            assert stats.entropy_BT is not None  # it was asked for
            for i, logprobs, entropies in zip(part, stats.logprobs_BT.tolist(), stats.entropy_BT.tolist(), strict=True):
                count = len(continuations[i])
                found[i] = Reading(tuple(logprobs[:count]), tuple(entropies[:count]))
        return found

    @torch.no_grad()
    def _scored(
        self, prompts: Sequence[Sequence[int]], continuations: Sequence[Sequence[int]], decoding: Decoding, *, entropy: bool
    ) -> Iterator[tuple[list[int], TokenStats]]:
        """What the model says of the continuations, in parts that memory allows: which they are, and their numbers."""
        lengths = [len(c) for c in continuations]
        with evaluating(self.policy.model):
            for part in plan(self.policy, prompts, lengths, SCORED_AT_ONCE):
                length_B = torch.tensor([lengths[i] for i in part])
                width = max(1, int(length_B.max()))
                tokens_BT = torch.tensor([[*continuations[i], *[0] * (width - lengths[i])] for i in part], device=self.policy.device)
                mask_BT = (torch.arange(width) < length_B[:, None]).to(self.policy.device)
                yield part, score(self.policy, [prompts[i] for i in part], tokens_BT, mask_BT, decoding, entropy=entropy, dtype=self.dtype)

    def _run(self, requests: Sequence[Request], limits: Sequence[int], decoding: Decoding, steering: Steering, drawn: Drawn) -> None:
        """Draw until every request is done."""
        device = self.policy.device
        signed = [bits - (bits >> 63 << 64) for bits in (request.key.bits() for request in requests)]
        bits_B = torch.tensor(signed, dtype=torch.long, device=device)
        rows, slots = self._rows(requests, limits, general=bool(steering.layers))
        who = torch.zeros(0, dtype=torch.long, device=device)  # which request each row is
        live, logits, admitted, steps = who.bool(), None, 0, 0
        while admitted < len(requests) or len(who):
            free = slots - len(who)
            if admitted < len(requests) and (free >= REFILL_AT * slots or not len(who)):
                new = range(admitted, min(admitted + free, len(requests)))
                first = rows.admit([requests[i].prompt for i in new])
                logits = first if logits is None else torch.cat([logits, first])
                who = torch.cat([who, torch.arange(new.start, new.stop, device=device)])
                live = torch.cat([live, live.new_ones(len(new))])
                admitted = new.stop
            assert logits is not None
            so_far = drawn.so_far(who)
            token, logprob = draw(decoding, steering.logits(so_far, logits), uniforms(bits_B[who], so_far.length_R))
            forced = steering.force(so_far)
            if forced is not None:
                token, logprob = torch.where(forced >= 0, forced, token), torch.where(forced >= 0, 0.0, logprob)
            live = drawn.add(who, live, token, logprob, None if forced is None else forced >= 0)
            steps += 1
            if steps % rows.patience == 0:
                kept = _kept(live) if rows.shapely else live.nonzero()[:, 0]
                if len(kept) < len(who):
                    rows.keep(kept)
                    who, token, live = who[kept], token[kept], live[kept]
            logits = rows.step(token) if len(who) else None

    def _rows(self, requests: Sequence[Request], limits: Sequence[int], *, general: bool) -> tuple[Rows, int]:
        """The rows for these requests, and how many of them memory holds at once."""
        slots = min(self.max_batch, len(requests))
        model = None if general else lean(self.policy)
        if model is None:
            return TransformersRows(self.policy, self.dtype), slots
        dtype = self.dtype or model.dtype
        longest = max((len(request.prompt) + limit for request, limit in zip(requests, limits, strict=True)), default=0)
        token_bytes = 2 * len(model.base.layers) * model.heads.key * model.heads.size * dtype.itemsize
        slots = max(1, min(slots, free_bytes(self.policy.device) // 2 // max(1, token_bytes * longest)))
        if self.policy.device.type != "cpu":
            return StaticRows(self.policy, model, slots, longest, dtype), slots
        pages = 2 * slots * PagedRows.pages_of(longest)  # rows' own and, while they are admitted, their prompts'
        return PagedRows(self.policy, model, pages, longest, dtype), slots

    def _check(self, requests: Sequence[Request]) -> None:
        lengths = [len(request.prompt) for request in requests]
        if any(request.limit is not None and request.limit < 1 for request in requests):
            raise BadInput("limit", min(r.limit for r in requests if r.limit is not None), "a response has room for one token at least")
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


def _kept(live: torch.Tensor) -> torch.Tensor:
    """Which rows go on: the live ones, and as many finished ones as make a round number. Matrix products like few shapes: a library that prepares
    each shape once (bf16 on a CPU) would prepare a new one a token, and a cache that is copied on leaving is copied less often."""
    left = int(live.sum())
    step = max(1, 2 ** (left.bit_length() - 3))  # 8, 10, 12, 14, 16, 20, 24, 28, 32, 40 ...: at most a fifth too many
    rounded = -(-left // step) * step
    if rounded >= len(live):
        return torch.arange(len(live), device=live.device)
    return torch.argsort(live.logical_not(), stable=True)[:rounded].sort().values
