"""Prompts and the responses that continue them, packed end to end: no token stands twice, and none is padding."""

from __future__ import annotations

import functools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields, replace

import torch

BLOCK = 64
"""Segments of one padded rectangle, where attention has to be padded."""


@dataclass(frozen=True)
class Rectangle:
    """Segments of like length, padded, for attention kernels that want rows. R segments, T tokens, S keys: the prompt's, then the segment's own."""

    query_RT: torch.Tensor
    """Which packed token each place holds; a token of its own segment where it is padding."""
    real_RT: torch.Tensor
    key_RS: torch.Tensor
    seen_RTS: torch.Tensor


@dataclass(frozen=True, eq=False)
class Forest:
    """One tree a prompt: the prompt's tokens, then those of each response. N tokens in all."""

    tokens_N: torch.Tensor
    position_N: torch.Tensor
    """int32: a response goes on where its prompt ends."""
    segments: torch.Tensor
    """int32 [segments, 4]: first token, tokens, first token of the prompt, tokens of it (0 for the prompt itself)."""
    trees: torch.Tensor
    """int32 [trees + 1]: the first segment of each tree."""
    first_B: torch.Tensor
    """Where each response's segment begins, in the order of the rows given."""
    last_B: torch.Tensor
    """Where its prompt ends."""

    @classmethod
    def pack(cls, prompts: Sequence[Sequence[int]], responses: Sequence[Sequence[int]]) -> Forest:
        """Rows b with prompts[b] and responses[b]; equal prompts share their tokens. A response may be empty."""
        rows: dict[tuple[int, ...], list[int]] = {}
        for b, prompt in enumerate(prompts):
            rows.setdefault(tuple(prompt), []).append(b)
        tokens: list[int] = []
        position: list[int] = []
        segments: list[tuple[int, int, int, int]] = []
        trees = [0]
        first, last = [0] * len(prompts), [0] * len(prompts)
        for prompt, members in rows.items():
            start, width = len(tokens), len(prompt)
            segments.append((start, width, 0, 0))
            tokens += prompt
            position += range(width)
            for b in members:
                first[b], last[b] = len(tokens), start + width - 1
                if responses[b]:
                    segments.append((len(tokens), len(responses[b]), start, width))
                    tokens += responses[b]
                    position += range(width, width + len(responses[b]))
            trees.append(len(segments))
        int32, long = torch.int32, torch.int64
        return cls(
            torch.tensor(tokens, dtype=long),
            torch.tensor(position, dtype=int32),
            torch.tensor(segments, dtype=int32),
            torch.tensor(trees, dtype=int32),
            torch.tensor(first, dtype=long),
            torch.tensor(last, dtype=long),
        )

    def rounded(self) -> Forest:
        """The same with idle tokens behind it, a tree of their own, so that their number is one of few: eight between a power of two and the next.

        A library that prepares a product for each shape it meets (bfloat16 on a CPU) keeps what it has prepared: thirty MiB a step, if every step has a number
        of its own.
        """
        count = len(self.tokens_N)
        step = max(1, 2 ** (count.bit_length() - 4))
        idle = -count % step
        if not idle:
            return self
        none = self.tokens_N.new_zeros(idle)
        return replace(
            self,
            tokens_N=torch.cat([self.tokens_N, none]),
            position_N=torch.cat([self.position_N, none.int()]),
            segments=torch.cat([self.segments, self.segments.new_tensor([[count, idle, 0, 0]])]),
            trees=torch.cat([self.trees, self.trees[-1:] + 1]),
        )

    def predicting(self, lengths: Sequence[int]) -> torch.Tensor:
        """The packed tokens whose states predict each row's `lengths[b]` response tokens, row after row: the prompt's last, then the response's own."""
        rows = zip(self.first_B.tolist(), self.last_B.tolist(), lengths, strict=True)
        return torch.tensor([place for first, last, n in rows for place in (last, *range(first, first + n - 1))])

    def to(self, device: torch.device) -> Forest:
        """The same, its tensors on a device."""
        if device.type == "cpu":
            return self
        return replace(self, **{f.name: getattr(self, f.name).to(device, non_blocking=True) for f in fields(self)})

    def rectangles(self, device: torch.device) -> Iterator[Rectangle]:
        for block in self._blocks:
            yield _rectangle(block.to(device))

    @functools.cached_property
    def _blocks(self) -> list[torch.Tensor]:
        order = torch.argsort(self.segments[:, 1] + self.segments[:, 3], stable=True)
        return list(self.segments.long()[order].split(BLOCK))


def _rectangle(segments_R4: torch.Tensor) -> Rectangle:
    start, length, prefix, before = segments_R4[:, :, None].unbind(1)  # [R, 1] each
    place_T = torch.arange(int(length.max()), device=start.device)
    place_S = torch.arange(int((before + length).max()), device=start.device)
    inside = place_S < before
    key_RS = torch.where(inside, prefix + place_S, start + (place_S - before).clamp(max=length - 1))
    own_RS = torch.where(inside, -1, place_S - before)  # number within the segment; prompts come before all of it
    seen_RTS = own_RS[:, None, :] <= place_T[None, :, None]
    return Rectangle(start + place_T.clamp(max=length - 1), place_T < length, key_RS, seen_RTS)


def trunks(prompts: Sequence[tuple[int, ...]], unit: int) -> list[tuple[int, list[int]]]:
    """Prompts that begin alike, together: how many first tokens each lot shares, a multiple of `unit`, and the numbers of its prompts.

    A prompt joins a lot when it shares at least half of itself, and of what the lot shares: the nodes of one search tree do, problems behind a common
    greeting do not.
    """
    lots: list[tuple[int, list[int]]] = []
    for p in sorted(range(len(prompts)), key=prompts.__getitem__):
        if lots:
            shared, members = lots[-1]
            common = min(_common(prompts[members[0]], prompts[p]), shared if len(members) > 1 else len(prompts[p])) // unit * unit
            if common and 2 * common >= max(len(prompts[p]), shared):
                lots[-1] = (common, [*members, p])
                continue
        lots.append((0, [p]))
    return lots


def _common(a: tuple[int, ...], b: tuple[int, ...]) -> int:
    return next((i for i, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), min(len(a), len(b)))
