"""ToolRL's matching of calls."""

from __future__ import annotations

import itertools
import json
import random
from typing import Any

import pytest

from judged import texts
from menolab.rewards.tool_calls import Call, ToolCalls, inside, match_score, read_calls

GOLD = [{"name": "find", "parameters": {"city": "Rome", "days": 3}}, {"name": "book", "parameters": {"id": [1, 2]}}]


def _written(calls: list[dict[str, Any]]) -> str:
    return "\n".join(map(json.dumps, calls))


def _worth(*responses: str, gold: list[dict[str, Any]] = GOLD) -> list[float | None]:
    return list(ToolCalls()(texts(*(f"<think>x</think><answer>{r}</answer>" for r in responses), answer=_written(gold)), 0.0))


def test_gold_is_3_wrong_names_are_minus_3_and_a_wrong_value_is_between() -> None:
    near = [GOLD[0] | {"parameters": {"city": "Rome", "days": 4}}, GOLD[1]]
    other = [{"name": "sing", "parameters": {}}]
    gold, swapped, wrong, close = _worth(_written(GOLD), _written(GOLD[::-1]), _written(other), _written(near))
    assert gold == swapped == 3.0 and wrong == -3.0 and close == pytest.approx(6 * 5 / 6 - 3)


@pytest.mark.parametrize(
    ("called", "score"),
    [
        ([GOLD[0]], 0.5 + 1 + 2),  # one of two tools, its names, its values
        ([*GOLD, {"name": "sing", "parameters": {}}], 2 / 3 + 3 + 2),
        ([{"name": "find", "parameters": {"city": "Rome", "town": 3}}], 0.5 + 1 / 3 + 1),
        ([{"name": "find", "parameters": {}}], 0.5),
        ([], 0.0),
    ],
)
def test_counted_by_hand(called: list[dict[str, Any]], score: float) -> None:
    most = 1 + (1 + 2) + (1 + 1)
    assert _worth(_written(called)) == pytest.approx([6 * score / most - 3])


def _brute_force(gold: list[Call], called: list[Call]) -> float:
    """The best of all one-to-one matchings, one after the other."""

    def pair(g: Call, c: Call) -> float:
        if g.name != c.name:
            return 0.0
        union = set(g.parameters) | set(c.parameters)
        names = len(set(g.parameters) & set(c.parameters)) / len(union) if union else 1.0
        return names + sum(c.parameters.get(k, object()) == v for k, v in g.parameters.items())

    a, b = [g.name for g in gold], [c.name for c in called]
    both = sum(min(a.count(n), b.count(n)) for n in set(a))
    slots: list[Call | None] = [*called, *[None] * len(gold)]
    best = max(sum(pair(g, c) for g, c in zip(gold, chosen, strict=True) if c) for chosen in itertools.permutations(slots, len(gold)))
    return both / (len(a) + len(b) - both) + best


@pytest.mark.parametrize("seed", range(15))
def test_the_matching_is_the_best_one(seed: int) -> None:
    rng = random.Random(seed)

    def calls(n: int) -> list[Call]:
        return [Call(rng.choice("ab"), {k: rng.randint(0, 1) for k in rng.sample("xyz", rng.randint(0, 3))}) for _ in range(n)]

    gold, called = calls(rng.randint(1, 3)), calls(rng.randint(1, 3))
    assert match_score(gold, called) == pytest.approx(_brute_force(gold, called))


def test_taking_the_best_for_the_first_gold_call_would_not_do() -> None:
    gold = [Call("f", {"x": 1, "y": 1}), Call("f", {"x": 1, "z": 1})]
    called = [Call("f", {"x": 1, "z": 1}), Call("f", {"x": 1})]
    assert match_score(gold, called) == pytest.approx(1.0 + (1 / 2 + 1) + 3)


@pytest.mark.parametrize(
    "bad", ["find(city)", '{"name": "find"}', '{"name": 3, "parameters": {}}', '{"name": "find", "parameters": []}', "[]", "{", "[" * 20_000, '{"a": 1} 3']
)
def test_calls_that_cannot_be_read_are_worth_least(bad: str) -> None:
    assert _worth(bad) == [-3.0] and read_calls(bad) is None
    assert ToolCalls()(texts("no tags", "<answer>a", "<answer>{}</answer><answer>{}</answer>", answer=_written(GOLD)), 0.0) == [-3.0] * 3


def test_a_problem_without_calls_is_worth_nothing() -> None:
    assert _worth(_written(GOLD), "", gold=[]) == [0.0, 0.0]
    assert ToolCalls()(texts("x", answer="(1 + 2) * 3"), 0.0) == [0.0]


def test_more_calls_than_are_compared_are_malformed() -> None:
    assert read_calls(_written(GOLD[:1] * 64)) is not None and read_calls(_written(GOLD[:1] * 65)) is None
    assert inside("</answer><answer>", "answer") is None and inside("<answer></answer>", "answer") == ""
