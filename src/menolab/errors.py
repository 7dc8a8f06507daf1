"""Errors that a user can act on: which field, what value, what to do."""

from __future__ import annotations

import difflib
import math
from collections.abc import Iterable


class BadInput(ValueError):
    """Something the user gave cannot be used. The command line prints it and exits with 2, before compute is spent."""

    def __init__(self, field: str, value: object, remedy: str):
        self.field, self.value, self.remedy = field, value, remedy
        shown = repr(value)
        super().__init__(f"{field} = {shown if len(shown) <= 200 else shown[:197] + '...'}: {remedy}")

    def __reduce__(self) -> tuple[type, tuple[str, object, str]]:
        """An exception is rebuilt from its message alone, which is not what this one is made from; a worker process hands it on."""
        return type(self), (self.field, self.value, self.remedy)


class RunFailed(RuntimeError):
    """A run that started could not go on. The command line prints it and exits with 1; the last good state is on disk."""


def unknown(field: str, value: str, known: Iterable[str]) -> BadInput:
    """The error for a name that is not among `known`, with the nearest names as the remedy."""
    known = sorted(known)
    near = difflib.get_close_matches(value, known, n=3, cutoff=0.5) or difflib.get_close_matches(
        value.lower(), [k.lower() for k in known], n=3, cutoff=0.5
    )
    hint = f"did you mean {' or '.join(near)}?" if near else f"known: {', '.join(known[:20])}{' ...' if len(known) > 20 else ''}"
    return BadInput(field, value, hint)


def check_range(field: str, value: float, low: float | None = None, high: float | None = None, *, open_low: bool = False) -> None:
    """Raise `BadInput` unless low <= value <= high (low < value with `open_low`). NaN and infinities never are: JSON has neither."""
    finite = not isinstance(value, float) or math.isfinite(value)
    if finite and (low is None or (value > low if open_low else value >= low)) and (high is None or value <= high):
        return
    left = "" if low is None else f"{'>' if open_low else '>='} {low}"
    right = "" if high is None else f"<= {high}"
    raise BadInput(field, value, f"must be {' and '.join(p for p in (left, right, '' if finite else 'finite') if p)}")
