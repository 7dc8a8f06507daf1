"""Rows on the lean path, on a GPU: one rectangle of keys and values, every step a recorded graph."""

from __future__ import annotations

from collections.abc import Sequence

import torch
import torch.nn.functional as F

from menolab.engines.rows import Rows
from menolab.models.lean.forest import Forest
from menolab.models.lean.model import Layer, LeanModel
from menolab.models.lean.ops import read, turned
from menolab.models.policy import Policy

COLUMNS = 64
"""Columns are read in multiples of this: few shapes, few graphs."""
READ_AT_ONCE = 32768
"""Prompt tokens of one forward pass."""


class StaticRows(Rows):
    """Row r's tokens are the first columns of row r of the rectangle. A step reads the columns that any row has reached, rounded up.

    On CUDA a step is captured once for each number of rows and columns and then replayed: the host sends one command a token instead of hundreds, and
    never waits, for it knows how far each row is without looking. On other devices the same operations run one by one.
    """

    patience = 8

    def __init__(self, policy: Policy, model: LeanModel, slots: int, longest: int, dtype: torch.dtype):
        """Room for `slots` rows of at most `longest` tokens."""
        self.policy, self.model, self.dtype, self.device = policy, model, dtype, policy.device
        heads, width = model.heads, -(-longest // COLUMNS) * COLUMNS
        self.layers: list[Layer] = list(model.layers(dtype, width))
        self.states = [torch.zeros(2, slots, heads.key, width, heads.size, dtype=dtype, device=self.device) for _ in self.layers]
        self.token = torch.zeros(slots, dtype=torch.long, device=self.device)
        self.length = torch.zeros(slots, dtype=torch.long, device=self.device)
        self.lead: list[int] = []  # each row's length less `clock`: the host's own account
        self.clock, self.width = 0, width
        self.graphs: dict[tuple[int, int], tuple[torch.cuda.CUDAGraph, torch.Tensor]] = {}
        self.pool = torch.cuda.graph_pool_handle() if self.device.type == "cuda" else None  # one for all graphs: only one replays at a time

    def admit(self, prompts: Sequence[tuple[int, ...]]) -> torch.Tensor:
        rows: dict[tuple[int, ...], list[int]] = {}
        for r, prompt in enumerate(prompts):
            rows.setdefault(prompt, []).append(len(self.lead) + r)
        logits: dict[tuple[int, ...], torch.Tensor] = {}
        part: list[tuple[int, ...]] = []
        for prompt in rows:
            part.append(prompt)
            if sum(map(len, part)) >= READ_AT_ONCE or len(logits) + len(part) == len(rows):
                logits.update(zip(part, self._read(part, rows), strict=True))
                part = []
        lengths = torch.tensor([len(prompt) for prompt in prompts])
        self.length[len(self.lead) : len(self.lead) + len(prompts)] = lengths.to(self.device, non_blocking=True)
        self.lead += [len(prompt) - self.clock for prompt in prompts]
        return torch.stack([logits[prompt] for prompt in prompts])

    def _read(self, prompts: list[tuple[int, ...]], rows: dict[tuple[int, ...], list[int]]) -> torch.Tensor:
        """Prompts' keys and values into all their rows; next-token logits [P, V]."""
        forest = Forest.pack(prompts, [()] * len(prompts))
        starts = (forest.last_B + 1 - torch.tensor([len(prompt) for prompt in prompts])).tolist()
        places = [
            torch.stack([torch.full((len(prompt),), row), torch.arange(len(prompt)), torch.arange(start, start + len(prompt))])
            for prompt, start in zip(prompts, starts, strict=True)
            for row in rows[prompt]
        ]
        row, column, token = torch.cat(places, 1).to(self.device)
        forest = forest.to(self.device)
        x, h, heads = self.model.embed(forest.tokens_N), None, self.model.heads
        for layer, states in zip(self.layers, self.states, strict=True):

            def mix(raw: torch.Tensor, layer: Layer = layer, states: torch.Tensor = states) -> torch.Tensor:
                out, qkv = read(raw, heads, layer.turn, forest)
                keys, values = qkv.view(len(qkv), -1, heads.size)[:, heads.query :].chunk(2, 1)
                states[0, row, :, column], states[1, row, :, column] = keys[token], values[token]
                return out

            x, h = self.model.layer(layer, x, h, self.dtype, mix)
        assert h is not None
        return self.policy.logits(self.model.last(x[forest.last_B], h[forest.last_B]))

    def step(self, token_R: torch.Tensor) -> torch.Tensor:
        rows = len(token_R)
        self.token[:rows] = token_R
        reached = min(self.width, max(self.lead) + self.clock + 1)
        logits = self._replayed(rows, min(self.width, -(-reached // COLUMNS) * COLUMNS))
        self.length[:rows] = (self.length[:rows] + 1).clamp(max=self.width - 1)  # a finished row may have no column left
        self.clock += 1
        return logits

    def _replayed(self, rows: int, columns: int) -> torch.Tensor:
        if self.device.type != "cuda":
            return self._forward(rows, columns)
        if (rows, columns) not in self.graphs:
            side = torch.cuda.Stream(self.device)
            side.wait_stream(torch.cuda.current_stream(self.device))
            with torch.cuda.stream(side):
                self._forward(rows, columns)  # libraries set themselves up; it writes what the replay will write again
            torch.cuda.current_stream(self.device).wait_stream(side)
            graph = torch.cuda.CUDAGraph()
            with torch.cuda.graph(graph, pool=self.pool):
                out = self._forward(rows, columns)
            self.graphs[rows, columns] = graph, out
        graph, out = self.graphs[rows, columns]
        graph.replay()
        return out

    def _forward(self, rows: int, columns: int) -> torch.Tensor:
        """One token of the first rows, against their first columns; nothing in it depends on values that the host would have to know."""
        heads, length_R = self.model.heads, self.length[:rows]
        place_R = torch.arange(rows, device=self.device)
        seen_RW = torch.arange(columns, device=self.device) <= length_R[:, None]
        x, h = self.model.embed(self.token[:rows]), None
        for layer, states in zip(self.layers, self.states, strict=True):

            def mix(raw: torch.Tensor, layer: Layer = layer, states: torch.Tensor = states) -> torch.Tensor:
                query, key, value = turned(raw, heads, layer.turn, length_R).split([heads.query, heads.key, heads.key], 1)
                states[0, place_R, :, length_R], states[1, place_R, :, length_R] = key, value
                keys, values = states[:, :rows, :, :columns]
                mask = seen_RW[:, None, None]
                return F.scaled_dot_product_attention(query[:, :, None], keys, values, attn_mask=mask, enable_gqa=heads.query != heads.key).flatten(1)

            x, h = self.model.layer(layer, x, h, self.dtype, mix)
        assert h is not None
        return self.policy.logits(self.model.last(x, h))

    def keep(self, index: torch.Tensor) -> None:
        kept = index.tolist()
        for states in self.states:
            states[:, : len(kept)] = states[:, index]
        self.length[: len(kept)] = self.length[index]
        self.lead = [self.lead[r] for r in kept]
