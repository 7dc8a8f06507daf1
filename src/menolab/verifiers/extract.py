"""The final answer inside a response.

A response is ``<think>trace</think><answer>final</answer>``. Only what stands after the last ``</think>`` counts, and a thought that was never
closed has no answer: the last number of a cut-off thought is what the model was trying, not what it says.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from menolab.verifiers.plain import tidy, untyped

TAGS = THINK, END_THINK, ANSWER, END_ANSWER = "<think>", "</think>", "<answer>", "</answer>"

_HASHES = re.compile(r"^[ \t]*####[ \t]*(.*)$", re.MULTILINE)
_PHRASE = re.compile(
    r"\b(?:answer|correct (?:option|choice))\*{0,2}[ \t]?"
    r"(?:(?:to (?:the|this) (?:problem|question) )?(?:is|(?:w|sh)ould be|will be|must be)\b(?: (?:therefore|thus|then)\b)?|:|=)[ \t]?:?"
    r"|\banswers (?:are|:)|答案\*{0,2}[ \t]?[是为：:]{1,2}"
    r"|(?:^|\n)(?:#+ |\*\*)[A-Za-z ]{0,20}answer\*{0,2}[ \t]*(?=\n)", re.IGNORECASE,
)  # fmt: skip
_TAG = re.compile("|".join(TAGS))
_OPENING = re.compile(r"(?:[ \t\r\n*}]|\$\$(?=\s)|\\\[)*")
"""What may stand between "answer is" and the answer: line breaks and the beginning of a displayed formula."""
_REASON = re.compile(r",? (?:because|since|which)\b|,? as (?:desired|required|shown|expected|claimed|wanted)\b| \((?:as|see|since|because|which)\b")
_END_OF_TURN = re.compile(r"<\|(?:im_end|endoftext|eot_id|eom_id|end_of_text|end|return)\|>|</s>|<end_of_turn>|<｜end▁of▁sentence｜>")
"""What ends a model's turn in the chat formats of today; after it another turn, which nobody asked for, may follow."""
_SENTENCE_END = re.compile(r"[.!?](?=\s)|[。！？]")
_BOX = re.compile(r"\\(?:boxed|fbox)(?![A-Za-z])[ \t]?")
_EXAMPLE = re.compile(r"\b(?:e\.g\.|for example|for instance|in the format)[\s,:$]*$", re.IGNORECASE)
_FORMAT = re.compile(r"[\s$]*(?:is|as|shows) (?:(?:the|an?|my|your|required|requested|expected|answer|output) ){0,3}(?:format|example|form)\b", re.IGNORECASE)
_GIVEN_UP = re.compile(
    r"\b(?:I|we)\s+(?:can't|cannot|can\s+not|could\s+not|couldn't|am\s+unable\s+to|am\s+not\s+able\s+to)\s+(?:solve|answer|find|determine|finish)\b|\bI\s+(?:give\s+up|don't\s+know)\b",
    re.IGNORECASE,
)
_BRACE = re.compile(r"\\.|[{}]", re.DOTALL)
_BETWEEN = re.compile(
    r"(?:[\s,;$/.&*、，；或和]|\\[()\[\], ;]|\\q?quad|\\text\s*\{\s*"
    r"(?:,?\s*(?:and|or)\s*)\}|and|or|then|also|maybe|perhaps|possibly)*", re.IGNORECASE,
)  # fmt: skip
_MAX_BETWEEN = 40
"""Two answers this close together with only punctuation or "or" between them are a hedge, not a correction."""


@dataclass(frozen=True)
class Extraction:
    """The answer of a response, or why there is none."""

    answer: str | None
    reason: str


def response(trace: str, answer: str) -> str:
    """A response in the format of the house."""
    return f"{THINK}{trace}{END_THINK}{ANSWER}{answer}{END_ANSWER}"


def extract(text: str, *, strict: bool = False, boxes: bool = False, whole: bool = False, listed: bool = False) -> Extraction:
    r"""The answer of a response.

    After the thinking, and what follows the end of the model's turn, are cut off, the first of these that occurs decides: answer tags,
    ``\boxed{...}`` (or ``\fbox``) with balanced braces, ``#### x`` to the end of the line, "answer is x" / "answer: x" to the end of the sentence.
    Of several the last counts, since a model may correct itself, unless it stands side by side with a different one ("40, 41, 42"), which is no
    answer. An answer that was cut off
    (no closing tag or brace) is none either: its beginning may be another answer, and a box that shows the format or is followed by
    "I cannot solve it" is no answer. Linear in the length of the text.

    Args:
        strict: only answer tags count, and there must be exactly one pair.
        boxes: where `strict` finds no tags, boxes count too, if all hold the same.
        listed: different boxes side by side are one answer, the list of what they hold.
        whole: only answer tags count, and what stands in them is taken as it is, even where it holds a box or the words "answer is".
    """
    tail = _after_thinking(_END_OF_TURN.split(text, maxsplit=1)[0])
    if tail is None:
        return Extraction(None, "the thinking was not finished")
    if ANSWER in tail or END_ANSWER in tail:
        return _tagged(tail, strict, whole, listed)
    if strict and boxes:
        return _boxed(tail, one=True) if _BOX.search(tail) else Extraction(None, "neither <answer> tags nor a box")
    if strict or whole:
        return Extraction(None, "no <answer> tags")
    return _untagged(tail, listed) or Extraction(None, "no answer found")


def candidates(text: str) -> list[tuple[int, str]]:
    """All answers that a response states, in its thinking or after it, as (where it ends, answer) in the order of their ends; the last may be the final one.

    What counts is what `extract` reads: answer tags, whole boxes, "#### x" and "answer is x". An answer stated twice in one breath (a box in answer tags,
    "answer is" before a box) is one candidate. One of more than `_LONGEST` characters is none: answers that hold each other, as in "answer is answer is ...",
    are the square of the text together.
    """
    tagged = text[: text.rfind(END_ANSWER) + len(END_ANSWER)] if END_ANSWER in text else ""  # else every tag that is not closed is sought to the end
    found = [(m.end(), m.group(1).strip()) for m in re.finditer(rf"{ANSWER}(.*?){END_ANSWER}", tagged, re.DOTALL) if len(m.group(1)) <= _LONGEST]
    closing = _braces(text)
    boxes = [(m.end() + 1, closing[m.end()]) for m in _BOX.finditer(text) if m.end() in closing]
    found += [(end + 1, text[begin:end].strip()) for begin, end in boxes if end - begin <= _LONGEST]
    found += [(m.end(), tidy(m.group(1))) for m in _HASHES.finditer(text) if len(m.group(1)) <= _LONGEST]
    for match in _PHRASE.finditer(text):
        line = text[match.end() : match.end() + _LONGEST + 1].partition("\n")[0]
        said = _SENTENCE_END.split(_TAG.split(line, maxsplit=1)[0], maxsplit=1)[0]
        if len(said) <= _LONGEST:
            found.append((match.end() + len(said), tidy(said.lstrip(" \t\r*}"))))
    kept: list[tuple[int, str]] = []
    for end, answer in sorted(found, key=lambda span: (span[0], -len(span[1]))):
        again = kept and (answer in kept[-1][1] or kept[-1][1] in answer)
        if answer and not (again and end - kept[-1][0] <= _SAME_BREATH and END_THINK not in text[kept[-1][0] : end]):
            kept.append((end, answer))
    return kept


_LONGEST = 2000
_SAME_BREATH = 20
"""Characters between the ends of two statements of one answer: closing tags and brackets."""


def _after_thinking(text: str) -> str | None:
    tail = text.rpartition(END_THINK)[2]
    return None if THINK in tail else tail


def _tagged(tail: str, strict: bool, whole: bool, listed: bool) -> Extraction:
    pieces = re.findall(r"</?answer>", tail)
    if pieces[-1] == ANSWER:
        return Extraction(None, "the answer was cut off")
    if strict and pieces != [ANSWER, END_ANSWER]:
        return Extraction(None, f"{len(pieces)} answer tags where one pair is wanted")
    spans, begin = [], 0
    for match in re.finditer(END_ANSWER, tail):
        start = tail.rfind(ANSWER, begin, match.start())
        begin = match.end()
        if start >= 0:
            spans.append((start, tail[start + len(ANSWER) : match.start()].strip(), begin))
    if not spans:
        return Extraction(None, "</answer> without <answer>")
    chosen = _last(tail, spans)
    if strict or whole or chosen.answer is None:
        return chosen
    return _untagged(chosen.answer, listed) or chosen


def _untagged(text: str, listed: bool) -> Extraction | None:
    if _BOX.search(text):
        boxed = _boxed(text, listed=listed)
        return (_phrase(untyped(boxed.answer)) if boxed.answer else None) or boxed
    hashes = _HASHES.findall(text)
    return _found(hashes[-1], "####") if hashes else _phrase(text)


def _phrase(text: str) -> Extraction | None:
    matches = list(_PHRASE.finditer(text))
    if not matches:
        return None
    opening = _OPENING.match(text, matches[-1].end())
    line = text[opening.end() if opening else matches[-1].end() :].partition("\n")[0]
    end = _SENTENCE_END.search(line)
    if end and end.group() in "?？":
        return Extraction(None, "the answer is only asked for")
    said = _REASON.split(line[: end.start()] if end else line, maxsplit=1)[0]
    return _found(said, "the words \"answer is\"")


def _found(answer: str, after: str) -> Extraction:
    answer = tidy(answer)
    return Extraction(answer, f"after {after}") if answer else Extraction(None, f"nothing after {after}")


def _boxed(text: str, *, one: bool = False, listed: bool = False) -> Extraction:
    """The last box; with `one`, none where another holds something else; with `listed`, the list of those that stand beside it."""
    closing = _braces(text)
    spans, inside, cut_off = [], 0, False
    for match in _BOX.finditer(text):
        start = match.end()
        if match.start() < inside:  # a box within a box belongs to it
            continue
        cut_off = False
        if text[start : start + 1] != "{":  # "\\boxed 42": TeX takes one token, writers mean one word
            word = text[start : start + 100].split(maxsplit=1)
            answer, inside = (tidy(word[0].strip("$")), start + len(word[0])) if word else ("", start)
            spans.append((match.start(), answer, inside))
        elif start in closing:
            inside = closing[start] + 1
            spans.append((match.start(), text[start + 1 : closing[start]].strip(), inside))
        else:
            cut_off = True  # the last of the text, unless a whole one follows
    if cut_off:
        return Extraction(None, "the box was cut off")
    spans = [span for span in spans if not _shows_format(text, span[0], span[2])]
    if not spans:
        return Extraction(None, "the box only shows the format")
    if one and len({answer for _, answer, _ in spans}) > 1:
        return Extraction(None, "several boxes that differ")
    if _GIVEN_UP.search(text, spans[-1][2], spans[-1][2] + 400):
        return Extraction(None, "the writer takes the answer back")
    return _last(text, spans, listed=listed)


def _shows_format(text: str, start: int, end: int) -> bool:
    return bool(_EXAMPLE.search(text[max(0, start - 40) : start]) or _FORMAT.match(text, end, end + 80))


def _braces(text: str) -> dict[int, int]:
    """Opening brace -> closing brace. A brace after a backslash is a character, as in ``\\{1, 2\\}``."""
    pairs, still_open = {}, []
    for match in _BRACE.finditer(text):
        if match.group() == "{":
            still_open.append(match.start())
        elif match.group() == "}" and still_open:
            pairs[still_open.pop()] = match.start()
    return pairs


def _last(text: str, spans: list[tuple[int, str, int]], *, listed: bool = False) -> Extraction:
    """The last of the answers at `spans` (start, answer, end), unless a different one stands beside it; with `listed`, they are one answer."""
    answer, beside = spans[-1][1], [spans[-1][1]]
    for (_, other, end), (following, _, _) in zip(reversed(spans[:-1]), reversed(spans), strict=False):
        between = text[end:following]
        if len(between) > _MAX_BETWEEN or not _BETWEEN.fullmatch(between):
            break
        beside.append(other)
    if len(set(beside)) > 1:
        return Extraction(", ".join(beside[::-1]), "the boxes side by side") if listed else Extraction(None, "several different answers side by side")
    return Extraction(answer, "the answer") if answer else Extraction(None, "the answer is empty or was cut off")
