"""JSON answers: by value and type, of a form, with the path of the first difference."""

from __future__ import annotations

import importlib.util
import json
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from menolab.errors import BadInput
from menolab.pieces import from_data, to_data
from menolab.records import Problem
from menolab.verifiers.structured import Json, NotJson, canonical, difference, read_json

SCHEMAS = importlib.util.find_spec("jsonschema") is not None
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=3), inner, max_size=4), max_leaves=12,
)  # fmt: skip
quiet: dict[str, Any] = {"deadline": None, "suppress_health_check": list(HealthCheck), "derandomize": True, "database": None}


def problem(gold: Any = "", **facts: Any) -> Problem:
    return Problem("p", "t", "", gold if gold == "" else json.dumps(gold), facts=facts)


DIFFERENT = [
    ({"a": 1}, {"a": 2}, "$.a: another value"), ({"a": 1}, {"a": "1"}, "$.a: a text where a number is wanted"),
    ({"a": 1}, {"a": True}, "$.a: a truth value where a number is wanted"), ({"a": None}, {"a": 0}, "$.a: a number where null is wanted"),
    ({"a": 1}, {}, "$.a: missing"), ({}, {"b c": 1}, '$["b c"]: not wanted'), ([1, 2], [2, 1], "$[0]: another value"),
    ([1, [2, {"x": [3]}]], [1, [2, {"x": [4]}]], "$[1][1].x[0]: another value"), ([1], [1, 1], "$: 2 items where 1 are wanted"), ({}, [],
        "$: a list where an object is wanted"),
]  # fmt: skip


@pytest.mark.parametrize(("gold", "found", "said"), DIFFERENT)
def test_the_path_of_the_first_difference(gold: Any, found: Any, said: str) -> None:
    assert difference(gold, found) == said
    verdict = Json()(problem(gold), f"<answer>{json.dumps(found)}</answer>")
    assert (verdict.label, verdict.stage, verdict.reason) == ("wrong", "compare", said)


def test_one_number_is_one_number() -> None:
    assert difference({"b": 1, "a": [1.0, "é"]}, {"a": [1, "\u00e9"], "b": 1.0}) == ""
    assert difference(10**30, 10**30 + 1) and difference(0.1, 0.1000001) and not difference(-0.0, 0)


def test_unordered_lists_are_multisets() -> None:
    assert not difference([1, [2, 3], {"a": [4, 5]}], [{"a": [5, 4]}, [3, 2], 1.0], unordered=True)
    assert difference([1, 1, 2], [1, 2, 2], unordered=True) == "$[2]: not among the items wanted"
    assert difference([1, True], [1, 1], unordered=True) and difference(["1"], [1], unordered=True)
    assert Json(unordered=True)(problem([1, 2]), "[2, 1]").right and not Json()(problem([1, 2]), "[2, 1]").right


FOUND = ['<answer>{"a": 1}</answer>', '{"a": 1}', 'So:\n```json\n{"a": 1}\n```\nDone.', '```\n{"a": 1}\n```',
    '<think>{}</think>\n```json\n{"b": 2}\n```\nor rather\n```json\n{"a": 1}\n```',
         '<answer>\n```json\n{"a": 1}\n```\n</answer>', '<answer>{"a":1}</answer>']  # fmt: skip


@pytest.mark.parametrize("text", FOUND)
def test_where_the_answer_is_found(text: str) -> None:
    assert Json()(problem({"a": 1}), text).right
    assert Json().strictly()(problem({"a": 1}), text).right == ("<answer>" in text)


@pytest.mark.parametrize("text", ["a: 1", "<think>{\"a\": 1}", "<answer>{\"a\": 1}", "so {\"a\": 1}", "<answer>{}</answer> or <answer>{\"a\": 1}</answer>", ""])
def test_where_none_is_found(text: str) -> None:
    verdict = Json()(problem({"a": 1}), text)
    assert (verdict.label, verdict.stage, verdict.extracted) == ("wrong", "extract", None)


BAD = {
    '{"a": 1, "a": 1}': "twice", "[NaN]": "NaN", "[-Infinity]": "Infinity", "[1e999]": "too large", "[1,]": "not JSON", "{'a': 1}": "not JSON",
        "[" * 101 + "]" * 101: "101",
    "[" * 50_000: "deep", "9" * 5000: "not JSON", "[1] [2]": "not JSON", '"a': "not JSON",
}  # fmt: skip


@pytest.mark.parametrize("text", [text for text in BAD if BAD[text] != "101"])
def test_what_is_no_json(text: str) -> None:
    with pytest.raises(NotJson, match=BAD[text]):
        read_json(text)
    assert Json()(problem([1]), f"<answer>{text}</answer>").stage == "parse"
    assert not Json().readable(text)
    assert Json()(Problem("p", "t", "", text), "<answer>1</answer>").label == "undecided"


def test_depth_is_bounded_and_brackets_in_strings_do_not_count() -> None:
    assert read_json("[" * 100 + "]" * 100)
    with pytest.raises(NotJson, match="deep"):
        read_json("[" * 101 + "]" * 101)
    assert read_json(json.dumps("[" * 500)) == "[" * 500


def test_words_inside_are_no_answer_phrase() -> None:
    value = {"note": "the answer is 4", "box": "\\boxed{5}"}
    assert Json()(problem(value), f"<answer>{json.dumps(value)}</answer>").right


def test_required_keys() -> None:
    verifier, asked = Json(), problem(required=["a", "b"])
    verdict = verifier(asked, '{"b": 1}')
    assert (verdict.label, verdict.stage, verdict.reason) == ("wrong", "form", "$.a: missing")
    assert verifier(asked, '{"b": 1, "a": null, "c": 2}').reason == "of the asked form"
    assert verifier(asked, "[1]").label == "wrong"
    assert verifier(problem(required="ab"), "[1]").label == "undecided"
    assert verifier(problem(), "[1]").label == "undecided"
    verifier.check(asked, "line 1")
    with pytest.raises(BadInput, match=r"line 1.*gold"):
        verifier.check(problem(), "line 1")
    with pytest.raises(BadInput, match="schema"):
        verifier.check(problem(schema=4), "line 1")


SCHEMA = {"type": "object", "properties": {"n": {"type": "array", "items": {"type": "integer", "minimum": 0}}}, "required": ["n"]}


@pytest.mark.skipif(not SCHEMAS, reason="jsonschema is not installed")
def test_schemas() -> None:
    asked = problem(schema=SCHEMA)
    assert Json()(asked, '{"n": [1, 2]}').right
    verdict = Json()(asked, '{"n": [1, -2]}')
    assert (verdict.label, verdict.stage) == ("wrong", "form") and verdict.reason.startswith("$.n[1]: -2 is less than")
    for bad in ({"type": 5}, {"$ref": "http://127.0.0.1:9/none.json"}, {"type": "string", "pattern": "("}):
        assert Json()(problem(schema=bad), '["x"]').label in ("undecided", "wrong")
        assert Json()(problem(schema={"items": bad}), '["x"]').label == "undecided"
    slow = {"items": {"pattern": "^(a+)+$"}}
    start = time.perf_counter()
    verdict = Json(seconds=1.0)(problem(schema=slow), json.dumps(["a" * 50 + "b"]))
    assert (verdict.label, verdict.stage) == ("undecided", "schema") and time.perf_counter() - start < 60


@pytest.mark.skipif(SCHEMAS, reason="jsonschema is installed")
def test_without_jsonschema_a_schema_is_undecided() -> None:
    verdict = Json()(problem(schema=SCHEMA), "[1]")
    assert (verdict.label, verdict.stage) == ("undecided", "schema") and "menolab[json]" in verdict.reason


@given(value=VALUES, other=VALUES)
@settings(max_examples=80, **quiet)
def test_equal_means_the_same_text_up_to_order(value: Any, other: Any) -> None:
    assert difference(value, read_json(json.dumps(value))) == ""
    assert (difference(value, other, unordered=True) == "") == (canonical(value) == canonical(other))
    assert not difference(value, other) or value != other or type(value) is not type(other) or isinstance(value, (list, dict))


@given(text=st.text(max_size=60) | st.lists(st.sampled_from(["{", "}", "[", "]", '"', ":", ",", "1", "```json\n", "\n```", "<answer>", "</answer>",
    "<think>", "\\", "\ud800", "1e9"]), max_size=25).map("".join))
@settings(max_examples=80, **quiet)
def test_any_text_gets_a_verdict(text: str) -> None:
    for verifier in (Json(), Json(unordered=True, strict=True)):
        assert verifier(problem({"a": [1]}), text).label in ("right", "wrong")


@pytest.mark.parametrize("piece", ["{", "[", '"', "\\", "```json\n", "```", "<answer>", "[1,", "\n"])
def test_long_text_does_not_hang(piece: str) -> None:
    start = time.process_time()
    for text in (piece * 200_000, f"<answer>{piece * (90_000 // len(piece))}</answer>"):
        assert Json()(problem([1]), text).label == "wrong"
    assert time.process_time() - start < 3.0


def test_threads_agree_and_it_saves() -> None:
    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(lambda n: Json()(problem([n]), f"[{n}]").right, range(100)))
    assert from_data(to_data(Json(unordered=True))) == Json(unordered=True)
    with pytest.raises(BadInput):
        Json(seconds=0.0)
