r"""Answer text without what typesetting adds: spacing commands, sizes of brackets, dollar signs, Unicode signs, a box around the whole."""

from __future__ import annotations

import re
import unicodedata

from menolab.verifiers.math.notations import plainly
from menolab.verifiers.plain import tidy

_SIGNS = str.maketrans({
    "−": "-", "–": "-", "—": "-", "‐": "-", "‑": "-", "﹣": "-", "×": r"\times ", "·": r"\cdot ", "⋅": r"\cdot ", "∙": r"\cdot ", "∗": "*", "÷": "/",
    "∕": "/", "⁄": "/", "π": r"\pi ", "∞": r"\infty ", "≤": r"\le ", "≥": r"\ge ", "⩽": r"\le ", "⩾": r"\ge ", "≠": r"\ne ", "≈": r"\approx ",
    "∪": r"\cup ", "∩": r"\cap ", "∈": r"\in ", "±": r"\pm ", "∓": r"\mp ", "∅": r"\emptyset ", "…": r"\ldots ", "⋯": r"\ldots ", "′": "'",
    "θ": r"\theta ", "α": r"\alpha ", "β": r"\beta ", "γ": r"\gamma ", "λ": r"\lambda ", "μ": r"\mu ", "ω": r"\omega ", "φ": r"\phi ", "ϕ": r"\phi ",
    "⌊": r"\lfloor ", "⌋": r"\rfloor ", "⌈": r"\lceil ", "⌉": r"\rceil ", "⟨": r"\langle ", "⟩": r"\rangle ", "ℝ": r"\mathbb{R}", "°": r"^\circ ",
    "º": r"^\circ ", "˚": r"^\circ ",
    "“": '"', "”": '"', "’": "'", "‘": "'",
    "\u00a0": " ", "\u2009": r"\,", "\u202f": r"\,",
})  # fmt: skip
_FRACTION = re.compile("[\u00bc-\u00be\u2150-\u215e]")
_STYLED = re.compile("[\U0001d400-\U0001d7ff]")
"""Bold, italic and other letters and digits of mathematics that are characters of their own."""
_CONTROLS = {"\f": r"\f", "\b": r"\b", "\t": r"\t", "\r": r"\r"}
_UNESCAPED = re.compile("\f(?=rac)|\b(?=egin|oxed|inom|ar\\{)|\t(?=ext|imes|heta|frac|an )|\r(?=ight|ceil|floor)")
r"""The beginning of \frac, \begin, \text or \right, read as an escape by whoever decoded the text."""
_RAISED = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻ⁿ", "0123456789+-n")
_LOWERED = str.maketrans("₀₁₂₃₄₅₆₇₈₉", "0123456789")
_POWER = re.compile(r"[⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻ⁿ]+")
_INDEX = re.compile(r"[₀₁₂₃₄₅₆₇₈₉]+")
_UNICODE_ROOT = re.compile(r"([√∛∜])\s*(?:\(([^()]*)\)|([0-9]+(?:\.[0-9]+)?|[A-Za-z]))")
_ROOT_ORDER = {"√": r"\sqrt", "∛": r"\sqrt[3]", "∜": r"\sqrt[4]"}
_GROUPED = re.compile(r"(?<![0-9.,])[0-9]{1,3}(?:(?:\{,\}|, ?\\! ?|\\,|\\!)[0-9]{3})+(?![0-9])")
"""Digits in groups of three, set apart by marks that are no list commas. Plain commas are for the parser to judge."""
_NOISE = re.compile(
    r"\\(?:left|right|middle|big|Big|bigg|Bigg)(?:[lrm](?![A-Za-z]))?(?![a-z])\.?|\\(?:display|text|script)style(?![A-Za-z])|\\limits(?![A-Za-z])"
    r"|\\!|\\\(|\\\)|\\\[|\\\]|\\phantom\{[^{}]*\}|\\(?:hspace|vspace)\*?\{[^{}]*\}|\\tag\*?\{[^{}]*\}"
)
_SPACE = re.compile(r"\\[,;:> ]|~|\\(?:thinspace|enspace|nobreak|hfill)(?![A-Za-z])|\\q?quad|\s+")
_LINE_BREAK = re.compile(r"(\\\\)(\[[0-9.]+ ?(?:pt|em|ex|mm|cm)\])?")
_DOUBLED = re.compile(r"\\\\(?=[A-Za-z])")
"""A command escaped twice, as in text that went through JSON once too often."""
_HALF_OF_DAY = re.compile(r"\b([AaPp])\. ?[Mm]\.?")
_BOX = re.compile(r"(?:\\(?:boxed|fbox)\s*)?\{")
_LEAD = re.compile(
    r"^(\\(?:text|mbox|textbf)\{ ?)?(?:(?:so|thus|hence|therefore),? )?(?:the )?(?:(?:final|correct) )?(?:answer|solution|result)s?(?: is| are|:| =)+[: ]*"
    r"(?(1)\}) *|^(?:所以|因此|故|综上)?,? ?(?:本题|最终|正确)?的?答案(?:是|为|:)+ *",
    re.IGNORECASE,
)


def clean(text: str) -> str:
    r"""`text` on one line with plain signs: ``\left( 3, \frac{\pi}{2} \right)`` -> ``( 3, \frac{\pi}{2} )``; ``12,\!345`` -> ``12345``."""
    text = _UNESCAPED.sub(lambda m: _CONTROLS[m.group()], unicodedata.normalize("NFC", text))
    if not text.isascii():
        text = "".join(char for char in text if unicodedata.category(char) != "Cf")  # joiners, marks of direction: nothing that is seen
        text = _STYLED.sub(lambda m: unicodedata.normalize("NFKC", m.group()), text)
        text = _FRACTION.sub(lambda m: r"\frac{{{}}}{{{}}}".format(*unicodedata.normalize("NFKC", m.group()).split("\u2044")), text)
    text = plainly(text)
    if not text.isascii():
        text = _POWER.sub(lambda m: "^{" + m.group().translate(_RAISED) + "}", text)
        text = _INDEX.sub(lambda m: "_{" + m.group().translate(_LOWERED) + "}", text)
        text = _UNICODE_ROOT.sub(lambda m: f"{_ROOT_ORDER[m.group(1)]}{{{m.group(2) or m.group(3)}}}", text.translate(_SIGNS))
    text = tidy(text)
    if "\\" in text or "{" in text or "'" in text:
        text = _GROUPED.sub(lambda m: re.sub("[^0-9]", "", m.group()), text)
        text = _LINE_BREAK.sub(r"\\newrow ", text) if r"\begin" in text else _DOUBLED.sub(r"\\", text)
        text = text.replace(r"\$", "\\dollar ")
        text = _NOISE.sub("", text)
    text = _HALF_OF_DAY.sub(r"\1m", text)
    text = _SPACE.sub(" ", text.replace("$", " ").replace("`", " ")).strip()
    text = _unboxed(text)
    text = tidy(_unquoted(text.strip(" ,;")))
    return _unboxed(_LEAD.sub("", text).strip())


def _unquoted(text: str) -> str:
    """`text` without quotation marks around the whole of it."""
    quoted = len(text) > 2 and text[0] == text[-1] and text[0] in "\"'" and text.count(text[0]) == 2
    return text[1:-1].strip() if quoted else text


def _unboxed(text: str) -> str:
    """`text` without boxes and braces around the whole of it, however many (up to a few)."""
    for _ in range(4):
        match = _BOX.match(text)
        if not match or not text.endswith("}") or _closing(text, match.end() - 1) != len(text) - 1:
            break
        text = text[match.end() : -1].strip()
    return text


def _closing(text: str, opening: int) -> int:
    """Where the brace at `opening` closes; -1 if nowhere."""
    depth = 0
    for at in range(opening, len(text)):
        depth += {"{": 1, "}": -1}.get(text[at], 0) if text[at - 1] != "\\" else 0
        if depth == 0:
            return at
    return -1


_WRAPPER = re.compile(r"\\(?:text|textbf|textit|textrm|textnormal|mathrm|mathbf|mathit|mathsf|mbox|operatorname)\s*\{([^{}]*)\}")


def words(text: str) -> str:
    """What is left of an answer as words, for comparing texts: no markup, no brackets around it, one space between words, no final stop."""
    text = _WRAPPER.sub(r"\1", clean(text))
    text = text.replace(r"\dollar", "$").replace("{", "").replace("}", "").replace('"', "").replace("\\", "")
    text = " ".join(text.split()).strip(" .,;:!'")
    return text[1:-1].strip() if len(text) > 2 and text[0] == "(" and text[-1] == ")" and "(" not in text[1:-1] else text
