r"""Golds written otherwise, and golds with one digit changed: what a verifier must accept, and what it must not.

Metamorphic testing needs no labels: any list of gold answers audits any verifier.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator
from fractions import Fraction

from menolab.verifiers.math.numeric import Evaluator, Unevaluable
from menolab.verifiers.math.parser import parse
from menolab.verifiers.math.terms import Term, Unreadable, variables

_INTEGER = re.compile(r"-?[0-9]{1,15}")
_FRACTION = re.compile(r"(-?)\\[dt]?frac\s*\{(-?[0-9]{1,9})\}\s*\{([0-9]{1,9})\}")
_SURD = re.compile(r"(-?)\\[dt]?frac\{([0-9]*) ?(\\sqrt\{[0-9]+\})\}\{([0-9]+)\}")
_SIMPLE = re.compile(r"[^=<>,;:~&|]*")
_RELATION = re.compile(r"\\(?:le|ge|leq|geq|ne|neq|in|approx|cup|text|mbox|begin|pm|leqslant|geqslant)\b")


def rewrites(gold: str) -> Iterator[tuple[str, str]]:
    """(kind, text) for every way of writing `gold` otherwise that applies to it."""
    gold = gold.strip()
    try:
        term = parse(gold)
    except Unreadable:
        return
    seen = {gold}
    for name, rewrite in REWRITES.items():
        text = rewrite(gold, term)
        if text is not None and text not in seen:
            seen.add(text)
            yield name, text


def near_misses(gold: str, draw: random.Random) -> Iterator[str]:
    """`gold` with one digit changed to another, wherever that changes the number."""
    places = [m.start() for m in re.finditer(r"[0-9]", gold)]
    if not places:
        return
    at = draw.choice(places)
    digit = draw.choice([d for d in "123456789" if d != gold[at]])
    yield gold[:at] + digit + gold[at + 1 :]


# ---- the rewrites ----


def _scalar(gold: str, term: Term) -> bool:
    return bool(_SIMPLE.fullmatch(gold)) and not _RELATION.search(gold) and term.head in (
        "number", "symbol", "+", "*", "^", "root", "sin", "cos", "tan", "ln", "arcsin", "arccos", "arctan", "binom", "!",
    )  # fmt: skip


def _plain_number(gold: str, term: Term) -> bool:
    return bool(_INTEGER.fullmatch(gold)) and term.head == "number"


def _swap_order(gold: str, term: Term) -> str | None:
    if term.head != "list":
        return None
    parts = _split(gold.strip("$"), ",")
    plain = not any(mark in gold for mark in ("\\text", "dots", "="))
    return ", ".join(part.strip() for part in reversed(parts)) if len(parts) == len(term.args) and plain else None


def _split(text: str, mark: str) -> list[str]:
    """`text` cut at `mark` where no bracket or environment is open."""
    parts, depth, start = [], 0, 0
    for at, char in enumerate(text):
        escaped = at > 0 and text[at - 1] == "\\"
        depth += (char in "([{") - (char in ")]}")
        if char == mark and depth == 0 and not escaped:
            parts.append(text[start:at])
            start = at + 1
    return [*parts, text[start:]]


def _swap_sum(gold: str, term: Term) -> str | None:
    if term.head != "+" or not _scalar(gold, term):
        return None
    parts = _split(gold.strip("$."), "+")
    plain = len(parts) > 1 and "\\cup" not in gold and not any(part.strip().startswith("-") for part in parts)
    return "+".join(part.strip() for part in reversed(parts)) if plain else None


def _swap_sides(gold: str, term: Term) -> str | None:
    parts = gold.strip("$").split("=")
    equation = term.head == "relation" and term.name == "=" and len(parts) == 2 and "$" not in gold.strip("$")
    return f"{parts[1].strip()} = {parts[0].strip()}" if equation else None


def _swap_union(gold: str, term: Term) -> str | None:
    parts = gold.strip("$. ").split(r"\cup")
    plain = term.head == "union" and "in" not in gold.replace("infty", "") and len(parts) == len(term.args)
    return r" \cup ".join(part.strip() for part in reversed(parts)) if plain else None


def _doubled(gold: str, term: Term) -> str | None:
    match = _FRACTION.fullmatch(gold)
    return rf"{match.group(1)}\frac{{{2 * int(match.group(2))}}}{{{2 * int(match.group(3))}}}" if match and term.head == "number" else None


def _slash(gold: str, term: Term) -> str | None:
    match = _FRACTION.fullmatch(gold)
    if not match or term.head != "number" or (match.group(1) and match.group(2).startswith("-")):
        return None
    return f"{match.group(1)}{match.group(2)}/{match.group(3)}"


def _decimal(gold: str, term: Term) -> str | None:
    """The decimal of a fraction that ends."""
    if not _FRACTION.fullmatch(gold) or term.value is None:
        return None
    bottom, places = term.value.denominator, 0
    while bottom % 10 and places < 12:
        bottom, places = Fraction(bottom * 10, 1).numerator, places + 1
        if (term.value * 10**places).denominator == 1:
            return f"{float(term.value):.{places}f}" if places < 10 else None
    return None


def _approximated(gold: str, term: Term) -> str | None:
    if not _scalar(gold, term) or term.head == "number" or variables(term):
        return None
    try:
        evaluate = Evaluator(30, {}, real=True)
        value = evaluate(term)
        return rf"{gold.strip('$')} \approx {evaluate.context.nstr(value, 6)}" if evaluate.magnitude < 300 else None
    except Unevaluable:
        return None


def _surd(gold: str, term: Term) -> str | None:
    del term
    match = _SURD.fullmatch(gold)
    return rf"{match.group(1)}\frac{{{match.group(2) or 1}}}{{{match.group(4)}}}{match.group(3)}" if match else None


def _when(condition: Callable[[str, Term], bool], make: Callable[[str], str]) -> Callable[[str, Term], str | None]:
    return lambda gold, term: make(gold) if condition(gold, term) else None


def _holds(part: str) -> Callable[[str, Term], bool]:
    return lambda gold, term: part in gold


def _always(gold: str, term: Term) -> bool:
    return True


def _math(gold: str, term: Term) -> bool:
    return term.head != "text"


def _unworded(gold: str, term: Term) -> bool:
    return term.head != "text" and not any(mark in gold for mark in ("\\text", "\\mbox", "\\begin"))


def _unsized_brackets(gold: str, term: Term) -> bool:
    return "(" in gold and gold.count("(") == gold.count(")") and r"\left" not in gold and "\\(" not in gold


def _in_degrees(gold: str, term: Term) -> bool:
    return term.head == "degree" and bool(re.search(r"\^\{?\\circ\}?$", gold))


def _large(gold: str, term: Term) -> bool:
    return _plain_number(gold, term) and term.value is not None and abs(term.value) >= 1000 and not gold.lstrip("-").startswith("0")


REWRITES: dict[str, Callable[[str, Term], str | None]] = {
    "dfrac": _when(_holds(r"\frac"), lambda g: g.replace(r"\frac", r"\dfrac")),
    "tfrac": _when(_holds(r"\dfrac"), lambda g: g.replace(r"\dfrac", r"\tfrac")),
    "left right": _when(_unsized_brackets, lambda g: g.replace("(", r"\left(").replace(")", r"\right)")),
    "tight": _when(_unworded, lambda g: re.sub(r"(?<![A-Za-z0-9\\])(?<!e[+-]) (?!!)|(?<!e) (?![A-Za-z0-9\\])", "", g)),
    "wide": _when(_unworded, lambda g: re.sub(r"(?<=[0-9A-Za-z)}]) ?([+=]) ?(?=[0-9A-Za-z(\\])", r" \1 ", g)),
    "thin space": _when(lambda g, t: _scalar(g, t) and "+" in g, lambda g: g.replace("+", r"\,+\,")),
    "thousands": _when(_large, lambda g: f"{int(g):,}"),
    "thousands in braces": _when(_large, lambda g: f"{int(g):,}".replace(",", "{,}")),
    "thousands thin": _when(_large, lambda g: f"{int(g):,}".replace(",", r"\,")),
    "point zero": _when(_plain_number, lambda g: f"{g}.0"),
    "leading zero": _when(lambda g, t: _plain_number(g, t) and g[0] != "-", lambda g: f"0{g}"),
    "x =": _when(lambda g, t: _scalar(g, t) and "x" not in g and "$" not in g, lambda g: f"x = {g}"),
    "unit": _when(_plain_number, lambda g: rf"{g} \text{{ cm}}"),
    "unit in plain": _when(_plain_number, lambda g: f"{g} cm"),
    "counted": _when(_plain_number, lambda g: f"{g} apples"),
    "doubled fraction": _doubled,
    "slash": _slash,
    "decimal": _decimal,
    "order": _swap_order,
    "braces": lambda g, t: rf"\{{{g}\}}" if t.head == "list" and all(m.head == "number" for m in t.args) and "\\text" not in g and "$" not in g else None,
    "sum turned": _swap_sum,
    "sides turned": _swap_sides,
    "union turned": _swap_union,
    "approximated": _approximated,
    "surd": _surd,
    "root as power": _when(lambda g, t: _scalar(g, t) and bool(re.search(r"\\sqrt\{[0-9]+\}", g)), lambda g: re.sub(r"\\sqrt\{([0-9]+)\}", r"(\1)^{1/2}", g)),
    "times dot": _when(lambda g, t: _scalar(g, t) and bool(re.search(r"[0-9] ?\\sqrt", g)), lambda g: re.sub(r"([0-9]) ?\\sqrt", r"\1 \\cdot \\sqrt", g)),
    "unicode root": _when(lambda g, t: bool(re.search(r"\\sqrt\{[0-9]+\}", g)), lambda g: re.sub(r"\\sqrt\{([0-9]+)\}", r"√\1", g)),
    "unicode minus": _when(lambda g, t: "-" in g and "\\text" not in g, lambda g: g.replace("-", "−")),
    "unicode pi": _when(_holds(r"\pi"), lambda g: re.sub(r"\\pi(?![a-z]) ?", "π", g)),
    "degree sign": _when(_in_degrees, lambda g: re.sub(r"\^\{?\\circ\}?$", "°", g)),
    "degrees in words": _when(_in_degrees, lambda g: re.sub(r"\^\{?\\circ\}?$", r" \\text{ degrees}", g)),
    "degrees left out": _when(_in_degrees, lambda g: re.sub(r"\^\{?\\circ\}?$", "", g)),
    "percent in words": _when(lambda g, t: g.endswith(r"\%"), lambda g: g[:-2] + r" \text{ percent}"),
    "percent sign": _when(lambda g, t: g.endswith(r"\%"), lambda g: g[:-2] + "%"),
    "dollars left out": _when(lambda g, t: g.startswith(r"\$"), lambda g: g[2:].strip()),
    "dollars in words": _when(lambda g, t: g.startswith(r"\$") and "text" not in g, lambda g: g[2:].strip() + r" \text{ dollars}"),
    "square brackets of matrix": _when(_holds("pmatrix"), lambda g: g.replace("pmatrix", "bmatrix")),
    "text taken off": _when(lambda g, t: bool(re.fullmatch(r"\\text\{[^{}]*\}", g)), lambda g: g[6:-1]),
    "text put on": _when(lambda g, t: t.head == "text" and "\\" not in g and "$" not in g, lambda g: rf"\text{{{g}}}"),
    "text in capitals": _when(lambda g, t: t.head == "text" and "\\" not in g.replace("\\text{", ""), lambda g: g.upper().replace("\\TEXT", "\\text")),
    "dollar signs": _when(lambda g, t: "$" not in g, lambda g: f"${g}$"),
    "box": _when(_always, lambda g: rf"\boxed{{{g}}}"),
    "full stop": _when(lambda g, t: not g.endswith("."), lambda g: f"{g}."),
    "bold": _when(lambda g, t: not g.startswith("*"), lambda g: f"**{g}**"),
    "lead-in": _when(lambda g, t: "$" not in g, lambda g: rf"\text{{The answer is }} {g}"),
    "displaystyle": _when(_math, lambda g: rf"\displaystyle {g}"),
}  # fmt: skip
"""Kind -> a rewrite of a gold and its tree, None where it does not apply."""
