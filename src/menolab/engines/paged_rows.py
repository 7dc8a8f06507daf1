"""Rows on the lean path, on the CPU: keys and values in pages of 16 tokens, fused attention over them."""

from __future__ import annotations

from collections.abc import Sequence

import torch

from menolab.engines.pages import Pages
from menolab.engines.rows import Rows
from menolab.models.lean import native
from menolab.models.lean.forest import Forest, trunks
from menolab.models.lean.model import Layer, LeanModel
from menolab.models.lean.ops import read
from menolab.models.lean.products import prepared
from menolab.models.policy import Policy

PAGE = 16
"""Tokens of a page: one vector of the kernels."""
READ_AT_ONCE = 8192
"""Prompt tokens of one forward pass."""


class PagedRows(Rows):
    """A row's tokens lie in pages that a table names; rows of one prompt name the same pages, and own what they add.

    So a prompt is read and kept once whatever the group; a row takes a page when it comes to write in it and leaves without anything being moved, and
    another takes its pages. A prompt's last page, when it is not full, is copied for each row, which goes on writing in it. Paged attention: Kwon et al. 2023,
    arXiv:2309.06180, sections 4.1 and 4.4.
    """

    def __init__(self, policy: Policy, model: LeanModel, pages: int, longest: int, dtype: torch.dtype):
        """Room for `pages` pages; memory is taken as they are written.

        `longest`: most tokens of a row. `dtype`: of products, keys and values.
        """
        self.model, self.dtype = model, dtype
        self.shapely = prepared(dtype, policy.device)
        width = self.pages_of(longest)
        self.layers: list[Layer] = list(model.layers(dtype, width * PAGE))
        self.logits = model.head()
        heads = model.heads
        self.keys = [torch.empty(pages, heads.key, heads.size, PAGE, dtype=dtype) for _ in self.layers]
        self.values = [torch.empty(pages, heads.key, PAGE, heads.size, dtype=dtype) for _ in self.layers]
        self.pages = Pages(pages)
        self.table = torch.zeros(0, width, dtype=torch.int32)
        self.length = torch.zeros(0, dtype=torch.int32)

    @staticmethod
    def pages_of(tokens: int) -> int:
        """Pages that a row of so many tokens uses, none of them shared."""
        return -(-tokens // PAGE)

    def admit(self, prompts: Sequence[tuple[int, ...]]) -> torch.Tensor:
        distinct = list(dict.fromkeys(prompts))
        lots = trunks(distinct, PAGE)
        pages: dict[tuple[int, ...], torch.Tensor] = {}
        trunk_pages: dict[tuple[int, ...], torch.Tensor] = {}  # by their tokens: one lot's trunk may be another lot's whole prompt
        for shared, members in lots:
            for p in members:
                full = _trunk(shared, distinct[p]) // PAGE
                trunk = distinct[p][: full * PAGE]
                if trunk not in trunk_pages:
                    trunk_pages[trunk] = self.pages.take(full)
                pages[distinct[p]] = torch.cat([trunk_pages[trunk], self.pages.take(self.pages_of(len(distinct[p])) - full)])
        logits = self._read(distinct, lots, pages)
        table = self.table.new_zeros(len(prompts), self.table.shape[1])
        for row, prompt in zip(table, prompts, strict=True):
            row[: len(pages[prompt])] = pages[prompt]
        length = torch.tensor([len(prompt) for prompt in prompts], dtype=torch.int32)
        begun = (length % PAGE).nonzero()[:, 0]  # rows that go on in their prompt's last page
        last = length[begun].long() // PAGE
        given, own = table[begun, last], self.pages.take(len(begun))
        for states in (*self.keys, *self.values):
            states[own] = states[given]
        table[begun, last] = own
        self.pages.put_back(given.unique())
        self.pages.use(_named(table, length))
        self.table, self.length = torch.cat([self.table, table]), torch.cat([self.length, length])
        return torch.stack([logits[prompt] for prompt in prompts])

    def _read(
        self, prompts: list[tuple[int, ...]], lots: list[tuple[int, list[int]]], pages: dict[tuple[int, ...], torch.Tensor]
    ) -> dict[tuple[int, ...], torch.Tensor]:
        """Keys and values of prompts into their pages, some at a time; next-token logits [V] of each."""
        logits: dict[tuple[int, ...], torch.Tensor] = {}
        part: list[tuple[int, tuple[int, ...]]] = []  # tokens shared with the lot, prompt
        for shared, members in lots:
            part += [(shared, prompts[p]) for p in members]
            if sum(len(prompt) for _, prompt in part) >= READ_AT_ONCE or members is lots[-1][1]:
                logits.update(zip((prompt for _, prompt in part), self._read_some(part, pages), strict=True))
                part = []
        return logits

    def _read_some(self, part: list[tuple[int, tuple[int, ...]]], pages: dict[tuple[int, ...], torch.Tensor]) -> torch.Tensor:
        """Next-token logits [P, V]."""
        heads = [_trunk(shared, prompt) for shared, prompt in part]
        forest = Forest.pack([prompt[:n] for n, (_, prompt) in zip(heads, part, strict=True)], [prompt[n:] for n, (_, prompt) in zip(heads, part, strict=True)])
        forest = forest.rounded() if self.shapely else forest
        place = torch.full((len(forest.tokens_N),), -1)  # nowhere
        asked = forest.last_B.clone()
        for p, (n, (_, prompt)) in enumerate(zip(heads, part, strict=True)):
            where = pages[prompt].long()[:, None] * PAGE + torch.arange(PAGE)
            start, rest = int(forest.last_B[p]) + 1 - n, len(prompt) - n
            place[start : start + n] = where.flatten()[:n]
            place[int(forest.first_B[p]) : int(forest.first_B[p]) + rest] = where.flatten()[n : n + rest]
            if rest:
                asked[p] = int(forest.first_B[p]) + rest - 1
        x, h, shape = self.model.embed(forest.tokens_N), None, self.model.heads
        for i, layer in enumerate(self.layers):

            def mix(raw: torch.Tensor, i: int = i, layer: Layer = layer) -> torch.Tensor:
                out, qkv = read(raw, shape, layer.turn, forest)
                native.call("fill", self.dtype, len(raw), shape.query, shape.key, shape.size, qkv, place, self.keys[i], self.values[i])
                return out

            x, h = self.model.layer(layer, x, h, self.dtype, mix)
        assert h is not None
        return self.logits(self.model.last(x[asked], h[asked]))

    def step(self, token_R: torch.Tensor) -> torch.Tensor:
        self._turn_pages()
        x, h, heads = self.model.embed(token_R), None, self.model.heads
        out = torch.empty(len(x), heads.query * heads.size, dtype=self.dtype)
        shape = (len(x), heads.query, heads.key, heads.size)
        for layer, keys, values in zip(self.layers, self.keys, self.values, strict=True):
            turn = layer.turn

            def mix(raw: torch.Tensor, turn=turn, keys=keys, values=values) -> torch.Tensor:
                norms, angles = (turn.query_norm, turn.key_norm, turn.epsilon), (turn.cos, turn.sin)
                native.call("step", self.dtype, *shape, raw, *norms, *angles, self.length, self.table, self.table.shape[1], keys, values, out)
                return out

            x, h = self.model.layer(layer, x, h, self.dtype, mix)
        self.length = (self.length + 1).clamp_(max=self.table.shape[1] * PAGE - 1)  # a finished row may have no page left
        assert h is not None
        return self.logits(self.model.last(x, h))

    def _turn_pages(self) -> None:
        """A page for each row whose next token begins one."""
        turning = (self.length % PAGE == 0).nonzero()[:, 0]
        if len(turning):
            fresh = self.pages.take(len(turning))
            self.pages.use(fresh)
            self.table[turning, self.length[turning].long() // PAGE] = fresh

    def keep(self, index: torch.Tensor) -> None:
        leaves = torch.ones(len(self.length), dtype=torch.bool)
        leaves[index] = False
        self.pages.leave(_named(self.table[leaves], self.length[leaves]))
        self.table, self.length = self.table[index], self.length[index]


def _named(table: torch.Tensor, length: torch.Tensor) -> torch.Tensor:
    """The pages that hold rows' tokens; one that several rows share stands here as often."""
    return table[torch.arange(table.shape[1]) * PAGE < length[:, None]]


def _trunk(shared: int, prompt: tuple[int, ...]) -> int:
    """Tokens of the segment that a prompt begins with: what its lot shares, else its own full pages, else all of it."""
    return shared or len(prompt) // PAGE * PAGE or len(prompt)
