"""Golds rewritten are accepted, golds with one digit changed are not: on a few here, on all mathematics golds of the shared data, and in bulk when slow."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from menolab.verifiers.math.rewrites import REWRITES, near_misses, rewrites
from menolab.verifiers.math.rules import strict
from menolab.verifiers.math.verifier import Math
from verifiers.math.golds import by_file

GOLDS = [
    "7", "12345", "-3", r"\frac{1}{2}", r"\dfrac{3}{8}", r"-\frac{5}{4}", r"2\sqrt{3}", r"\frac{3\sqrt{5}}{4}", r"\frac{\sqrt{2}}{2}", r"3\pi",
    "x^2 + 2x + 1", "a+b", "(1,2)", "1,-2,3",
    r"\{1,2\}", r"(-\infty,2)\cup(3,\infty)", "[2,5)", "y=2x+1", r"90^\circ", r"28\%", r"\$32", r"\begin{pmatrix} 1 \\ 2 \end{pmatrix}", r"\text{Evelyn}",
    "no solution", "5.25",
]  # fmt: skip


def test_every_kind_of_rewrite_occurs_and_is_accepted() -> None:
    kinds = set()
    for gold in GOLDS:
        for kind, text in rewrites(gold):
            kinds.add(kind)
            assert text != gold
            for verifier in (Math(), Math(strict())):
                assert verifier.judge(gold, text).right, (kind, gold, text, verifier.judge(gold, text))
    assert kinds == set(REWRITES)


def test_near_misses_differ_in_one_digit() -> None:
    draw = random.Random(0)
    for gold in GOLDS:
        for text in near_misses(gold, draw):
            assert len(text) == len(gold) and sum(a != b for a, b in zip(text, gold, strict=True)) == 1
            assert not Math().judge(gold, text).right, (gold, text)
    assert not list(near_misses("x", draw))


def measured(golds: list[str], verifier: Math, seed: int) -> tuple[list[tuple[str, str]], int, list[tuple[str, str]], int]:
    """(rewrites that were not accepted, all rewrites, near misses that were, all near misses)."""
    draw = random.Random(seed)
    written = [(gold, text) for gold in golds for _, text in rewrites(gold)]
    missed = [(gold, text) for gold in golds for text in near_misses(gold, draw)]
    refused = [pair for pair in written if not verifier.judge(*pair).right]
    return refused, len(written), [pair for pair in missed if verifier.judge(*pair).right], len(missed)


def _golds(shared_data: Path) -> list[str]:
    return sorted({gold for answers in by_file(shared_data).values() for gold in answers if gold.strip() and not gold.startswith("[")})


@pytest.mark.parametrize("verifier", [Math(), Math(strict())], ids=["lenient", "strict"])
def test_real_golds(shared_data: Path, verifier: Math) -> None:
    golds = random.Random(1).sample(_golds(shared_data), 700)
    refused, written, accepted, missed = measured(golds, verifier, 2)
    assert written > 5000 and len(refused) <= 0.003 * written, refused
    assert missed > 600 and len(accepted) <= 0.002 * missed, accepted


def test_every_gold_equals_itself(shared_data: Path) -> None:
    for name, answers in by_file(shared_data).items():
        assert [gold for gold in set(answers) if gold.strip() and not Math().judge(gold, f" {gold} ").right] == [], name


@pytest.mark.slow
@pytest.mark.parametrize("verifier", [Math(), Math(strict())], ids=["lenient", "strict"])
def test_all_real_golds(shared_data: Path, verifier: Math) -> None:
    refused, written, accepted, missed = measured(_golds(shared_data), verifier, 0)
    assert written > 60_000 and len(refused) <= 0.003 * written, refused[:50]
    assert missed > 6000 and len(accepted) <= 0.002 * missed, accepted[:50]
