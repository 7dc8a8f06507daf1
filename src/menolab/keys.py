"""Randomness from identity: every draw is a hash of what it is for, never of when it happens.

A `Key` names one source of randomness by a path such as ``(seed, "rollout", step, problem, sample)``. Two paths that differ anywhere give
unrelated streams; the same path gives the same stream on every machine, in every process, in any order. So a resumed, re-sharded or
re-batched run repeats itself, and no generator has to be checkpointed.

Seeds are never added or multiplied (``seed + index`` makes run 1, item 2 equal run 2, item 1: see docs/architecture.md).
"""

from __future__ import annotations

import hashlib
import random
from dataclasses import dataclass

import numpy as np

_GOLDEN = np.uint64(0x9E3779B97F4A7C15)  # 2**64 / golden ratio, the increment of SplitMix64


@dataclass(frozen=True)
class Key:
    """A source of randomness named by its path. `key.fold("rollout", 3)` is the child named so."""

    path: tuple[int | str, ...]

    @classmethod
    def root(cls, seed: int) -> Key:
        """The key of a whole run."""
        return cls((seed,))

    def fold(self, *names: int | str) -> Key:
        """The child key for `names`: what it is for, then which step, item and sample."""
        for name in names:
            if not isinstance(name, (int, str)) or isinstance(name, bool):
                raise TypeError(f"a key is made of ints and strings, not {type(name).__name__}: {name!r}")
        return Key(self.path + names)

    def bits(self) -> int:
        """64 uniform bits: BLAKE2b of the path, each part tagged by its type so that 1 and "1" differ."""
        digest = hashlib.blake2b(digest_size=8)
        for name in self.path:
            text = f"{'i' if isinstance(name, int) else 's'}{name}".encode()
            digest.update(len(text).to_bytes(4, "little") + text)
        return int.from_bytes(digest.digest(), "little")

    def random(self) -> random.Random:
        """A fresh `random.Random`, for Python code that draws a few numbers."""
        return random.Random(self.bits())

    def numpy(self) -> np.random.Generator:
        """A fresh numpy generator, for arrays."""
        return np.random.Generator(np.random.Philox(self.bits()))

    def torch_seed(self) -> int:
        """A seed for `torch.Generator.manual_seed` (which takes 63 bits)."""
        return self.bits() >> 1


def uniforms(bits_B: np.ndarray, start: int, count: int) -> np.ndarray:
    """Uniform numbers in (0, 1), one row a key: entry ``[b, i]`` depends on ``(bits_B[b], start + i)`` alone.

    Args:
        bits_B: uint64, one `Key.bits()` a row.
        start: first position in each row's stream.
        count: how many positions.

    Returns:
        float64 ``[B, count]``: odd multiples of 2**-53, so that neither 0 nor 1 occurs and every value is exact.

    Source: SplitMix64's output function (Steele, Lea and Flood 2014, "Fast splittable pseudorandom number generators", fig. 17), used as a
    counter-based generator: position t of a stream is mix(bits + (t + 1) * golden).
    """
    t = np.arange(start + 1, start + count + 1, dtype=np.uint64)
    with np.errstate(over="ignore"):  # wrap-around modulo 2**64 is what is meant
        z = bits_B.astype(np.uint64)[:, None] + t[None, :] * _GOLDEN
        z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        z = z ^ (z >> np.uint64(31))
    return ((z >> np.uint64(12)).astype(np.float64) + 0.5) * 2.0**-52
