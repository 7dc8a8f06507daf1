"""A linear or mixed-integer model as data: what a response may write down, and what the solver is given."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

MAX_VARIABLES, MAX_ROWS, MAX_TERMS = 2000, 2000, 50_000
LARGEST = 1e15
"""Largest coefficient; what is larger is refused, since no solver means anything by it."""
RELATIONS = {"<=": "<=", "=<": "<=", "<": "<=", ">=": ">=", "=>": ">=", ">": ">=", "=": "=", "==": "="}
"""As solvers read them: a strict inequality is a weak one."""


class Unreadable(ValueError):
    """The text is no model, or a larger one than is solved."""


@dataclass
class LinearModel:
    """Minimise or maximise a linear objective over rows low <= sum <= high; variables are named, and not negative where nothing else is said."""

    sense: Literal["min", "max"] = "min"
    objective: dict[str, float] = field(default_factory=dict)
    constant: float = 0.0
    rows: list[tuple[dict[str, float], float, float]] = field(default_factory=list)
    """Terms, low, high."""
    bounds: dict[str, tuple[float, float]] = field(default_factory=dict)
    integers: set[str] = field(default_factory=set)

    def variables(self) -> list[str]:
        """Every name, in the order of their first mention."""
        names = dict.fromkeys(self.objective)
        for terms, _, _ in self.rows:
            names |= dict.fromkeys(terms)
        return list(names | dict.fromkeys(self.bounds) | dict.fromkeys(sorted(self.integers)))

    def row(self, terms: Mapping[str, float], relation: str, bound: float) -> None:
        """Add terms <= bound, >= bound or = bound.

        Raises:
            Unreadable: no such relation.
        """
        if relation not in RELATIONS:
            raise Unreadable(f"no relation {relation!r}")
        kind = RELATIONS[relation]
        self.rows.append((dict(terms), -math.inf if kind == "<=" else bound, math.inf if kind == ">=" else bound))

    def checked(self) -> LinearModel:
        """This model.

        Raises:
            Unreadable: too large, without an objective's sense, or with a number that is none.
        """
        names = self.variables()
        count = len(self.objective) + sum(len(terms) for terms, _, _ in self.rows)
        if not names:
            raise Unreadable("no variables")
        if len(names) > MAX_VARIABLES or len(self.rows) > MAX_ROWS or count > MAX_TERMS:
            raise Unreadable(f"{len(names)} variables, {len(self.rows)} rows, {count} terms, where {MAX_VARIABLES}, {MAX_ROWS}, {MAX_TERMS} are the most")
        numbers = [self.constant, *self.objective.values(), *(value for terms, _, _ in self.rows for value in terms.values())]
        ends = [end for _, low, high in self.rows for end in (low, high)] + [end for pair in self.bounds.values() for end in pair]
        if not all(abs(value) <= LARGEST for value in numbers) or any(end != end or LARGEST < abs(end) < math.inf for end in ends):
            raise Unreadable(f"a number that is none, or larger than {LARGEST:g}")
        return self


def from_json(data: Any) -> LinearModel:
    """A model from JSON data::

        {"sense": "max", "objective": {"x": 3, "y": 2}, "constant": 0,
         "constraints": [{"terms": {"x": 1, "y": 1}, "relation": "<=", "bound": 4}],
         "variables": {"x": {"low": 0, "high": 10, "kind": "integer"}, "y": {"low": null}}}

    ``constant`` and ``variables`` may be left out; a ``low`` or ``high`` of null is none, an absent ``low`` is 0; ``kind`` is continuous, integer or binary.

    Raises:
        Unreadable: what is wrong with it.
    """
    if not isinstance(data, dict) or data.keys() - {"sense", "objective", "constant", "constraints", "variables"}:
        raise Unreadable("a model is an object of sense, objective, constant, constraints and variables")
    sense = {"min": "min", "minimize": "min", "minimise": "min", "max": "max", "maximize": "max", "maximise": "max"}.get(str(data.get("sense")).lower())
    if sense is None:
        raise Unreadable("sense must be min or max")
    model = LinearModel("max" if sense == "max" else "min", _terms(data.get("objective", {}), "objective"), _number(data.get("constant", 0), "constant"))
    for place, row in enumerate(_list(data.get("constraints", []), "constraints")):
        where = f"constraints[{place}]"
        if not isinstance(row, dict) or row.keys() != {"terms", "relation", "bound"}:
            raise Unreadable(f"{where} is not an object of terms, relation and bound")
        model.row(_terms(row["terms"], where), str(row["relation"]), _number(row["bound"], where))
    given = data.get("variables", {})
    if not isinstance(given, dict):
        raise Unreadable("variables is no object")
    for name, said in given.items():
        _declare(model, name, said)
    return model.checked()


def _declare(model: LinearModel, name: str, said: Any) -> None:
    where = f"variables.{name[:40]}"
    if not isinstance(said, dict) or said.keys() - {"low", "high", "kind"}:
        raise Unreadable(f"{where} is not an object of low, high and kind")
    kind, low, high = said.get("kind", "continuous"), said.get("low", 0), said.get("high", 1 if said.get("kind") == "binary" else None)
    if kind not in ("continuous", "integer", "binary"):
        raise Unreadable(f"{where}: kind must be continuous, integer or binary")
    if kind != "continuous":
        model.integers.add(name)
    model.bounds[name] = (-math.inf if low is None else _number(low, where), math.inf if high is None else _number(high, where))


def _list(value: Any, where: str) -> list[Any]:
    if not isinstance(value, list):
        raise Unreadable(f"{where} is no list")
    return value


def _terms(value: Any, where: str) -> dict[str, float]:
    if not isinstance(value, dict):
        raise Unreadable(f"{where}: terms are an object of name and coefficient")
    return {name: _number(coefficient, where) for name, coefficient in value.items()}


def _number(value: Any, where: str) -> float:
    if not isinstance(value, (int, float)) or isinstance(value, bool) or abs(value) > LARGEST:
        raise Unreadable(f"{where}: {str(value)[:40]!r} is no number")
    return float(value)
