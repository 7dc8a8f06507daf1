from __future__ import annotations

import collections
import math
from typing import Any

import pytest

from menolab.sandbox.host import Call
from menolab.verifiers.code_tests import CodeTest, Unreadable, read_call, read_tests, same_output, same_value


def test_rows_of_each_kind() -> None:
    public = [{"call": "f(1)", "returns": "2"}, {"call": "f('x')", "raises": "TypeError", "group": 3}]
    tests = read_tests({"tests": public, "hidden": [{"call": "f(2)", "returns": "4"}]})
    assert [(t.kind, t.expected, t.raises, t.group, t.hidden) for t in tests] == [
        ("call", "2", "", 0, False), ("call", "", "TypeError", 3, False), ("call", "4", "", 0, True)
    ]  # fmt: skip
    assert tests[2].name == "hidden" and tests[0].name == "f(1)"
    assert read_tests({"tests": ["assert f(1)", {"assert": "assert f(2)", "group": 1}]})[1].group == 1
    assert read_tests({"hidden": [{"input": "1", "output": "2"}]})[0].kind == "output"


@pytest.mark.parametrize(
    "facts",
    [
        {}, {"tests": []}, {"tests": "assert f(1)"}, {"tests": [3]}, {"tests": [{}]}, {"tests": [{"call": "f(1)"}]}, {"tests": [{"input": "x"}]},
        {"tests": [{"call": "f(1)", "returns": "g()"}]}, {"tests": [{"call": "f(x)", "returns": "1"}]}, {"tests": [{"call": "f(1)", "returns": 1}]},
        {"tests": [{"call": "a.f(1)", "returns": "1"}]}, {"tests": [{"call": "f(*[1])", "returns": "1"}]}, {"tests": [{"call": "f(**{})", "returns": "1"}]},
        {"tests": [{"call": "f(1)", "returns": "1", "raises": "E"}]}, {"tests": ["assert f(1)", {"input": "", "output": ""}]},
        {"tests": [{"assert": "assert 1", "group": True}]}, {"tests": [{"call": "(" * 10_000, "returns": "1"}]}, {"tests": ["assert 1"] * 1001},
        {"tests": [{"call": "__import__('os').system('false')", "returns": "0"}]},
    ],
)  # fmt: skip
def test_anything_else_is_unreadable(facts: dict[str, Any]) -> None:
    with pytest.raises(Unreadable):
        read_tests(facts)


def test_calls_are_literals() -> None:
    assert read_call(" f([1, (2,)], {3}, k=-1.5, s='é') ") == Call("f", ([1, (2,)], {3}), (("k", -1.5), ("s", "é")))


@pytest.mark.parametrize(
    ("expected", "found", "same"),
    [
        (1, 1, True), (1, True, False), (True, 1, False), (1, 1.0, False), ("1", 1, False), ([1], (1,), False), ((1, [2]), (1, [2]), True),
        ([1, 2], [1], False), ({1: "a"}, {1: "a"}, True), ({1: "a"}, {1.0: "a"}, False), ({1: "a"}, {True: "a"}, False), ({1, 2}, {2, 1}, True),
        ({1}, {1.0}, False), ({1}, frozenset({1}), False), (math.nan, math.nan, True), (0.3, 0.1 + 0.2, False), (None, 0, False), (b"a", "a", False),
        ({"a": [1.5]}, {"a": [1.5]}, True), ({"a": 1}, {"b": 1}, False), (1j, 1j, True), (1j, 1, False), ({(1, 2): 3}, {(1, 2.0): 3}, False),
    ],
)  # fmt: skip
def test_same_value_is_value_and_exact_type(expected: Any, found: Any, same: bool) -> None:
    assert same_value(expected, found, 0.0) is same


def test_tolerance_is_for_floats_alone() -> None:
    assert same_value([0.3], [0.1 + 0.2], 1e-9) and same_value(1e30, 1e30 * (1 + 1e-12), 1e-9)
    assert not same_value(3, 4, 0.9) and not same_value("0.3", "0.30000001", 0.1) and not same_value(math.nan, 1.0, 0.5)


def test_subclasses_are_never_the_same() -> None:
    class Sly(int):
        def __eq__(self, other: object) -> bool:
            return True

        __hash__ = int.__hash__

    assert not same_value(3, Sly(4), 0.0) and not same_value([3], [Sly(3)], 0.0) and not same_value({}, collections.Counter(), 0.0)


@pytest.mark.parametrize(
    ("expected", "found", "tolerance", "same"),
    [
        ("1 2\n", "1 2", 0.0, True), ("1 2\n", "1 2  \r\n\n", 0.0, True), ("1 2", "1  2", 0.0, False), ("1\n2", "2\n1", 0.0, False), ("", "\n", 0.0, True),
        ("0.5", "0.50", 0.0, False), ("0.5", "0.50", 1e-9, True), ("x 0.5", "x 0.500001", 1e-3, True), ("x 0.5", "y 0.5", 1e-3, False), (" a", "a", 0.0, False),
        ("1 2", "1\n2", 1e-3, False), ("nan", "nan", 1e-3, True),
    ],
)  # fmt: skip
def test_same_output(expected: str, found: str, tolerance: float, same: bool) -> None:
    assert same_output(expected, found, tolerance) is same


def test_inputs_and_outputs_as_two_lists() -> None:
    found = read_tests({"inputs": ["1\n", "2\n"], "outputs": ["1", "4"]})
    assert found == (CodeTest("output", "1\n", "1"), CodeTest("output", "2\n", "4"))
    assert len(read_tests({"tests": [{"input": "", "output": "x"}], "inputs": ["1"], "outputs": ["2"]})) == 2
    for bad in ({"inputs": ["1"]}, {"inputs": "1", "outputs": "1"}, {"inputs": [1], "outputs": [1]}, {"inputs": [], "outputs": []}):
        with pytest.raises(Unreadable):
            read_tests(bad)
