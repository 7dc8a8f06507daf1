"""The constraints verifier: parallel lists, strict and loose, what is looked at."""

from __future__ import annotations

import importlib.util
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from menolab.errors import BadInput
from menolab.pieces import from_data, to_data
from menolab.records import Problem
from menolab.tasks.rows import jsonl_lines
from menolab.verifiers.constraints.kinds import KINDS
from menolab.verifiers.constraints.verifier import Constraints, spoken, variants

from .composed import compose
from .obedient import MAKERS, SPEAKING

DETECTS = importlib.util.find_spec("langdetect") is not None
NO_COMMA, TITLE = "punctuation:no_comma", "detectable_format:title"


def problem(*names: str, kwargs: list[dict[str, Any] | None] | None = None) -> Problem:
    return Problem("p", "t", "", "", facts={"instruction_id_list": list(names), "kwargs": kwargs or [{} for _ in names]})


def test_prompt_level_is_the_label_instruction_level_the_score() -> None:
    both = problem(NO_COMMA, TITLE)
    verdict = Constraints()(both, "<think>a, b</think><<Title>> text")
    assert (verdict.label, verdict.score, verdict.reason) == ("right", 1.0, "2 of 2 followed")
    verdict = Constraints()(both, "<<Title>> a, b")
    assert (verdict.label, verdict.score, verdict.stage) == ("wrong", 0.5, "constraints")
    assert verdict.reason == "1 of 2 followed; punctuation:no_comma: a comma"
    assert Constraints()(both, "a, b").score == 0.0
    assert verdict.extracted == "<<Title>> a, b"


def test_loose_takes_the_best_of_eight_texts() -> None:
    asked = problem(NO_COMMA, "startend:quotation")
    text = 'Sure, here it is:\n"*text*"\nHope, that helps'
    strict, loose = Constraints()(asked, text), Constraints(loose=True)(asked, text)
    assert (strict.label, strict.score, loose.label, loose.score) == ("wrong", 0.0, "right", 1.0)
    assert strict.reason.startswith("0 of 2 followed, 2 loosely;") and loose.reason == "0 of 2 followed, 2 loosely"
    assert Constraints(loose=True).strictly() == Constraints()
    assert variants("a*\nb\nc") == ("a*\nb\nc", "b\nc", "a*\nb", "b", "a\nb\nc", "b\nc", "a\nb", "b")
    assert Constraints(loose=True)(asked, "a, b").score == 0.0


def test_what_is_looked_at() -> None:
    assert spoken("<think>x</think>\n\nhi\n") == "hi"
    assert spoken("<think>x</think>\n<answer>\nhi </answer> more") == "hi "
    assert spoken("hi") == "hi"
    for cut_off in ("<think>x", "<answer>x", "<think>x</think><answer>x", "</answer><answer>x"):
        assert spoken(cut_off) is None
        assert Constraints()(problem(NO_COMMA), cut_off).stage == "extract"
    for empty in ("", " \n", "<answer></answer>"):
        assert Constraints()(problem(NO_COMMA), empty).label == "wrong", "an empty response follows nothing"
    assert Constraints()(problem(NO_COMMA), "x" * 300_000).stage == "extract"


BAD: list[tuple[dict[str, Any], str]] = [
    ({}, "needs instruction_id_list"), ({"instruction_id_list": []}, "no list of 1"), ({"instruction_id_list": "x"}, "no list of 1"),
    ({"instruction_id_list": [TITLE], "kwargs": []}, "as long as"), ({"instruction_id_list": [TITLE], "kwargs": {}}, "as long as"),
    ({"instruction_id_list": ["title"]}, "no constraint is called"), ({"instruction_id_list": [["x"]]}, "no constraint is called"),
    ({"instruction_id_list": [TITLE], "kwargs": ["x"]}, "no object"), ({"instruction_id_list": [TITLE], "kwargs": [{"n": 1}]}, "takes no n"),
    ({"instruction_id_list": [TITLE], "constraint_name": [TITLE]}, "not both"),
    ({"constraint_name": ["keywords:existence"], "constraint_args": [None]}, "needs keywords"),
    ({"constraint_name": ["keywords:existence"], "constraint_args": [{"keywords": [1]}]}, "a list of texts"),
    ({"constraint_name": ["keywords:existence"], "constraint_args": [{"keywords": "word"}]}, "a list of texts"),
    ({"constraint_name": ["keywords:frequency"], "constraint_args": [{"keyword": "a", "frequency": True, "relation": "at least"}]}, "whole number"),
    ({"constraint_name": ["keywords:frequency"], "constraint_args": [{"keyword": "a", "frequency": 1, "relation": "at most"}]}, "less than or at least"),
    ({"constraint_name": ["keywords:letter_frequency"], "constraint_args": [{"letter": "ab", "let_frequency": 1, "let_relation": "at least"}]},
        "one character"),
]  # fmt: skip


@pytest.mark.parametrize(("facts", "said"), BAD)
def test_constraints_that_cannot_be_read_are_undecided(facts: dict[str, Any], said: str) -> None:
    asked = Problem("p", "t", "", "", facts=facts)
    verdict = Constraints()(asked, "text")
    assert (verdict.label, verdict.stage) == ("undecided", "gold") and said in verdict.reason
    with pytest.raises(BadInput, match="line 3"):
        Constraints().check(asked, "line 3")


def test_nulls_are_absent_settings() -> None:
    kwargs = [{"keywords": None, "num_words": None, "relation": None}, {"keywords": ["a"], "num_words": None}]
    asked = problem(TITLE, "keywords:existence", kwargs=kwargs)
    Constraints().check(asked, "line 1")
    assert Constraints()(asked, "<<A>>").right


@pytest.mark.skipif(DETECTS, reason="langdetect is installed")
def test_without_langdetect_languages_are_undecided_and_the_rest_is_not() -> None:
    asked = problem("language:response_language", NO_COMMA, kwargs=[{"language": "en"}, {}])
    verdict = Constraints()(asked, "hello there")
    assert (verdict.label, verdict.stage) == ("undecided", "language") and "menolab[constraints]" in verdict.reason
    assert Constraints()(asked, "hello, there").label == "wrong"
    assert Constraints()(problem("change_case:english_capital"), "hello").label == "wrong", "small letters need no library"


def test_every_published_row(shared_data: Path) -> None:
    files = [shared_data / "ifeval" / "input_data.jsonl", *sorted((shared_data / "mathif").glob("*.jsonl"))]
    published = [row for file in files for _, row in jsonl_lines(file)]
    assert len(published) == 541 + 422
    verifier, hard, soft = Constraints(), 0, 0.0
    for row in published:
        asked = Problem(str(row.get("key", row.get("id"))), "t", row.get("prompt", ""), "", facts=row)
        verifier.check(asked, "row")
        names = row.get("instruction_id_list") or row["constraint_name"]
        given = row.get("kwargs") or row["constraint_args"]
        text = MAKERS[names[0]](given[0] or {}, True)
        verdict = verifier(asked, text)
        assert verdict.label != "undecided" or not DETECTS
        assert verdict.label != "right" or verdict.score == 1.0
        hard, soft = hard + verdict.right, soft + verdict.score
        if len(names) == 1 and (DETECTS or names[0] not in SPEAKING):
            assert verdict.right, (row, text)
            assert verifier(asked, MAKERS[names[0]](given[0] or {}, False)).label == "wrong"
    assert 0 < hard <= soft


def test_threads_agree() -> None:
    asked, texts = problem(NO_COMMA, TITLE), ["<<a>>", "a, b", "<think>"] * 20
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(lambda text: Constraints()(asked, text), texts)) == [Constraints()(asked, text) for text in texts]


def test_saves_and_loads() -> None:
    assert from_data(to_data(Constraints(loose=True))) == Constraints(loose=True)


SETTINGS = {
    "count": 2, "text": "P.S.", "letter": "#", "texts": ["a.b", "("], "relation": "at least",
}  # fmt: skip
EVERY = problem(*KINDS, kwargs=[{name: SETTINGS[form] for name, form in kind.settings} for kind in KINDS.values()])
PIECES = ["<think>", "</think>", "<answer>", "</answer>", "***", "******", "\n", "\n\n", "* a", "- b", "[x]", "<<t>>", '"', "P.S.", "```json", "{", "A",
    "b. ", ",", "Section 1", "ß", "\ud800", "\u2028"]


@given(text=st.one_of(st.text(max_size=80), st.lists(st.sampled_from(PIECES), max_size=20).map("".join)))
@settings(max_examples=150, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck))
def test_any_text_gets_a_verdict(text: str) -> None:
    for verifier in (Constraints(), Constraints(loose=True)):
        verdict = verifier(EVERY, text)
        assert verdict.label in ("right", "wrong", "undecided") and 0.0 <= verdict.score <= 1.0 and verdict.reason


@pytest.mark.parametrize("piece", ["<<", "<answer>", "[", "*", "***", "\n", "\"", "P.", "a ", "{", "\\b", "Section"])
def test_long_text_does_not_hang(piece: str) -> None:
    start = time.process_time()
    assert Constraints()(EVERY, piece * (190_000 // len(piece))).label in ("wrong", "undecided")
    assert time.process_time() - start < 6.0


def test_mathif_s_prompts_can_be_satisfied_but_for_four_that_repeat_a_comma(shared_data: Path) -> None:
    rows = [row for file in sorted((shared_data / "mathif").glob("*_*.jsonl")) for _, row in jsonl_lines(file)]
    assert len(rows) == 420
    contradictory, undecided = 0, 0
    for row in rows:
        verdict = Constraints()(Problem(row["id"], "t", "", "", facts=row), compose(row["constraint_name"], row["constraint_args"]))
        undecided += verdict.label == "undecided"
        if verdict.label == "wrong":
            contradictory += 1
            assert {"combination:repeat_prompt", "punctuation:no_comma"} <= set(row["constraint_name"]) and "," in row["question"], (row, verdict.reason)
    assert (undecided > 0) != DETECTS
    assert contradictory == 4
