"""Every kind accepts what follows it and rejects what does not: hand-made pairs, and every setting of the published rows."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import Any

import pytest

from menolab.tasks.rows import jsonl_lines
from menolab.verifiers.constraints.kinds import KINDS, MATHIF

from .obedient import MAKERS, SPEAKING

DETECTS = importlib.util.find_spec("langdetect") is not None
PAIRS: list[tuple[str, dict[str, Any], tuple[str, ...], tuple[str, ...]]] = [
    ("keywords:existence", {"keywords": ["note", "a.b"]}, ("Noted: A.B",), ("note axb", "a.b")),
    ("keywords:frequency", {"keyword": "the ", "frequency": 2, "relation": "at least"}, ("The other",), ("the",)),
    ("keywords:frequency", {"keyword": "x", "frequency": 2, "relation": "less than"}, ("x y",), ("x X",)),
    ("keywords:forbidden_words", {"forbidden_words": ["he", "c++"]}, ("the c+", "c++"), ("so He, said",)),  # "\b" wants a letter beside the last plus
    ("keywords:letter_frequency", {"letter": "#", "let_frequency": 2, "let_relation": "at least"}, ("# a #",), ("#",)),
    ("keywords:letter_frequency", {"letter": "q", "let_frequency": 2, "let_relation": "less than"}, ("Qa",), ("qQ",)),
    ("length_constraints:number_sentences", {"num_sentences": 2, "relation": "at least"}, ("One. Two", "Oh! Yes?"), ("Mr. Fox", "3.14 is it.")),
    ("length_constraints:number_paragraphs", {"num_paragraphs": 2}, ("a\n***\nb", "***\na***b\n***"), ("a", "a\n***\n***\nb", "a\n\nb")),
    ("length_constraints:number_words", {"num_words": 3, "relation": "less than"}, ("well-known",), ("it's so", "a well-known")),
    (
        "length_constraints:nth_paragraph_first_word", {"num_paragraphs": 2, "nth_paragraph": 2, "first_word": "It"},
        ("a\n\nit's b", 'a\n\n"It, b'), ("a\n\nb", "it\n\nit\n\nit", "a", "a\n\n\n\nit"),
    ),
    ("length_constraints:nth_paragraph_first_word", {"num_paragraphs": 1, "nth_paragraph": 0, "first_word": "a"}, (), ("a",)),
    ("detectable_content:number_placeholders", {"num_placeholders": 2}, ("[a] [b]", "[[a][b]"), ("[a", "[a\n]", "[a] b]")),
    ("detectable_content:postscript", {"postscript_marker": "P.P.S"}, ("p. p. s. x", "P.P.S x"), ("P.S. x", "PPS")),
    ("detectable_content:postscript", {"postscript_marker": "N.B."}, ("so\nn.b. x",), ("n0b0",)),
    ("detectable_format:number_bullet_lists", {"num_bullets": 2}, ("* a\n  - b", "- a\n**bold**\n-b"), ("* a", "* a\n* b\n---")),
    ("detectable_format:constrained_response", {}, ("Well: My answer is no.",), ("My answer is no", "my answer is no.")),
    ("detectable_format:number_highlighted_sections", {"num_highlights": 2}, ("*a* and *b*", "**a** and *b*"), ("*a*", "*a* * *", "*a\nb* *c*")),
    ("detectable_format:multiple_sections", {"section_spliter": "Day", "num_sections": 2}, ("Day 1 x Day2 y",), ("Day 1", "Day one, Day two", "DAY 1 DAY 2")),
    ("detectable_format:json_format", {}, ('{"a": NaN}', "```\n[1]\n```", "3"), ("x", "", "[1] so", "[" * 100_000, "```json\n[1]```!")),
    ("detectable_format:title", {}, ("<<a>>", "x <<<b>> y"), ("<<>>", "<<<>>>", "<<a\n>>", "<a>", ">>a<<")),
    ("combination:two_responses", {}, ("a******b", "******\na\n******\nb\n******"), ("a", "a******a ", "a******b******c", "a************b")),
    ("combination:repeat_prompt", {"prompt_to_repeat": "Do it. "}, ("\ndo it. Done",), ("Well, do it.", "do it")),
    ("startend:end_checker", {"end_phrase": "The End"}, ('so the end"',), ("the end.", 'the end "')),
    ("startend:quotation", {}, ('"a"', '\n"" '), ('"', "“a”", '"a" b')),
    ("change_case:capital_word_frequency", {"capital_frequency": 2, "capital_relation": "at least"}, ("I am NASA's", "(A) B-C", "I'm 3D"), ("I am 42",
        "iPhone A")),
    ("change_case:capital_word_frequency", {"capital_frequency": 1, "capital_relation": "less than"}, ("no 5",), ("A",)),
    ("punctuation:no_comma", {}, ("a; b、c",), ("1,000",)),
    ("change_case:english_capital", {}, (), ("The", "123", "ß")),
    ("change_case:english_lowercase", {}, (), ("the A", "123")),
]  # fmt: skip


@pytest.mark.parametrize(("name", "settings", "follow", "break_"), PAIRS)
def test_pairs(name: str, settings: dict[str, Any], follow: tuple[str, ...], break_: tuple[str, ...]) -> None:
    kind = KINDS[name]
    for text in follow:
        assert kind.check(text, **kind.read(settings)) == "", text
    for text in break_:
        assert kind.check(text, **kind.read(settings)), text


def test_every_kind_has_a_pair() -> None:
    assert {name for name, *_ in PAIRS} | set(SPEAKING) == set(KINDS) and len(KINDS) == 25


@pytest.mark.skipif(not DETECTS, reason="langdetect is not installed")
@pytest.mark.parametrize("name", SPEAKING)
def test_languages(name: str) -> None:
    from .obedient import GREETINGS

    kind = KINDS[name]
    for language in GREETINGS if name == "language:response_language" else [""]:
        if language == "zh":
            continue  # langdetect says zh-cn, as it does for IFEval
        settings = {"language": language} if language else {}
        assert kind.check(MAKERS[name](settings, True), **settings) == "", language
        assert kind.check(MAKERS[name](settings, False), **settings), language
    assert KINDS["language:response_language"].check("42 + 1", language="fr") == "", "nothing tells"


def rows(shared_data: Path) -> list[tuple[str, dict[str, Any] | None]]:
    found = [pair for _, row in jsonl_lines(shared_data / "ifeval" / "input_data.jsonl") for pair in zip(row["instruction_id_list"], row["kwargs"],
        strict=True)]
    assert len(found) == 834
    for file in sorted((shared_data / "mathif").glob("*.jsonl")):
        found += [pair for _, row in jsonl_lines(file) for pair in zip(row["constraint_name"], row["constraint_args"], strict=True)]
    assert len(found) == 834 + 842
    return found


def test_every_published_setting_can_be_followed_and_broken(shared_data: Path) -> None:
    seen = set()
    for name, given in rows(shared_data):
        kind = KINDS.get(name) or MATHIF[name]
        settings = kind.read({**(given or {}), "unused": None})
        seen.add(name)
        if name in SPEAKING and not DETECTS:
            continue
        follow, break_ = MAKERS[name](settings, True), MAKERS[name](settings, False)
        assert kind.check(follow, **settings) == "", (name, given, follow)
        assert kind.check(break_, **settings), (name, given, break_)
    assert seen == {*KINDS, *MATHIF}
