"""What a kind of constraint is: which settings it takes, and the check."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

RELATIONS = ("less than", "at least")
MAX_PHRASES = 1000


class Unreadable(ValueError):
    """The constraint cannot be checked as it is written down."""


@dataclass(frozen=True)
class Kind:
    """One kind of constraint."""

    check: Callable[..., str]
    """Called with a response and the settings; gives one clause on what is amiss, empty where the constraint is met."""
    settings: tuple[tuple[str, str], ...] = ()
    """Name and form of each: "count" (a whole number, not negative), "text", "letter" (one character), "texts" (a list), or "relation"."""

    def read(self, given: Mapping[str, Any] | None) -> dict[str, Any]:
        """The settings of one constraint. Those that are None count as absent: published rows hold None for what other kinds take.

        Raises:
            Unreadable: one is missing, of the wrong form, or not of this kind. IFEval's own code draws a missing one by lot.
        """
        if given is not None and not isinstance(given, Mapping):
            raise Unreadable("its settings are no object")
        given = {name: value for name, value in (given or {}).items() if value is not None}
        strange = given.keys() - {name for name, _ in self.settings}
        if strange:
            raise Unreadable(f"it takes no {sorted(map(str, strange))[0]}")
        for name, form in self.settings:
            if name not in given:
                raise Unreadable(f"it needs {name}")
            if not _FORMS[form][1](given[name]):
                raise Unreadable(f"{name} must be {_FORMS[form][0]}")
        return given


def _is_text(value: object) -> bool:
    return isinstance(value, str) and bool(value.strip())


_FORMS: dict[str, tuple[str, Callable[[Any], bool]]] = {
    "count": ("a whole number that is not negative", lambda value: isinstance(value, int) and not isinstance(value, bool) and value >= 0),
    "text": ("text", _is_text),
    "letter": ("one character", lambda value: _is_text(value) and len(value.strip()) == 1),
    "texts": ("a list of texts", lambda value: isinstance(value, (list, tuple)) and 0 < len(value) <= MAX_PHRASES and all(map(_is_text, value))),
    "relation": (" or ".join(RELATIONS), lambda value: value in RELATIONS),
}
