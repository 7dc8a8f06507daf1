"""Answers in the form that is compared: chains resolved, approximations checked and dropped, plus-minus written out, names recognised."""

from __future__ import annotations

import re
from collections.abc import Callable
from fractions import Fraction
from itertools import pairwise

from menolab.verifiers.math import numeric, symbolic
from menolab.verifiers.math.match import Match, wrong
from menolab.verifiers.math.rules import Rules
from menolab.verifiers.math.terms import CONSTANTS, INFINITY, Term, negative, replace, show, variables, walk

Equal = Callable[[Term, Term], bool]
"""Whether two answers are equal, as the comparison itself sees it."""


def settle(term: Term, rules: Rules, equal: Equal) -> tuple[Term, Match | None]:
    """A whole answer in the form that is compared, or why it is refused: chains resolved, "≈ 2.83" checked and dropped, ± written out."""
    if term.head == "list":
        members, seen = [], []
        for member in term.args:
            settled, refused = settle(member, rules, equal)
            if refused is not None:
                return term, refused
            seen.append(settled)
        for member in _one_name(seen):
            members += member.args if member.head == "list" else (member,)
        return Term("list", tuple(members)), None
    if term.head == "*" and len(term.args) == 2 and term.args[0].head == "symbol" and term.args[1].head == "bracket":
        return term.args[1], None  # the point A(2, 3)
    if term.head == "relation":
        return _settle_relation(term, rules, equal)
    return _plus_minus(term), None


def _settle_relation(term: Term, rules: Rules, equal: Equal) -> tuple[Term, Match | None]:
    sides, signs = list(term.args), term.name.split()
    if "≈" in signs:
        at = signs.index("≈")
        exact, rough = sides[at], sides[at + 1]
        if len(signs) - at == 1 and not _simple_name(exact):
            if _near(exact, rough) is False:
                return term, wrong("parse", "what it says it is nearly equal to is another number")
            sides, signs = sides[:-1], signs[:-1]
        else:
            signs = ["=" if sign == "≈" else sign for sign in signs]
    if signs == ["∈"]:
        return sides[1], None
    if not signs:
        return _plus_minus(sides[0]), None
    if all(sign == "=" for sign in signs):
        return _settle_chain(sides, rules, equal)
    return Term("relation", tuple(sides), " ".join(signs)), None


def _settle_chain(sides: list[Term], rules: Rules, equal: Equal) -> tuple[Term, Match | None]:
    """x = value stays; a = b = c of values becomes its last if all are equal."""
    named = sides[0] if name_of(sides[0]) else None
    values = sides[1:] if named is not None else sides
    if len(values) > (1 if named is not None or not any(_open(value) for value in values) else 2):
        if not rules.chain_may_stand:
            return values[-1], wrong("parse", "a chain of equations where one value is wanted")
        for one, other in pairwise(values):
            if not equal(one, other):
                return values[-1], wrong("parse", f"a chain of unequal values: {show(one)} and {show(other)}")
        values = values[-1:]
    if named is None and len(values) == 1:
        return values[0], None
    result = Term("relation", (named, *values) if named is not None else tuple(values), "=")
    expanded = _plus_minus(result)
    return expanded, None


def _open(term: Term) -> bool:
    return bool(variables(term))


def _near(exact: Term, rough: Term) -> bool | None:
    """Whether the rough value is right to the last place it writes; None if that cannot be told."""
    rough = bare(rough)
    value = symbolic.value(rough)
    if value is None:
        return None
    place = Fraction(1)
    while (value / place).denominator != 1:
        place /= 10
        if place < Fraction(1, 10**40):
            return None
    while value and (value / (place * 10)).denominator == 1:
        place *= 10
    return numeric.within(bare(exact), rough, place)


def bare(term: Term) -> Term:
    """A term without its unit."""
    return term.args[0] if term.head == "quantity" else term


def _simple_name(term: Term) -> bool:
    return term.head == "symbol" and term.name not in CONSTANTS


def name_of(term: Term) -> str:
    """The name that an assignment gives a value to: x, or f(x) as "f"; empty if the term is no name."""
    if _simple_name(term):
        return term.name
    if term.head == "bracket" and all(_simple_name(arg) for arg in term.args):
        return ",".join(arg.name for arg in term.args)
    if term.head == "call" and all(arg.head == "symbol" for arg in term.args):
        return term.name
    if term.head == "call" and all(arg.head == "symbol" or arg.value is not None for arg in term.args):
        return show(term)  # f(3): the value at a point, which is not that at another
    if term.head == "*" and all(arg.head == "symbol" and len(arg.name) == 1 and arg.name.isupper() for arg in term.args):
        return "".join(arg.name for arg in term.args)  # the segment AB
    if term.head == "abs" and re.match("[A-Z]{2}|vec ", inside := name_of(term.args[0])):
        return f"|{inside}|"  # a length, while |x| = 3 leaves x open
    return ""


def assigned(term: Term) -> tuple[str, Term] | None:
    """Name and value of x = value."""
    if term.head != "relation" or term.name != "=":
        return None
    name = name_of(term.args[0])
    if name and name not in variables(term.args[1]):
        return name, term.args[1]
    reverse = name_of(term.args[1])
    if reverse and not _open(term.args[0]):
        return reverse, term.args[0]
    return None


def _one_name(members: list[Term]) -> list[Term]:
    """"n = 2, 5, 13" is three values of n: the name goes if only the first, or each, has it."""
    names = [assigned(member) for member in members]
    if names[0] is None or any(n is not None and n[0] != names[0][0] for n in names):
        return members
    if all(names) and members[0].args[0].head != "symbol":
        return members  # f(x) = x, f(x) = 2 - x: functions keep their name
    return [member if n is None else n[1] for member, n in zip(members, names, strict=True)]


def _plus_minus(term: Term) -> Term:
    """1 ± a as the list 1 + a, 1 - a. All signs of one item go together; ∓ is the opposite."""
    if not any(node.head == "pm" for node in walk(term)):
        return term
    if term.head in ("set", "list", "union"):
        members: list[Term] = []
        for member in term.args:
            expanded = _plus_minus(member)
            members += expanded.args if expanded.head == "list" else (expanded,)
        return Term(term.head, tuple(members))

    def choose(sign: str) -> Term:
        def change(node: Term) -> Term | None:
            if node.head != "pm":
                return None
            inner = replace(node.args[0], change)
            return inner if (node.name == "±") == (sign == "+") else negative(inner)

        return replace(term, change)

    return Term("list", (choose("+"), choose("-")))


def interval_of(relation: Term) -> Term | None:
    """The interval of 0 <= x < 1 or x > 5, and the two of x != 5; None if the relation describes none."""
    if relation.head != "relation":
        return None
    sides, signs = list(relation.args), relation.name.split()
    if signs == ["!="] and name_of(sides[0]) and not _open(sides[1]):
        return Term("union", (Term("bracket", (negative(INFINITY), sides[1]), "()"), Term("bracket", (sides[1], INFINITY), "()")))
    if all(sign[0] == ">" for sign in signs):
        sides, signs = sides[::-1], [sign.replace(">", "<") for sign in signs[::-1]]
    if not all(sign in ("<", "<=") for sign in signs):
        return None
    opening, closing = {"<": "(", "<=": "["}, {"<": ")", "<=": "]"}
    if len(sides) == 3 and not _open(sides[0]) and not _open(sides[2]) and (name_of(sides[1]) or len(variables(sides[1])) > 1):
        return Term("bracket", (sides[0], sides[2]), opening[signs[0]] + closing[signs[1]])
    if len(sides) == 2 and name_of(sides[0]) and not _open(sides[1]):
        return Term("bracket", (negative(INFINITY), sides[1]), "(" + closing[signs[0]])
    if len(sides) == 2 and name_of(sides[1]) and not _open(sides[0]):
        return Term("bracket", (sides[0], INFINITY), opening[signs[0]] + ")")
    return None
