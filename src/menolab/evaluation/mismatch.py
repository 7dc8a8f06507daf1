"""What makes two results incomparable, told from what they hold."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from menolab.evaluation.record import UNKNOWN
from menolab.evaluation.samples import Grid

SHOWN = 3


@dataclass(frozen=True)
class Mismatch:
    """One field in which two results differ."""

    field: str
    values: tuple[Any, Any]
    remedy: str
    said: str
    """The difference in words."""
    missing: bool = False
    """Whether it is that one result lacks what the other has."""


def mismatches(a: Grid, b: Grid, names: tuple[str, str] = ("A", "B")) -> list[Mismatch]:
    """What differs, the gravest first; empty if nothing does. What one of the two does not tell is not compared (`unchecked` says so)."""
    x, y = a.samples.record, b.samples.record
    found = []
    if x.task != y.task:
        found.append(_of("task", x.task, y.task, "evaluate both on the same task"))
    lacking = [[p for p in ours.problems if p not in theirs.problems] for ours, theirs in ((a, b), (b, a))]
    if any(lacking):
        said = "; ".join(f"{len(only)} only in {name} ({_some(only)})" for name, only in zip(names, lacking, strict=True) if only)
        sizes = (len(a.problems), len(b.problems))
        found.append(Mismatch("problems", sizes, f"evaluate both with the same --problems and --seed: {said}", said, missing=True))
    for field, column, remedy in (
        ("golds", "gold", "the right answers differ; judge both with the same"),
        ("prompts", "prompt", "the same problems were worded differently; evaluate both with the same task settings"),
    ):
        differing = _differing(a, b, column)
        if differing:
            said = f"of {len(differing)} problems: {_some(f'{p}: {_short(u)} against {_short(v)}' for p, u, v in differing)}"
            found.append(Mismatch(field, (len(differing), "problems"), f"{remedy}: {said}", said))
    if known(x.verifier) and known(y.verifier) and x.verifier != y.verifier:
        found.append(_of("verifier", x.verifier, y.verifier, "answers were judged by different rules; judge both with the same"))
    if x.decoding and y.decoding and dict(x.decoding) != dict(y.decoding):
        keys = sorted(name for name in {*x.decoding, *y.decoding} if x.decoding.get(name) != y.decoding.get(name))
        u, v = ({name: decoding.get(name) for name in keys} for decoding in (x.decoding, y.decoding))
        found.append(_of("decoding", u, v, "evaluate both with the same decoding options"))
    if a.order_PS.shape[1] != b.order_PS.shape[1]:
        u, v = a.order_PS.shape[1], b.order_PS.shape[1]
        found.append(Mismatch("samples", (u, v), "evaluate both with the same --samples", f"{u} of each problem against {v}", missing=True))
    return found


def unchecked(a: Grid, b: Grid, names: tuple[str, str] = ("A", "B")) -> list[str]:
    """What could not be compared, since one of the two does not tell it."""
    told = [
        {"prompts": _told(g, "prompt"), "golds": _told(g, "gold"), "verifier": known(g.samples.record.verifier), "decoding": bool(g.samples.record.decoding)}
        for g in (a, b)
    ]
    silent = {field: [name for name, has in zip(names, told, strict=True) if not has[field]] for field in told[0]}
    return [f"{field} not checked: {' and '.join(who)} {'does' if len(who) == 1 else 'do'} not tell" for field, who in silent.items() if who]


def known(verifier: str) -> bool:
    """Whether a record tells who judged."""
    return not verifier.startswith(UNKNOWN)


def _of(field: str, u: Any, v: Any, remedy: str) -> Mismatch:
    return Mismatch(field, (u, v), remedy, f"{u} against {v}")


def _told(g: Grid, column: str) -> bool:
    return not any(value is None for value in g.once(column))


def _differing(a: Grid, b: Grid, column: str) -> list[tuple[str, str, str]]:
    """The shared problems whose value differs, with both values."""
    ours, theirs = dict(zip(a.problems, a.once(column), strict=True)), _by_problem(b, column)
    return [(p, u, theirs[p]) for p, u in ours.items() if u is not None and theirs.get(p) is not None and u != theirs[p]]


def _by_problem(g: Grid, column: str) -> Mapping[str, Any]:
    return dict(zip(g.problems, np.asarray(g.once(column)), strict=True))


def _some(texts: Iterable[str]) -> str:
    found = list(texts)
    return ", ".join(found[:SHOWN]) + (", ..." if len(found) > SHOWN else "")


def _short(text: str) -> str:
    return repr(text if len(text) <= 40 else text[:37] + "...")
