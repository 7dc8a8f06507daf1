r"""Other ways of writing one thing, each turned into the one that the parser reads: ``x**2``, 3.5 million, ``log2(3)``, ]2, 3[, 5万, 1011 base 2."""

from __future__ import annotations

import re

from menolab.verifiers.plain import untyped

_WIDE = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {ord("、"): ",", ord("。"): ".", ord("￥"): "¥", 0x3000: " "}
"""Full-width signs, digits and letters, and the points of Chinese."""
_JOINERS = re.compile(r"(?<![\u4e00-\u9fff])(?:(或者?)|(?:以及|和|与|及|且))(?![\u4e00-\u9fff])")
_TENS = {"hundred": 2, "thousand": 3, "lakh": 5, "million": 6, "crore": 7, "billion": 9, "trillion": 12, "万": 4, "亿": 8}
_LARGE = re.compile(
    r"(?<=[0-9])\s*(\\(?:text|mathrm|mbox)\s*\{\s*)?(hundred|thousand|lakh|million|crore|billion|trillion|万|亿)s?(?![A-Za-z])(\s*\})?", re.IGNORECASE
)
_BOLD = re.compile(r"(?<![\w)\]}])\*\*|\*\*(?![\w(\\{+-])")
"""Markdown's bold: it opens after no operand or closes before none. Between two operands ** is a power."""
_SPACED_GROUPS = re.compile(r"(?<![0-9.,A-Za-z}] )(?<![0-9.,A-Za-z])[1-9][0-9]{0,2}(?:(?: |~|\\ |\\:|\\;)[0-9]{3})+(?![0-9]|\s*[0-9/])")
_DOTTED = re.compile(r"(?<![0-9])([0-9]{0,20}\.[0-9]{0,6}?)(?:([0-9])\2{2,40}|([0-9]{2,3})\3{1,20})\s*(?:\.\.\.+|…|\\(?:[lc]?dots|dotsc)(?![A-Za-z]))")
_BASE = re.compile(
    r"(?<![0-9A-Za-z])([0-9]+)\s*(?:\\text\s*\{\s*)?(?:\(|in )?\s*base[ -]?\s*(?:\}\s*)?([0-9]+|two|three|eight|ten|sixteen)\b\)?\}?", re.IGNORECASE
)
_BASE_WORD = re.compile(r"_\s*\{?\s*(?:\\(?:text|mathrm)\s*\{\s*)?(two|three|four|five|six|seven|eight|nine|ten|twelve|sixteen)\s*\}{0,2}", re.IGNORECASE)
_COUNT = {"two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10, "twelve": 12, "sixteen": 16}
_LOG = re.compile(r"(?<![A-Za-z])\\?log_?(2|10)\s*(?=\()")
_JOINED = re.compile(r"(?<=[\])])\s*U\s*(?=[\[(])")
_OUTWARD = re.compile(r"(^|\\cup|\\in(?![a-z]))\s*([\[\]])([^\[\]()]*[,;][^\[\]()]*)([\[\]])\s*(?=$|\\cup)")
"""Intervals in the style of ]2, 3[."""
_PMATRIX = re.compile(r"\\([pb]?matrix)\s*\{([^{}]*(?:\{[^{}]*\}[^{}]*)*)\}")
_CR = re.compile(r"\\cr(?![A-Za-z])\s*$|\\cr(?![A-Za-z])")
_PMOD = re.compile(r"\\pmod\s*([0-9A-Za-z])(?![0-9A-Za-z])")
_LEADS = re.compile(r"^(?:\\(?:therefore|implies|Rightarrow|Longrightarrow)(?![A-Za-z])|[∴⇒]|=>)\s*")
_FONT = re.compile(
    r"\\(?:tiny|scriptsize|footnotesize|small|normalsize|large|Large|LARGE|huge|Huge|bfseries|itshape|checkmark|nonumber)(?![A-Za-z])"
    r"|\\(?:text)?color\s*(?:\[[^\]]*\])?\{[^{}]*\}|\\underline(?=\s*\{)|[✓✔✅]"
)
_COMBINATIONS = re.compile(r"(?<![A-Za-z\\])C(?:_\{?([0-9]+)\}?\s*\^\{?([0-9]+)\}?|\(\s*([0-9]+)\s*,\s*([0-9]+)\s*\))")
_LETTER_UNIT = re.compile(
    r"(?<=[0-9})])\s*((?:[msghLlNJWVK]|[kcm]?m|kg|ms|hr|Hz|kW|Pa|min)(?:\^\{?[23]\}?)?(?:/(?:s|h|hr|min|sec|kg|m|L|l)(?:\^\{?[23]\}?)?)?)$"
)
_ORDINAL = re.compile(
    r"(?<=[0-9])(?:\^?\\(?:text|mathrm|textrm)\s*\{(?:st|nd|rd|th)\}|\^\{(?:\\(?:text|mathrm|textrm)\s*\{(?:st|nd|rd|th)\}|(?:st|nd|rd|th))\})"
    r"|(?:(?<=1)st|(?<=2)nd|(?<=3)rd|(?<=[0-9])th)(?![A-Za-z])"
)
_TIMES = re.compile(r"(?<=[0-9]) ?[xX] ?(?=10 ?(?:\^|\*\*))")
_TO = re.compile(r"([0-9]+)\s*(?:\\text\s*\{\s*to\s*\}|to)\s*([0-9]+)")
"""A ratio: 3 to 5."""
_SET_OFF = r"(?:[,;(]|\s|~|\\[,;: ]|\\q?quad(?![a-z]))+"
_WHOLE_PARAMETER = re.compile(
    _SET_OFF + r"(?:(?:where|with|for) (?:(?:any|all|some|every|each) )?integers? \$?([a-zA-Z])"
    r"|(?:(?:where|with|for) )?(?:(?:any|all|some|every|each) )?\$?([a-zA-Z])\$?\s*"
    r"(?:\\in\s*(?:\\mathbb\s*\{?\s*Z\s*\}?|Z)|(?:is|are|be) (?:any |an? )?integers?))[ .)$]*$"
)
"""What says of a parameter that it is whole: ", k in Z", "for any integer k", "where k is an integer"."""
_FOR_ALL = re.compile(
    r"^(.*?\$?[a-zA-Z]\s*\(\s*([a-z])\s*\)\s*=.*?)" + _SET_OFF + r"(?:for (?:all|any|every|each)|\\forall)"
    r"(?: (?:real|rational|complex|positive|natural|whole|integers?|numbers?|values?|of|non-?negative|non-?zero))*[ $]*\2[ $]*"
    r"(?:\\in\s*\\mathbb\s*\{?[A-Z]\}?(?:[_^](?:\{[^{}]*\}|[+*0-9]))*)?[ .)$]*$"
)
"""f(x) = x for all x: the name of a function's argument says by itself that it stands for all values."""
_FRACTION_UNIT = re.compile(
    r"\s*\\[dt]?frac\{(?:\\(?:text|mathrm)\{)?~?\s*((?:k|c|m)?m|kg|g)\s*\}{1,2}\{(?:\\(?:text|mathrm)\{)?~?\s*(s|h|hr|min|m\^\{?[23]\}?|s\^\{?2\}?)\s*\}{1,2}$"
)


def plainly(text: str) -> str:
    """`text` with everything that has a plainer form in that form. What it means is left to the parser."""
    if not text.isascii():
        text = _JOINERS.sub(lambda m: " or " if m.group(1) else " and ", text.translate(_WIDE))
    if "\\" in text or not text.isascii():
        text = _FONT.sub("", text)
        text = _LEADS.sub("", text.lstrip(" $"))
        if "matrix" in text:
            text = _PMATRIX.sub(lambda m: rf"\begin{{{m.group(1)}}}{_rows(m.group(2))}\end{{{m.group(1)}}}", text)
        text = _PMOD.sub(r"\\pmod{\1}", text)
    if "+" in text:
        text = text.replace("+/-", r"\pm ")
    if "*" in text:
        text = _BOLD.sub(" ", text)
    if "." in text:
        text = _DOTTED.sub(lambda m: rf"{m.group(1)}\overline{{{m.group(2) or m.group(3)}}}", text)
    text = _SPACED_GROUPS.sub(lambda m: re.sub("[^0-9]", "", m.group()), text)
    text = _LARGE.sub(_power_of_ten, text)
    if " to" in text or "{to" in text:
        text = _TO.sub(r"\1:\2", text) if _TO.fullmatch(text) else text
    if any(mark in text for mark in ("\\in", "integer", "for ", "\\forall")):
        text = _unqualified(text)
    text = text.replace("per cent", "percent")
    if "log" in text:
        text = _LOG.sub(r"\\log_{\1}", text)
    if "ase" in text:
        text = _BASE.sub(lambda m: f"{m.group(1)}_{{{_COUNT.get(m.group(2).lower(), m.group(2))}}}", text)
    if "_" in text:
        text = _BASE_WORD.sub(lambda m: f"_{{{_COUNT[m.group(1).lower()]}}}", text)
    if "]" in text or "[" in text:
        text = _JOINED.sub(r"\\cup ", text)
        text = _OUTWARD.sub(_inward, text) if text.count("[") + text.count("]") > 1 else text
    return text


def _unqualified(text: str) -> str:
    """`text` without what it says of a whole parameter (k pi for integers k) or of a function's own argument."""
    said = " ".join(untyped(text).split())
    shorter = _FOR_ALL.sub(r"\1", said)
    found = _WHOLE_PARAMETER.search(shorter)
    if found and re.search(rf"(?<![A-Za-z\\]){found.group(1) or found.group(2)}(?![A-Za-z])", shorter[: found.start()]):
        shorter = shorter[: found.start()]
    return text if shorter == said else shorter


def _rows(content: str) -> str:
    return _CR.sub(lambda m: "" if m.group() != r"\cr" or m.end() == len(content) else r"\\", content)


def _power_of_ten(match: re.Match[str]) -> str:
    opened, word, closed = match.groups()
    power = rf" \times 10^{{{_TENS[word.lower()]}}}"
    return power + (opened.strip() if opened and not closed else "") + (closed if closed and not opened else "")


def _inward(match: re.Match[str]) -> str:
    before, opening, inside, closing = match.groups()
    if opening == "[" and closing == "]":
        return match.group()
    return f"{before} {'(' if opening == ']' else '['}{inside}{')' if closing == '[' else ']'} "


def constant_reading(text: str) -> str | None:
    r"""Another reading of an answer that is compared with a constant, where letters stand for no variables: units without markup after a number ("0.15 m",
    "15 m/s"), the ending of 12th, the x of 1.2 x 10^3, and binomial coefficients written C(5, 2) or C_5^2. None if there is none."""
    text = _FRACTION_UNIT.sub(r" \1/\2", text.rstrip(" .$"))
    again = _TIMES.sub(r" \\times ", _ORDINAL.sub("", text))
    again = _LETTER_UNIT.sub(r"\\text{ \1}", again)
    again = _COMBINATIONS.sub(_binomial, again)
    return again if again != text else None


def _binomial(match: re.Match[str]) -> str:
    n, k = match.group(1) or match.group(3), match.group(2) or match.group(4)
    return rf"\binom{{{n}}}{{{k}}}" if int(n[:6]) >= int(k[:6]) and int(n[:6]) > 1 else match.group()
