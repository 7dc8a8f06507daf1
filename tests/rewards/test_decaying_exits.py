"""S-GRPO: the first right exit earns 1, the next one half, then a quarter."""

from __future__ import annotations

import itertools

import pytest

from judged import judged
from menolab.rewards.decaying_exits import DecayingExits


def _exits(*labels: str) -> list[tuple[str, str, int]]:
    return [("<think>" + "x" * i + "</think><answer>1</answer>", label, 3) for i, label in enumerate(labels)]


def test_the_row_of_the_catalogue() -> None:
    assert DecayingExits()(judged(*_exits("wrong", "right", "right", "wrong", "right")), 0.0) == [0.0, 1.0, 0.5, 0.0, 0.25]


@pytest.mark.parametrize("labels", list(itertools.product(["right", "wrong", "undecided"], repeat=4)))
def test_formula(labels: tuple[str, ...]) -> None:
    expected: list[float | None] = []
    for i, label in enumerate(labels):
        so_far = sum(other == "right" for other in labels[: i + 1])
        expected.append({"right": 1 / 2 ** (so_far - 1) if so_far else 0.0, "wrong": 0.0, "undecided": None}[label])
    assert DecayingExits()(judged(*_exits(*labels)), 0.0) == expected


def test_order_is_that_of_the_thoughts_ends_not_of_the_list() -> None:
    late, early = _exits("right", "right")[::-1]
    assert DecayingExits()(judged(late, early, ("<think>xxxx never closed", "right", 3)), 0.0) == [0.5, 1.0, 0.25]
