"""Log-probabilities of responses, as the learner sees them: the sampler's distribution, differentiable."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Any

import torch
from torch.utils.checkpoint import checkpoint

from menolab.engines.decoding import Decoding
from menolab.models.cache import GrownLayer, read_prompts, share, unshareable
from menolab.models.lean.forest import Forest
from menolab.models.lean.model import LeanModel, lean
from menolab.models.lean.ops import drawn
from menolab.models.policy import Policy

ROWS_AT_ONCE = 64
"""Rows of one forward pass. On a CPU more rows do not go faster, they only pad more."""
LOGITS_AT_ONCE = 2**24
"""Numbers of one block of logits: 64 MiB in float32."""
Head = Callable[[torch.Tensor], torch.Tensor]
"""What is read off hidden states [N, D]: logits [N, V], or a number [N]."""


@dataclass(frozen=True)
class TokenStats:
    """What the model says about each response token. Zero where the mask is False. Nats; float32, or float64 for a float64 model."""

    logprobs_BT: torch.Tensor
    """Differentiable."""
    entropy_BT: torch.Tensor | None
    """Of the whole next-token distribution, differentiable. None if it was not asked for."""
    normaliser_B: torch.Tensor | None = None
    """log-sum-exp of the logits (over the temperature) at the first response position, differentiable; 0 for an empty response. None if not asked for."""


def score(
    policy: Policy,
    prompts: Sequence[Sequence[int]],
    tokens_BT: torch.Tensor,
    mask_BT: torch.Tensor,
    decoding: Decoding,
    *,
    entropy: bool = False,
    normalisers: bool = False,
    dtype: torch.dtype | None = None,
) -> TokenStats:
    """Per-token log-probability, and with `entropy` the entropy, of responses under the distribution they were sampled from, `decoding(logits)`; with
    `normalisers` also the log-normaliser of each response's first logits.

    Prompts that several rows share are read once. On the lean path (`models.lean`) nothing is padded; on the general one rows are sorted by length and
    run in sub-batches. Neither padding nor the company a row keeps changes its values beyond float32 rounding. The head runs on response positions
    only, in blocks whose logits are computed again for the gradient where there are several, so that [B, T, V] is never held.

    A token that was drawn but that truncation (top-k, top-p) now excludes, because the weights have moved since, is counted back in: its
    log-probability is that under the kept tokens and itself, finite and with a gradient, instead of -inf. At temperature 0 it stays -inf.

    Args:
        prompts: B prompts as token ids, ragged, none empty.
        tokens_BT: responses, right-padded; what lies under the mask is not read.
        mask_BT: bool, True on response tokens: a prefix of each row.
        decoding: temperature and truncation.
        dtype: of the layers' matrix products; the weights' own by default. Sums, norms, the head and what follows it stay as they are.

    Raises:
        ValueError: the mask is not a prefix of each row, or shapes differ.
    """
    rows = _rows(prompts, tokens_BT, mask_BT)
    if not rows:
        nothing = torch.zeros(tokens_BT.shape, device=policy.device)
        return TokenStats(nothing, nothing.clone() if entropy else None, nothing[:, 0] if normalisers else None)
    model = lean(policy)
    head, hidden_ND = policy.logits if model is None else model.head(), _states(policy, model, rows, dtype)
    targets_N = torch.tensor([token for row in rows for token in row.response], device=policy.device)
    logprobs_N, entropy_N = _stats(head, policy.plain.get_output_embeddings().weight.shape[0], hidden_ND, targets_N, decoding, entropy)
    return TokenStats(
        _spread(logprobs_N, rows, tokens_BT.shape),
        None if entropy_N is None else _spread(entropy_N, rows, tokens_BT.shape),
        _normalisers(head, hidden_ND, rows, len(prompts), decoding.temperature) if normalisers else None,
    )


def token_numbers(
    policy: Policy,
    head: Head,
    prompts: Sequence[Sequence[int]],
    tokens_BT: torch.Tensor,
    mask_BT: torch.Tensor,
    *,
    dtype: torch.dtype | None = None,
) -> torch.Tensor:
    """`head` [N, D] -> [N] of the hidden states that predict the response tokens: a number [B, T] for what was read before each; differentiable.

    Zero where the mask is False. Arguments and errors are those of `score`.
    """
    rows = _rows(prompts, tokens_BT, mask_BT)
    if not rows:
        return torch.zeros(tokens_BT.shape, device=policy.device)
    hidden_ND = _states(policy, lean(policy), rows, dtype)
    return _spread(head(hidden_ND), rows, tokens_BT.shape)


@dataclass(frozen=True)
class _Row:
    index: int
    prompt: tuple[int, ...]
    response: list[int]


def _rows(prompts: Sequence[Sequence[int]], tokens_BT: torch.Tensor, mask_BT: torch.Tensor) -> list[_Row]:
    """The responses that are not empty."""
    B, T = tokens_BT.shape
    lengths_B = mask_BT.sum(1)
    if len(prompts) != B or mask_BT.shape != tokens_BT.shape:
        raise ValueError(f"{len(prompts)} prompts, tokens {tuple(tokens_BT.shape)}, mask {tuple(mask_BT.shape)}: sizes differ")
    if not torch.equal(mask_BT, torch.arange(T, device=mask_BT.device) < lengths_B[:, None]):
        raise ValueError("mask_BT must be True on a prefix of each row")
    lengths, tokens = lengths_B.tolist(), tokens_BT.tolist()
    return [_Row(b, tuple(prompts[b]), tokens[b][: lengths[b]]) for b in range(B) if lengths[b]]


def _spread(values_N: torch.Tensor, rows: list[_Row], shape: torch.Size) -> torch.Tensor:
    """Numbers of the rows' tokens, row after row, at their places in a [B, T] of zeros."""
    at_N = torch.tensor([row.index * shape[1] + t for row in rows for t in range(len(row.response))], device=values_N.device)
    return values_N.new_zeros(shape.numel()).index_copy(0, at_N, values_N).view(shape)


def _normalisers(head: Head, hidden_ND: torch.Tensor, rows: list[_Row], count: int, temperature: float) -> torch.Tensor:
    """log-sum-exp of the logits over the temperature [B] at the first token of each row, 0 for the empty ones."""
    ends = list(accumulate(len(row.response) for row in rows))
    first_R = torch.tensor([0, *ends[:-1]], device=hidden_ND.device)
    logits_RV = head(hidden_ND[first_R])
    normaliser_R = torch.logsumexp((logits_RV.float() if logits_RV.dtype.itemsize < 4 else logits_RV) / temperature, -1)
    return normaliser_R.new_zeros(count).index_copy(0, torch.tensor([row.index for row in rows], device=hidden_ND.device), normaliser_R)


def _states(policy: Policy, model: LeanModel | None, rows: list[_Row], dtype: torch.dtype | None) -> torch.Tensor:
    """Hidden states [N, D] that predict the response tokens. Sorts `rows`: the states are in their order."""
    if model is not None:
        forest = Forest.pack([row.prompt for row in rows], [row.response[:-1] for row in rows])
        asked = forest.predicting([len(row.response) for row in rows])
        return model.hidden(forest.to(policy.device), asked.to(policy.device), dtype)
    shared = 2 * len({row.prompt for row in rows}) <= len(rows) and _can_share(policy)
    rows.sort(key=lambda row: len(row.response) if shared else len(row.prompt) + len(row.response))
    with torch.autocast(policy.device.type, dtype, enabled=dtype is not None):
        return (_states_shared if shared else _states_alone)(policy, rows)


def plan(policy: Policy, prompts: Sequence[Sequence[int]], lengths: Sequence[int], budget: int) -> list[list[int]]:
    """Rows that are best scored together: micro-batches of at most `budget` tokens (one row at least), as `score` will run them.

    Where tokens are packed, rows of one prompt stay together and it counts once; where rows are padded, rows of like length do and padding counts.
    """
    packed = lean(policy) is not None
    if packed:
        first: dict[tuple[int, ...], int] = {}
        order = sorted(range(len(prompts)), key=lambda b: first.setdefault(tuple(prompts[b]), b))
    else:
        order = sorted(range(len(prompts)), key=lambda b: -len(prompts[b]) - lengths[b])
    parts: list[list[int]] = []
    used, here = 0, set()
    for b in order:
        prompt = tuple(prompts[b])
        cost = lengths[b] + (0 if packed and prompt in here else len(prompt))
        cost = cost if packed or used == 0 else used // len(parts[-1])  # the first row of a padded part is its longest
        if not parts or used + cost > budget:
            parts.append([])
            used, here = 0, set()
            cost = lengths[b] + len(prompt)
        parts[-1].append(b)
        here.add(prompt)
        used += cost
    return parts


def _can_share(policy: Policy) -> bool:
    """Whether prompts can be read once: their state is keys and values, and layers are not run again for the gradient (which drops the cache)."""
    again = any(getattr(module, "gradient_checkpointing", False) for module in policy.plain.modules())
    return not again and not unshareable(policy.plain.config)


def _states_alone(policy: Policy, rows: list[_Row]) -> torch.Tensor:
    """Hidden states [N, D] that predict the response tokens, rows in order: each row is read whole, right-padded.

    No attention mask is needed: a causal model never looks right, so positions are 0, 1, 2 ... and nobody sees the padding; and without a mask
    the fast attention kernels apply. The last response token predicts nothing that is asked for, so it is not fed.
    """
    states = []
    for start in range(0, len(rows), ROWS_AT_ONCE):
        part = rows[start : start + ROWS_AT_ONCE]
        inputs = [[*row.prompt, *row.response[:-1]] for row in part]
        states_RSD = policy.hidden(_padded(inputs, policy.device), use_cache=False)
        asked = [len(row.response) for row in part]
        ends = torch.tensor([len(tokens) for tokens in inputs], device=policy.device)[:, None]
        place = torch.arange(states_RSD.shape[1], device=policy.device)
        states.append(states_RSD[(place < ends) & (place >= ends - torch.tensor(asked, device=policy.device)[:, None])])
    return torch.cat(states)


def _states_shared(policy: Policy, rows: list[_Row]) -> torch.Tensor:
    """The same, with each distinct prompt read once and continued by all its rows: with 8 short rollouts a prompt, a third of the work less."""
    device = policy.device
    index = {prompt: p for p, prompt in enumerate(dict.fromkeys(row.prompt for row in rows))}
    read, last_PD = read_prompts(policy, list(index))
    states = []
    for start in range(0, len(rows), ROWS_AT_ONCE):
        part = rows[start : start + ROWS_AT_ONCE]
        prompt_R = torch.tensor([index[row.prompt] for row in part], device=device)
        states_RTD = last_PD[prompt_R][:, None]  # the prompt's last state predicts the first response token
        longest = len(part[-1].response)
        if longest > 1:
            length_R = torch.tensor([len(row.prompt) for row in part], device=device)
            cache, seen_RW = share(read, prompt_R, length_R, GrownLayer)
            seen = None if bool(seen_RW.all()) else torch.cat([seen_RW, seen_RW.new_ones(len(part), longest - 1)], 1)
            position = length_R[:, None] + torch.arange(longest - 1, device=device)
            tokens = _padded([row.response[:-1] for row in part], device)
            later = policy.hidden(tokens, attention_mask=seen, position_ids=position, past_key_values=cache, use_cache=True)
            states_RTD = torch.cat([states_RTD, later], 1)
        asked = torch.tensor([len(row.response) for row in part], device=device)[:, None]
        states.append(states_RTD[torch.arange(longest, device=device) < asked])
    return torch.cat(states)


def _padded(rows: list[list[int]], device: torch.device) -> torch.Tensor:
    """Ragged rows as a tensor, zeros on the right."""
    width = max(map(len, rows))
    return torch.tensor([row + [0] * (width - len(row)) for row in rows], device=device)


def _stats(
    head: Head, vocabulary: int, hidden_ND: torch.Tensor, targets_N: torch.Tensor, decoding: Decoding, entropy: bool
) -> tuple[torch.Tensor, torch.Tensor | None]:
    """Log-probabilities and, if asked for, entropies [N], in blocks."""
    block = max(1, LOGITS_AT_ONCE // vocabulary)
    if len(hidden_ND) <= block:
        return _block_stats(head, hidden_ND, targets_N, decoding, entropy)
    parts: list[Any] = [
        checkpoint(_block_stats, head, hidden, targets, decoding, entropy, use_reentrant=False, preserve_rng_state=False)
        for hidden, targets in zip(hidden_ND.split(block), targets_N.split(block), strict=True)
    ]
    return torch.cat([part[0] for part in parts]), torch.cat([part[1] for part in parts]) if entropy else None


def _block_stats(
    head: Head, hidden_ND: torch.Tensor, targets_N: torch.Tensor, decoding: Decoding, entropy: bool
) -> tuple[torch.Tensor, torch.Tensor | None]:
    logits_NV = head(hidden_ND)
    if not entropy and decoding.whole:
        return drawn(logits_NV, targets_N, decoding.temperature), None
    logits_NV = logits_NV.float() if logits_NV.dtype.itemsize < 4 else logits_NV
    logprobs_NV = decoding(logits_NV)
    # Where truncation excludes a token p log p is 0, and so is its gradient, instead of 0 times infinity.
    entropy_N = -(logprobs_NV.exp() * logprobs_NV.masked_fill(logprobs_NV.isneginf(), 0.0)).sum(-1) if entropy else None
    drawn_N = logprobs_NV.gather(-1, targets_N[:, None])[:, 0]
    if decoding.temperature > 0 and not decoding.whole:
        drawn_N = _counted_back(logits_NV / decoding.temperature, logprobs_NV, drawn_N, targets_N)
    return drawn_N, entropy_N


def _counted_back(scaled_NV: torch.Tensor, logprobs_NV: torch.Tensor, drawn_N: torch.Tensor, targets_N: torch.Tensor) -> torch.Tensor:
    """Excluded drawn tokens under the kept tokens and themselves: z - log(exp(z) + sum over kept of exp(z'))."""
    top_N1 = scaled_NV.argmax(-1, keepdim=True)  # always kept, so z - log p there is the kept tokens' log-normaliser
    kept_N = (scaled_NV.gather(-1, top_N1) - logprobs_NV.gather(-1, top_N1))[:, 0]
    own_N = scaled_NV.gather(-1, targets_N[:, None])[:, 0]
    return torch.where(drawn_N.isneginf(), own_N - torch.logaddexp(kept_N, own_N), drawn_N)
