from __future__ import annotations

from collections import Counter

import pytest

from menolab.errors import BadInput
from menolab.keys import Key
from menolab.tasks.addition import Addition, columns

ROOT = Key.root(1)


@pytest.mark.parametrize(("a", "b"), [(0, 0), (9, 1), (999, 1), (819, 752), (10**30, 1), (5, 123456)])
def test_columns_add_up(a: int, b: int) -> None:
    lines = columns(a, b)
    carry, total = 0, 0
    for place, (x, y, carried, s) in enumerate(lines):
        assert carried == carry and s == x + y + carry
        carry, total = s // 10, total + s % 10 * 10**place
    assert total + carry * 10 ** len(lines) == a + b


def test_scratchpad_and_difficulty() -> None:
    task = Addition(fewest_digits=3, most_digits=3, weights=(1.0, 0.0))
    problem = task(ROOT)
    a, b = problem.facts["a"], problem.facts["b"]
    text = task.demonstrate(problem, ROOT).text
    assert text.startswith(f"<think>{a % 10}+{b % 10}+0={a % 10 + b % 10:02d}\n") and text.endswith(f"</think><answer>{a + b}</answer>")
    carries = sum(a % 10**k + b % 10**k >= 10**k for k in (1, 2, 3))
    assert problem.difficulty == 3 + carries


def test_counts_of_digits_are_balanced() -> None:
    seen = Counter(len(str(Addition()(ROOT.fold(i)).facts["a"])) for i in range(800))
    assert set(seen) == {1, 2, 3, 4} and min(seen.values()) > 150


def test_order_does_not_matter() -> None:
    problems = [Addition(fewest_digits=1, most_digits=1)(ROOT.fold(i)) for i in range(300)]
    assert len({p.id for p in problems}) <= 55
    assert len({p.prompt for p in problems}) > 55


@pytest.mark.parametrize("fields", [{"fewest_digits": 0}, {"most_digits": 0}, {"most_digits": 101}, {"wording": "x"}])
def test_bad_fields(fields: dict) -> None:
    with pytest.raises(BadInput):
        Addition(**fields)
