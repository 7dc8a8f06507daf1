"""Numbers and formulas, with or without units."""

from __future__ import annotations

from fractions import Fraction

from menolab.verifiers.math import numeric
from menolab.verifiers.math.match import Match, right, undecided, wrong
from menolab.verifiers.math.rules import Rules
from menolab.verifiers.math.symbolic import Finding, same, with_log_base
from menolab.verifiers.math.terms import E, Term, number, product, replace, show, symbol, variables, walk
from menolab.verifiers.math.units import Unit, read_unit


def quantities(gold: Term, answer: Term, rules: Rules) -> Match:
    """Numbers with or without units."""
    one, other = _measured(gold), _measured(answer)
    value, unit, name = one
    found, found_unit, found_name = other
    if unit is None and found_unit is None:
        return _scalars(value, found, rules)
    if unit is None or found_unit is None:
        return _one_unit(value, found, unit or found_unit, name or found_name, gold_has=unit is not None, rules=rules)
    if (unit.unspecified or found_unit.unspecified) and unit.power != found_unit.power:
        return wrong("units", f"the unit is {found_name}, not {name}")
    alike = unit.unknown <= found_unit.unknown or found_unit.unknown <= unit.unknown
    if unit.unspecified or found_unit.unspecified or (unit.unknown and found_unit.unknown and alike):
        return _scalars(value, found, rules)
    if (unit.unknown and found_unit.unknown) or (unit.unknown | found_unit.unknown and unit.dims != found_unit.dims):
        plain = _scalars(value, found, rules)
        return plain if plain.label == "wrong" else undecided(f"{found_name} may or may not be {name}")
    if unit.dims != found_unit.dims:
        return wrong("units", f"the unit is {found_name}, not {name}")
    if unit.factor == found_unit.factor:
        return _scalars(value, found, rules)
    if not rules.units_convert:
        return wrong("units", f"the unit is {found_name}, not {name}")
    return _scalars(_scaled(value, unit.factor), _scaled(found, found_unit.factor), rules)


def _scaled(term: Term, factor: Fraction) -> Term:
    return product(number(factor), term)


def _measured(term: Term) -> tuple[Term, Unit | None, str]:
    """Value, unit and the unit's name. Degrees that are not inside a function are a unit of the whole."""
    if term.head == "quantity":
        value, unit, name = _measured(term.args[0])
        return value, unit or read_unit(term.name), name or term.name
    if _degrees(term):
        return replace(term, _without_degrees), read_unit("degree"), "degree"
    return term, None, ""


def _without_degrees(node: Term) -> Term | None:
    if node.head == "degree":
        return node.args[0]
    return None if node.head in ("+", "*") else node


def _degrees(term: Term) -> bool:
    """Whether degree signs stand outside functions."""
    return term.head == "degree" or (term.head in ("+", "*") and any(_degrees(arg) for arg in term.args))


def _one_unit(gold: Term, answer: Term, unit: Unit | None, name: str, *, gold_has: bool, rules: Rules) -> Match:
    """A unit on one side only."""
    assert unit is not None
    kinds = dict(unit.dims)
    if kinds == {"percent": 1}:
        hundredth = Fraction(1, 100)
        readings = [(gold, answer)] if rules.percent_sign_may_be_missing else []
        if rules.percent_is_ratio:
            readings.append((_scaled(gold, hundredth), answer) if gold_has else (gold, _scaled(answer, hundredth)))
        return _any([_scalars(a, b, rules) for a, b in readings], "only one of them is in percent")
    if kinds == {"degree": 1}:
        readings = [(gold, answer)]
        if rules.degrees_are_radians:
            turn = Term("degree", (gold if gold_has else answer,))
            readings.append((turn, answer) if gold_has else (gold, turn))
        return _any([_scalars(a, b, rules) for a, b in readings], "another angle")
    if not rules.units_may_be_missing:
        return wrong("units", f"the unit {name} is missing" if gold_has else f"a unit, {name}, where none is wanted")
    return _scalars(gold, answer, rules)


def _any(found: list[Match], otherwise: str) -> Match:
    """The first right one, else an undecided one, else wrong."""
    for label in ("right", "undecided", "wrong"):
        for one in found:
            if one.label == label:
                return one
    return wrong("compare", otherwise)


def _scalars(gold: Term, answer: Term, rules: Rules) -> Match:
    """Two scalars, under each reading of a logarithm without a base that the rules allow."""
    if gold.value is not None and answer.value is not None:
        return _numbers(gold.value, answer.value, rules)
    if gold.head == "quantity" or answer.head == "quantity":
        return wrong("units", "two units")
    bases = [symbol("e"), number(10)] if rules.log_base_is_free else [None]
    if not any(node.head == "log" for term in (gold, answer) for node in walk(term)):
        bases = [E]
    return _any([found_by(_same(with_log_base(gold, base), with_log_base(answer, base), rules)) for base in bases], "not equal")


def _same(gold: Term, answer: Term, rules: Rules) -> Finding:
    found = same(gold, answer, seconds=rules.worker_seconds)
    if found.equal is not True and rules.tolerance and not variables(gold) and not variables(answer):
        close = numeric.near(gold, answer, rules.tolerance)
        if close is not None:
            return Finding(close, "tolerance", "within the tolerance" if close else "outside the tolerance")
    return found


def _numbers(gold: Fraction, answer: Fraction, rules: Rules) -> Match:
    if gold == answer:
        return right("exact", "equal")
    if rules.tolerance and abs(gold - answer) <= Fraction(rules.tolerance) * abs(gold):
        return right("tolerance", "within the tolerance")
    return wrong("exact", f"not equal: {show(number(answer))}, not {show(number(gold))}")


def found_by(finding: Finding) -> Match:
    if finding.equal is None:
        return undecided(finding.reason)
    return right(finding.stage, finding.reason) if finding.equal else wrong(finding.stage, finding.reason)
