"""The 25 kinds of IFEval, by id; MathIF's 15 are among them, one under another name.

What each accepts was read in the authors' code (google-research, instruction_following_eval; TingchenFu/MathIF), which the docstrings follow, with these
differences:

- Keywords, section marks and postscript marks are taken as they are written; there they are regular expressions, in which the dot of "P.S.X" is any
  character and a bracket an error. No published row holds one for which that matters.
- Settings that are missing are an error; there they are drawn by lot. The same goes for a letter that is no letter: two rows of IFEval ask for at least
  four "#" and six "!"; here those are counted, there a letter drawn by lot is.
- Sentences and words in capitals are counted by rules (`counting`).
- A response in which nothing tells the language (digits alone) counts as in any language, as there.
"""

from __future__ import annotations

import json
import re

from menolab.verifiers.constraints.counting import bracketed, bullets, capital_words, highlights, occurrences, sentences, words
from menolab.verifiers.constraints.kind import Kind
from menolab.verifiers.constraints.language import language_of

OPTIONS = ("My answer is yes.", "My answer is no.", "My answer is maybe.")
_PARAGRAPH_END = frozenset(".,?!'\"")
_POSTSCRIPTS = {"P.P.S": re.compile(r"p\.\s?p\.\s?s"), "P.S.": re.compile(r"p\.\s?s\.")}


def _compare(found: int, relation: str, wanted: int, what: str) -> str:
    """Empty if `found` is less than, or at least, `wanted`."""
    met = found < wanted if relation == "less than" else found >= wanted
    return "" if met else f"{found} {what} where {relation} {wanted} are wanted"


def _at_least(found: int, wanted: int, what: str) -> str:
    return _compare(found, "at least", wanted, what)


def existence(text: str, keywords: list[str]) -> str:
    """Every keyword occurs, as part of a word too, in any case."""
    missing = [word for word in keywords if not occurrences(text, word.strip())]
    return f"{missing[0]!r} is missing" if missing else ""


def frequency(text: str, keyword: str, frequency: int, relation: str) -> str:
    """The keyword occurs less or at least so many times, as part of a word too, in any case."""
    return _compare(occurrences(text, keyword.strip()), relation, frequency, f"times {keyword.strip()!r}")


def forbidden_words(text: str, forbidden_words: list[str]) -> str:
    """No forbidden word occurs as a whole word, in any case."""
    found = [word for word in forbidden_words if re.search(rf"\b{re.escape(word)}\b", text, re.IGNORECASE)]
    return f"{found[0]!r} is forbidden" if found else ""


def letter_frequency(text: str, letter: str, let_frequency: int, let_relation: str) -> str:
    """The letter occurs less or at least so many times, in any case."""
    return _compare(text.lower().count(letter.strip().lower()), let_relation, let_frequency, f"times {letter.strip()!r}")


def response_language(text: str, language: str) -> str:
    """The response is in that language, as langdetect sees it."""
    found = language_of(text)
    return "" if found in (None, language) else f"in {found} where {language} is wanted"


def number_sentences(text: str, num_sentences: int, relation: str) -> str:
    """Less or at least so many sentences."""
    return _compare(sentences(text), relation, num_sentences, "sentences")


def number_words(text: str, num_words: int, relation: str) -> str:
    """Less or at least so many words."""
    return _compare(words(text), relation, num_words, "words")


def number_paragraphs(text: str, num_paragraphs: int) -> str:
    """Exactly so many paragraphs, with a line ``***`` between two; one at the beginning or end makes no empty paragraph, one in the middle does."""
    parts = text.split("***")
    if any(not part.strip() for part in parts[1:-1]):
        return "an empty paragraph"
    found = sum(bool(part.strip()) for part in parts)
    return "" if found == num_paragraphs else f"{found} paragraphs where {num_paragraphs} are wanted"


def nth_paragraph_first_word(text: str, num_paragraphs: int, nth_paragraph: int, first_word: str) -> str:
    """Exactly so many paragraphs, with an empty line between two, and the nth begins with that word."""
    parts = text.split("\n\n")
    found = sum(bool(part.strip()) for part in parts)
    if not 1 <= nth_paragraph <= found or not parts[nth_paragraph - 1].strip():
        return f"no paragraph {nth_paragraph}"
    token = parts[nth_paragraph - 1].split()[0].lstrip("'").lstrip('"')
    end = next((place for place, char in enumerate(token) if char in _PARAGRAPH_END), len(token))
    if token[:end].lower() != first_word.lower():
        return f"paragraph {nth_paragraph} begins with {token[:end][:40]!r}"
    return "" if found == num_paragraphs else f"{found} paragraphs where {num_paragraphs} are wanted"


def number_placeholders(text: str, num_placeholders: int) -> str:
    """At least so many ``[placeholders]``."""
    return _at_least(bracketed(text), num_placeholders, "placeholders")


def postscript(text: str, postscript_marker: str) -> str:
    """The postscript mark occurs, in any case; "P.S." and "P.P.S" also with a blank after a stop."""
    mark, text = postscript_marker.strip(), text.lower()
    found = _POSTSCRIPTS[mark].search(text) if mark in _POSTSCRIPTS else mark.lower() in text
    return "" if found else f"no postscript {mark!r}"


def number_bullet_lists(text: str, num_bullets: int) -> str:
    """Exactly so many items of Markdown lists."""
    found = bullets(text)
    return "" if found == num_bullets else f"{found} bullet points where {num_bullets} are wanted"


def constrained_response(text: str) -> str:
    """One of the three answers occurs."""
    return "" if any(option in text for option in OPTIONS) else "none of the options is given"


def number_highlighted_sections(text: str, num_highlights: int) -> str:
    """At least so many ``*highlighted*`` parts."""
    return _at_least(highlights(text), num_highlights, "highlighted parts")


def multiple_sections(text: str, section_spliter: str, num_sections: int) -> str:
    """At least so many section marks, each with a number after it."""
    marks = sum(1 for _ in re.finditer(rf"{re.escape(section_spliter.strip())}\s?\d+", text))
    return _at_least(marks, num_sections, "sections")


def json_format(text: str) -> str:
    """The whole response is JSON, perhaps in a fence."""
    text = text.strip()
    for opening in ("```json", "```Json", "```JSON", "```"):
        text = text.removeprefix(opening)
    try:
        json.loads(text.removesuffix("```").strip())
    except (ValueError, RecursionError):
        return "not JSON"
    return ""


def title(text: str) -> str:
    """There is a title in double angular brackets, on one line and not empty."""
    return "" if any(_titled(line) for line in text.split("\n")) else "no <<title>>"


def _titled(line: str) -> bool:
    """From the first ``<<`` to the last ``>>``, as IFEval's greedy expression takes it."""
    begin, end = line.find("<<"), line.rfind(">>")
    return 0 <= begin < end and bool(line[begin : end + 2].lstrip("<").rstrip(">").strip())


def two_responses(text: str) -> str:
    """Two different parts with ``******`` between them."""
    parts = text.split("******")
    if any(not part.strip() for part in parts[1:-1]):
        return "an empty response"
    found = [part.strip() for part in parts if part.strip()]
    if len(found) != 2:
        return f"{len(found)} responses where two are wanted"
    return "" if found[0] != found[1] else "twice the same response"


def repeat_prompt(text: str, prompt_to_repeat: str) -> str:
    """The response begins with the prompt, in any case."""
    return "" if text.strip().lower().startswith(prompt_to_repeat.strip().lower()) else "does not begin with the request"


def end_checker(text: str, end_phrase: str) -> str:
    """The response ends with the phrase, in any case; double quotation marks after it do not count."""
    return "" if text.strip().strip('"').lower().endswith(end_phrase.strip().lower()) else f"does not end with {end_phrase.strip()[:60]!r}"


def quotation(text: str) -> str:
    """The response is in double quotation marks."""
    text = text.strip()
    return "" if len(text) > 1 and text[0] == text[-1] == '"' else "not in double quotation marks"


def capital_word_frequency(text: str, capital_frequency: int, capital_relation: str) -> str:
    """Less or at least so many words in capitals."""
    return _compare(capital_words(text), capital_relation, capital_frequency, "words in capitals")


def english_capital(text: str) -> str:
    """English, all in capitals."""
    return response_language(text, "en") if text.isupper() else "not all in capitals"


def english_lowercase(text: str) -> str:
    """English, all in small letters."""
    return response_language(text, "en") if text.islower() else "not all in small letters"


def no_comma(text: str) -> str:
    """No comma."""
    return "a comma" if "," in text else ""


_NUMBER_WORDS = Kind(number_words, (("num_words", "count"), ("relation", "relation")))
KINDS: dict[str, Kind] = {
    "keywords:existence": Kind(existence, (("keywords", "texts"),)),
    "keywords:frequency": Kind(frequency, (("keyword", "text"), ("frequency", "count"), ("relation", "relation"))),
    "keywords:forbidden_words": Kind(forbidden_words, (("forbidden_words", "texts"),)),
    "keywords:letter_frequency": Kind(letter_frequency, (("letter", "letter"), ("let_frequency", "count"), ("let_relation", "relation"))),
    "language:response_language": Kind(response_language, (("language", "text"),)),
    "length_constraints:number_sentences": Kind(number_sentences, (("num_sentences", "count"), ("relation", "relation"))),
    "length_constraints:number_paragraphs": Kind(number_paragraphs, (("num_paragraphs", "count"),)),
    "length_constraints:number_words": _NUMBER_WORDS,
    "length_constraints:nth_paragraph_first_word": Kind(
        nth_paragraph_first_word, (("num_paragraphs", "count"), ("nth_paragraph", "count"), ("first_word", "text"))
    ),
    "detectable_content:number_placeholders": Kind(number_placeholders, (("num_placeholders", "count"),)),
    "detectable_content:postscript": Kind(postscript, (("postscript_marker", "text"),)),
    "detectable_format:number_bullet_lists": Kind(number_bullet_lists, (("num_bullets", "count"),)),
    "detectable_format:constrained_response": Kind(constrained_response),
    "detectable_format:number_highlighted_sections": Kind(number_highlighted_sections, (("num_highlights", "count"),)),
    "detectable_format:multiple_sections": Kind(multiple_sections, (("section_spliter", "text"), ("num_sections", "count"))),
    "detectable_format:json_format": Kind(json_format),
    "detectable_format:title": Kind(title),
    "combination:two_responses": Kind(two_responses),
    "combination:repeat_prompt": Kind(repeat_prompt, (("prompt_to_repeat", "text"),)),
    "startend:end_checker": Kind(end_checker, (("end_phrase", "text"),)),
    "startend:quotation": Kind(quotation),
    "change_case:capital_word_frequency": Kind(capital_word_frequency, (("capital_frequency", "count"), ("capital_relation", "relation"))),
    "change_case:english_capital": Kind(english_capital),
    "change_case:english_lowercase": Kind(english_lowercase),
    "punctuation:no_comma": Kind(no_comma),
}
MATHIF: dict[str, Kind] = {"length_constraint_checkers:number_words": _NUMBER_WORDS}
"""What MathIF calls otherwise."""
