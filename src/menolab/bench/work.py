"""What a step cannot do without: the arithmetic and the traffic of sampling and of one update, counted from the shapes.

Formulas (D width, L layers, Q and K query and key width, F MLP width, V vocabulary; a row is a prompt of p tokens with a response of n):

    a token through the layers       2 L (D (Q + 2K) + Q D + 3 D F) operations, and 4 L Q for each position that it looks at
    its logits                       2 D V
    sampling                         each prompt once; n - 1 tokens a row (the last one drawn is not fed), n times logits
    an update, forward               the same tokens, each prompt once, logits of all n; backward is twice as much

    bytes of sampling                weights once a token drawn (rows go together); keys and values: written once, read by each later token
    bytes of an update               what backward needs, written once and read once; weights and gradients twice each a micro-batch; then the
                                     gradient's norm and AdamW: eight numbers a weight

It is an ideal: each prompt read once, no padding, nothing computed again, every intermediate that is not needed later kept in the registers.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from menolab.bench.workload import PROMPT_TOKENS, SIZES, Workload

FLOAT32 = 4
ROWS = 256
"""Rows that the engine continues at once."""


@dataclass(frozen=True)
class Cost:
    """Operations (a multiplication and an addition are two) and bytes moved between memory and processor."""

    flops: float
    bytes: float

    def seconds(self, rate: float, bandwidth: float) -> float:
        """flops / rate + bytes / bandwidth: the machine's best at both, one after the other."""
        return self.flops / rate + self.bytes / bandwidth


@dataclass(frozen=True)
class Shapes:
    """The weights of a workload's model that are multiplied with, fused as the lean path fuses them: name -> (out, in)."""

    layers: int
    width: int
    query: int
    key: int
    mlp: int
    vocabulary: int

    @classmethod
    def of(cls, work: Workload) -> Shapes:
        size = SIZES[work.size]
        head = size.width // size.heads
        return cls(size.layers, size.width, size.heads * head, size.kv_heads * head, size.mlp, work.vocabulary)

    @property
    def products(self) -> dict[str, tuple[int, int]]:
        """One of each layer's, then the head."""
        return {
            "query-key-value": (self.query + 2 * self.key, self.width),
            "attention out": (self.width, self.query),
            "gate-up": (2 * self.mlp, self.width),
            "down": (self.width, self.mlp),
            "head": (self.vocabulary, self.width),
        }

    @property
    def trunk(self) -> int:
        """Weights that every token is multiplied with, without the head's."""
        return self.layers * sum(out * into for name, (out, into) in self.products.items() if name != "head")

    @property
    def head(self) -> int:
        return self.vocabulary * self.width


def sampling(work: Workload, lengths: Sequence[int]) -> Cost:
    """The least that drawing rollouts of these lengths takes; formulas above."""
    shapes, item = Shapes.of(work), 2 if work.dtype == "bfloat16" else FLOAT32
    prompts = len(lengths) / work.group
    fed, seen = _fed(lengths)
    own = prompts * PROMPT_TOKENS * (PROMPT_TOKENS + 1) / 2
    flops = 2 * shapes.trunk * (prompts * PROMPT_TOKENS + fed) + 2 * shapes.head * (prompts + fed) + 4 * shapes.layers * shapes.query * (own + seen)
    state = 2 * shapes.layers * shapes.key * item  # of one token
    weights = (shapes.trunk + shapes.head) * item * max(lengths)
    return Cost(flops, weights + state * (prompts * PROMPT_TOKENS + fed + seen))


def updating(work: Workload, lengths: Sequence[int], micro_batches: int) -> Cost:
    """The least that one update on rollouts of these lengths takes; formulas above."""
    shapes, item = Shapes.of(work), 2 if work.dtype == "bfloat16" else FLOAT32
    prompts = len(lengths) / work.group
    (fed, seen), drawn = _fed(lengths), sum(lengths)
    tokens = prompts * PROMPT_TOKENS + fed
    own = prompts * PROMPT_TOKENS * (PROMPT_TOKENS + 1) / 2
    forward = 2 * shapes.trunk * tokens + 2 * shapes.head * drawn + 4 * shapes.layers * shapes.query * (own + seen)
    weights = shapes.trunk + shapes.head
    moved = 2 * (_kept(shapes, item) * tokens + FLOAT32 * shapes.vocabulary * drawn) + 4 * item * weights * micro_batches + 8 * FLOAT32 * weights
    return Cost(3 * forward, moved)


def micro_tokens(work: Workload) -> int:
    """Most tokens in one forward pass of an update, with the default launch settings."""
    from menolab.runs.recipe import Recipe
    from menolab.runs.run import Launch, Run

    return Run(Path(), Recipe(), Launch(device=work.device)).micro_tokens


def micro_batches(work: Workload, lengths: Sequence[int]) -> int:
    """Forward passes of an update."""
    return math.ceil((len(lengths) / work.group * PROMPT_TOKENS + _fed(lengths)[0]) / micro_tokens(work))


def _fed(lengths: Sequence[int]) -> tuple[int, int]:
    """Response tokens that go through the layers, and the positions that they look at (themselves included)."""
    return sum(n - 1 for n in lengths), sum((n - 1) * PROMPT_TOKENS + (n - 1) * n // 2 for n in lengths)


def held_sampling(work: Workload, lengths: Sequence[int]) -> float:
    """Bytes that sampling holds beside the weights: keys and values of the rows that go together, each prompt's once; one token's logits and
    log-probabilities."""
    shapes, item = Shapes.of(work), 2 if work.dtype == "bfloat16" else FLOAT32
    rows = min(ROWS, len(lengths))
    tokens = rows / work.group * PROMPT_TOKENS + rows * sum(lengths) / len(lengths)
    return 2 * shapes.layers * shapes.key * item * tokens + 2 * FLOAT32 * shapes.vocabulary * rows


def held_updating(work: Workload, lengths: Sequence[int], logits: int) -> float:
    """Bytes that an update holds beside the weights: gradient and two moments, and one micro-batch's intermediates.

    Args:
        logits: most numbers in one block of logits; three blocks are held: logits, log-probabilities, gradient.
    """
    shapes, item = Shapes.of(work), 2 if work.dtype == "bfloat16" else FLOAT32
    tokens = min(micro_tokens(work), len(lengths) / work.group * PROMPT_TOKENS + _fed(lengths)[0])
    weights = shapes.trunk + shapes.head
    return 3 * FLOAT32 * weights + _kept(shapes, item) * tokens + 3 * FLOAT32 * min(logits, shapes.vocabulary * tokens)


def _kept(shapes: Shapes, item: int) -> int:
    """Bytes a token that backward needs: inputs of the products (normed stream twice, attention's output, gated MLP), and what attention and the gate
    differentiate (query, key, value, gate, up)."""
    return shapes.layers * (2 * shapes.width + 2 * shapes.query + 2 * shapes.key + 3 * shapes.mlp) * item
