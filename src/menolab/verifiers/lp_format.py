"""The LP format that solvers write, read into data.

The linear part of CPLEX's format, as Gurobi and HiGHS write it too: objective, ``Subject To``, ``Bounds``, ``General``, ``Binary``, ``End``; comments after
a backslash; ranges ``-5 <= x + y <= 10``. Beyond it a star between coefficient and name, and variables on the right side, are read. Not read: quadratic
parts, semi-continuous variables, special ordered sets, and a variable that is called as a section at the beginning of a line.
"""

from __future__ import annotations

import math
import re

from menolab.verifiers.linear_model import LARGEST, RELATIONS, LinearModel, Unreadable

_SECTION = re.compile(
    r"\s*(?:(?P<min>minimi[sz]e|minimum|min)|(?P<max>maximi[sz]e|maximum|max)|(?P<rows>subject\s+to|such\s+that|s\.t\.|st\.|st)|(?P<bounds>bounds?)"
    r"|(?P<integers>generals?|gen|integers?|int)|(?P<binaries>binary|binaries|bin)|(?P<end>end))(?=\s|:|$):?",
    re.IGNORECASE,
)
_TOKEN = re.compile(
    r"\s*(?:(?P<number>(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)|(?P<relation><=|>=|=<|=>|==|<|>|=)|(?P<sign>[+-])|(?P<colon>:)|(?P<star>\*)"
    r"|(?P<name>[A-Za-z_!\"#$%&(/.;?@'`{}|~][^\s+\-*^<>=:\\]*))"
)
_INFINITE = frozenset(("inf", "infinity"))
MAX_TEXT = 1_000_000

Token = tuple[str, str]
Statement = list[Token]


def looks_like_lp(text: str) -> bool:
    """Whether the first line that says anything is the sense of an objective."""
    for line in text.split("\n"):
        line = line.partition("\\")[0]
        if line.strip():
            match = _SECTION.match(line)
            return bool(match and match.lastgroup in ("min", "max") and not line[match.end() :].lstrip().startswith(("=", "(", ".", "[")))
    return False


def read_lp(text: str) -> LinearModel:
    """The model that an LP text writes.

    Raises:
        Unreadable: what is wrong, and with which line or token.
    """
    if len(text) > MAX_TEXT:
        raise Unreadable(f"longer than {MAX_TEXT} characters")
    sections = _sections(text)
    if not sections or sections[0][0] not in ("min", "max"):
        raise Unreadable("does not begin with Minimize or Maximize")
    model = LinearModel("max" if sections[0][0] == "max" else "min")
    for place, (name, tokens) in enumerate(sections):
        if name in ("min", "max"):
            if place:
                raise Unreadable("a second objective")
            _, tokens = _labelled(tokens)
            model.objective, model.constant = _sum(tokens)
        elif name == "rows":
            for statement in _row_statements(tokens):
                _row(model, statement)
        elif name == "bounds":
            for statement in _lines(tokens):
                _bound(model, statement)
        else:
            for kind, word in tokens:
                if kind != "name":
                    raise Unreadable(f"{word!r} among the names of {name}")
                model.integers.add(word)
                if name == "binaries":
                    model.bounds[word] = (0.0, 1.0)
    return model.checked()


def _sections(text: str) -> list[tuple[str, list[Token]]]:
    """The sections in order, each with its tokens. Rows and bounds keep a mark where a line ends, since their statements may end there."""
    found: list[tuple[str, list[Token]]] = []
    for line in text.split("\n"):
        line = line.partition("\\")[0]
        match = _SECTION.match(line)
        if match and match.lastgroup:
            if match.lastgroup == "end":
                break
            found.append((match.lastgroup, []))
            line = line[match.end() :]
        tokens = _tokens(line)
        if tokens and not found:
            raise Unreadable(f"{line.strip()[:60]!r} before the objective")
        if tokens:
            found[-1][1].extend([*tokens, ("line", "")] if found[-1][0] in ("rows", "bounds") else tokens)
    return found


def _tokens(line: str) -> list[Token]:
    tokens, at = [], 0
    line = line.rstrip()
    while at < len(line):
        match = _TOKEN.match(line, at)
        if match is None or match.lastgroup is None:
            raise Unreadable(f"cannot read {line[at:].strip()[:40]!r}")
        tokens.append((match.lastgroup, match.group(match.lastgroup)))
        at = match.end()
    return tokens


def _labelled(tokens: list[Token]) -> tuple[str, list[Token]]:
    return (tokens[0][1], tokens[2:]) if len(tokens) > 1 and tokens[0][0] == "name" and tokens[1][0] == "colon" else ("", tokens)


def _row_statements(tokens: list[Token]) -> list[Statement]:
    """Rows. One begins at a label, and on a line that does not go on with a sign or relation where the row before is whole."""
    found: list[Statement] = []
    related = False  # whether a relation stands in the last row: asked of its tokens for every line, a row of many lines would cost their square
    for line in _lines(tokens):
        starts = [place - 1 for place, (kind, _) in enumerate(line) if kind == "colon"]
        if any(place < 0 or line[place][0] != "name" for place in starts):
            raise Unreadable("a colon without a label before it")
        if starts[:1] != [0]:
            first = line[: starts[0]] if starts else line
            whole = related and found[-1][-1:] and found[-1][-1][0] in ("number", "name")
            if found and not (whole and first[0][0] in ("number", "name")):
                found[-1].extend(first)
                related = related or _related(first)
            else:
                found.append(first)
                related = _related(first)
        found += [line[begin + 2 : end] for begin, end in zip(starts, [*starts[1:], len(line)], strict=False)]
        related = _related(found[-1]) if starts else related
    return [statement for statement in found if statement]


def _related(statement: Statement) -> bool:
    return any(kind == "relation" for kind, _ in statement)


def _lines(tokens: list[Token]) -> list[Statement]:
    found: list[Statement] = [[]]
    for token in tokens:
        if token[0] == "line":
            found.append([])
        else:
            found[-1].append(token)
    return [statement for statement in found if statement]


def _split(statement: Statement) -> tuple[list[Statement], list[str]]:
    sides: list[Statement] = [[]]
    relations = []
    for token in statement:
        if token[0] == "relation":
            relations.append(RELATIONS[token[1]])
            sides.append([])
        else:
            sides[-1].append(token)
    return sides, relations


def _row(model: LinearModel, statement: Statement) -> None:
    sides, relations = _split(statement)
    if len(sides) == 2:
        (left, a), (right, b) = _sum(sides[0]), _sum(sides[1])
        for name, value in right.items():
            left[name] = left.get(name, 0.0) - value
        model.row(left, relations[0], b - a)
    elif len(sides) == 3 and relations[0] == relations[1] != "=":
        (empty, low), (terms, a), (also, high) = map(_sum, sides)
        if empty or also:
            raise Unreadable("a range has numbers at its ends")
        low, high = (low, high) if relations[0] == "<=" else (high, low)
        model.rows.append((terms, low - a, high - a))
    else:
        raise Unreadable(f"a row without one relation: {' '.join(word for _, word in statement)[:60]!r}")


def _bound(model: LinearModel, statement: Statement) -> None:
    words = [word for _, word in statement]
    if len(words) == 2 and words[1].lower() == "free":
        model.bounds[words[0]] = (-math.inf, math.inf)
        return
    sides, relations = _split(statement)
    names = [side[0][1] for side in sides if len(side) == 1 and side[0][0] == "name" and side[0][1].lower() not in _INFINITE]
    if len(names) != 1 or len(sides) not in (2, 3) or (len(sides) == 3 and sides[1] != [("name", names[0])]):
        raise Unreadable(f"no bound: {' '.join(words)[:60]!r}")
    name, place = names[0], next(place for place, side in enumerate(sides) if side and side[0][1] == names[0])
    low, high = model.bounds.get(name, (0.0, math.inf))
    for other, side in enumerate(sides):
        if other == place:
            continue
        value, relation = _end(side), relations[min(other, place)]
        at_least = relation == "=" or (relation == "<=") == (other < place)
        at_most = relation == "=" or (relation == "<=") == (other > place)
        low, high = (value if at_least else low), (value if at_most else high)
    model.bounds[name] = (low, high)


def _end(side: Statement) -> float:
    sign = -1.0 if side and side[0] == ("sign", "-") else 1.0
    rest = side[1:] if side and side[0][0] == "sign" else side
    if len(rest) == 1 and rest[0][1].lower() in _INFINITE:
        return sign * math.inf
    if len(rest) == 1 and rest[0][0] == "number":
        return sign * _value(rest[0][1])
    raise Unreadable(f"{' '.join(word for _, word in side)[:40]!r} is no bound")


def _sum(tokens: Statement) -> tuple[dict[str, float], float]:
    """The terms and the constant of a sum."""
    terms: dict[str, float] = {}
    constant, sign, coefficient, fresh = 0.0, 1.0, None, True
    for kind, word in tokens:
        if kind == "sign":
            if coefficient is not None:
                constant, coefficient = constant + sign * coefficient, None
                sign = 1.0
            elif not fresh:
                sign = 1.0
            sign, fresh = (-sign if word == "-" else sign), True
        elif kind == "number" and coefficient is None and fresh:
            coefficient = _value(word)
        elif kind == "star" and coefficient is not None:
            continue
        elif kind == "name" and (coefficient is not None or fresh):
            terms[word] = terms.get(word, 0.0) + sign * (1.0 if coefficient is None else coefficient)
            coefficient, sign, fresh = None, 1.0, False
        else:
            raise Unreadable(f"{word!r} where a term should begin or end")
    if coefficient is not None:
        constant += sign * coefficient
    return terms, constant


def _value(word: str) -> float:
    value = float(word)
    if value > LARGEST:
        if value >= 1e20:  # how solvers write infinity
            return math.inf
        raise Unreadable(f"{word} is larger than {LARGEST:g}")
    return value
