"""Words, sentences and the like, counted. Every function is linear in the length of the text.

IFEval counts words with the regular expression ``\\w+``, and so do we. It counts sentences with nltk's Punkt model and words in capitals with nltk's
Treebank tokenizer; Punkt is a table of statistics that has to be downloaded, so both are rules here:

- A sentence ends at ``.``, ``!``, ``?`` or ``…`` (several in a row count once), with the closing quotes and brackets after it, where white space and then
  no small letter follows; and after every full stop, exclamation or question mark of Chinese and Hindi. A full stop after a known abbreviation (Mr.,
  e.g., U.S.), an initial or the number of a list's item ends none. What Punkt does differently: it learns abbreviations from the whole text, and takes
  one before a frequent sentence starter as an end.
  Headings and list items without a stop belong to the next sentence for both.
- A word in capitals is a token of the Treebank tokenizer (split at white space, brackets, double quotes, ``;@#$%&?!``, ``--``, commas and colons before
  no digit, and before 's, 'm, 'd, 'll, 're, 've, n't) that has capitals and no small letters; so "I", "U.S." and "A-B" are one each.
"""

from __future__ import annotations

import re

_WORD = re.compile(r"\w+")
_STOP = re.compile(r"[.!?…]+[\"'”’)\]}*_]*|[。！？।]+[”’」』）]*")
_OPENING = re.compile(r"\s*[\"'“‘(\[{*_]*")
_ABBREVIATIONS = frozenset((
    "mr", "mrs", "ms", "dr", "prof", "st", "sr", "jr", "capt", "lt", "col", "gen", "rev", "hon", "sen", "rep", "gov", "inc", "ltd", "co", "corp",
    "vs", "etc", "e.g", "i.e", "a.m", "p.m", "ph.d", "u.s", "u.k", "u.n", "cf", "fig", "eq", "no", "vol", "approx", "dept", "est", "jan", "feb",
    "mar", "apr", "jun", "jul", "aug", "sep", "sept", "oct", "nov", "dec", "mt", "ave", "blvd", "rd",
))  # fmt: skip
_NEVER_LAST = frozenset((
    "mr", "mrs", "ms", "dr", "prof", "st", "capt", "lt", "col", "gen", "rev", "hon", "sen", "rep", "gov", "e.g", "i.e", "vs", "cf", "fig", "eq",
))  # fmt: skip
"""Abbreviations that a name or an example follows: they end no sentence even before a capital."""
_CONTRACTED = re.compile(r"(?=n't\b)|(?='(?:s|m|d|ll|re|ve)\b)", re.IGNORECASE)
_CUTS = re.compile(r"[\s;@#$%&?!\[\](){}<>\"“”«»]+|--|[,:](?!\d)")


def words(text: str) -> int:
    """How many words there are, as IFEval counts them: runs of letters, digits and underscores."""
    return sum(1 for _ in _WORD.finditer(text))


def sentences(text: str) -> int:
    """How many sentences there are; what stands after the last stop is one."""
    count, begin = 0, 0
    for match in _STOP.finditer(text):
        if _ends(text, begin, match):
            count, begin = count + 1, match.end()
    return count + bool(text[begin:].strip())


def _ends(text: str, begin: int, stop: re.Match[str]) -> bool:
    sign, after = stop.group()[0], text[stop.end() : stop.end() + 1]
    if sign in "。！？।":
        return True
    if after and not after.isspace():
        return False
    following = _following(text, stop.end())
    if following.islower():
        return False
    if sign != "." or stop.group().startswith(".."):
        return True
    before = text[max(begin, stop.start() - 30) : stop.start()]
    word = before.split()[-1] if before and not before[-1].isspace() else ""
    last = word.lstrip("([{\"'“*_").casefold()
    if last in _NEVER_LAST or (len(last) == 1 and last.isalpha() and last != "i"):
        return False
    if last in _ABBREVIATIONS:
        return not following.isalpha()
    return not (last.isdigit() and len(last) <= 3 and _begins_line(text, stop.start() - len(word)))  # "1." of a list


def _following(text: str, at: int) -> str:
    """The first character after the white space at `at` and the quotes and brackets that open there."""
    match = _OPENING.match(text, at)
    return text[match.end() : match.end() + 1] if match else ""


def _begins_line(text: str, at: int) -> bool:
    head = text[max(0, at - 20) : at]
    return (at <= 20 or "\n" in head) and not head.rpartition("\n")[2].strip(" \t>*-")


def capital_words(text: str) -> int:
    """How many words are written in capitals."""
    return sum(token.isupper() for token in _CUTS.split(_CONTRACTED.sub(" ", text)))


def occurrences(text: str, phrase: str) -> int:
    """How often `phrase` stands in `text`, anywhere and in any case, not overlapping: "keep" is in "keeper", as for IFEval."""
    return sum(1 for _ in re.finditer(re.escape(phrase), text, re.IGNORECASE))


def bracketed(text: str) -> int:
    """How many ``[placeholders]`` there are: a bracket and the next that closes it, on one line."""
    return sum(_pairs(line) for line in text.split("\n"))


def _pairs(line: str) -> int:
    count, begin = 0, line.find("[")
    while begin >= 0 and (end := line.find("]", begin)) >= 0:
        count, begin = count + 1, line.find("[", end)
    return count


def highlights(text: str) -> int:
    """How many ``*highlighted*`` parts there are, as IFEval counts: parts between two asterisks on one line, and again those between two pairs of them.

    So ``**bold**`` counts once (its inside is not empty, the empty parts at its sides are none), and ``*italic*`` once.
    """
    single = sum(bool(match.group().strip("*").strip()) for match in re.finditer(r"\*[^\n*]*\*", text))
    double = sum(bool(match.group()[2:-2].strip()) for match in re.finditer(r"\*\*[^\n*]*\*\*", text))
    return single + double


def bullets(text: str) -> int:
    """How many lines are items of a Markdown list: they begin with one asterisk, or with a hyphen, after white space.

    An asterisk alone on its line is an item together with the next line, whatever that is, as for IFEval, whose expression takes the line's end for the
    sign after the asterisk; on the last line it is none.
    """
    lines = [line.lstrip() for line in text.split("\n")]
    found, taken = 0, False
    for place, line in enumerate(lines):
        alone = line == "*" and place + 1 < len(lines)
        starred = not taken and (alone or (line.startswith("*") and line[1:2] not in ("", "*")))
        found += starred or line.startswith("-")
        taken = starred and alone
    return found
