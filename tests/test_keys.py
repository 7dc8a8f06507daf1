"""Keys: identity in, randomness out."""

from __future__ import annotations

import pickle
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from menolab.keys import Key, uniforms

PARTS = st.lists(st.one_of(st.integers(), st.text()), max_size=4)


@given(PARTS, PARTS)
def test_different_paths_have_different_bits(a: list[int | str], b: list[int | str]) -> None:
    assert (Key(tuple(a)).bits() == Key(tuple(b)).bits()) == (a == b)


def test_ints_and_strings_differ_and_parts_cannot_run_together() -> None:
    assert len({Key(p).bits() for p in [(1, 2), (12,), ("1", 2), ("1", "2"), ("12",), (1, "2"), ("i1", 2)]}) == 7


def test_neighbouring_seeds_share_nothing() -> None:
    """Added seeds would make (seed 1, item 2) the same as (seed 2, item 1)."""
    draws = {Key.root(seed).fold("x", item).bits() for seed in range(50) for item in range(50)}
    assert len(draws) == 2500


@pytest.mark.parametrize("part", [True, 1.5, None, ("a",)])
def test_only_ints_and_strings(part: object) -> None:
    with pytest.raises(TypeError, match="ints and strings"):
        Key.root(0).fold(part)  # type: ignore[arg-type]


def test_the_same_in_another_process() -> None:
    code = "from menolab.keys import Key; print(Key.root(3).fold('rollout', 5, 'p').bits())"
    env = {"PYTHONHASHSEED": "1", "PYTHONPATH": ":".join(sys.path)}
    other = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=env)
    assert int(other.stdout) == Key.root(3).fold("rollout", 5, "p").bits()
    assert pickle.loads(pickle.dumps(Key.root(3))) == Key.root(3)


def test_uniforms_depend_on_key_and_position_alone() -> None:
    bits = np.array([Key.root(i).bits() for i in range(64)], dtype=np.uint64)
    whole = uniforms(bits, 0, 100)
    assert (whole[7:9, 30:40] == uniforms(bits[7:9], 30, 10)).all()
    assert ((whole > 0) & (whole < 1)).all()


def test_uniforms_are_uniform_and_uncorrelated() -> None:
    bits = np.array([Key.root(0).fold(i).bits() for i in range(500)], dtype=np.uint64)
    u = uniforms(bits, 0, 400)
    counts, _ = np.histogram(u, bins=20, range=(0, 1))
    assert ((counts - 10_000) ** 2 / 10_000).sum() < 45  # chi-square, 19 degrees of freedom, p > 0.0007
    assert abs(np.corrcoef(u[:, :-1].ravel(), u[:, 1:].ravel())[0, 1]) < 0.01
    assert abs(np.corrcoef(u[:-1].ravel(), u[1:].ravel())[0, 1]) < 0.01


def test_splitmix_reference_values() -> None:
    """First outputs of SplitMix64 seeded with 1234567, as published with Vigna's C code."""
    expected = [6457827717110365317, 3203168211198807973, 9817491932198370423]
    got = uniforms(np.array([1234567], dtype=np.uint64), 0, 3)[0]
    assert got.tolist() == [((z >> 12) + 0.5) * 2.0**-52 for z in expected]


def test_the_largest_draw_is_below_one() -> None:
    assert ((2**52 - 1) + 0.5) * 2.0**-52 < 1.0
