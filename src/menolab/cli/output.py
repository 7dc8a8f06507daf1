"""What verbs print: one JSON document for programs, rich text for people."""

from __future__ import annotations

import json
import math
import sys
from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rich.console import Console


@cache
def console() -> Console:
    """Where human output goes: standard output."""
    from rich.console import Console

    return Console(highlight=False)


@cache
def progress_console() -> Console:
    """Where live progress goes: standard error."""
    from rich.console import Console

    return Console(stderr=True, highlight=False)


def finite(value: Any) -> Any:
    """`value` with NaN and infinities as None, since JSON has neither."""
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if isinstance(value, dict):
        return {k: finite(v) for k, v in value.items()}
    if isinstance(value, (list, tuple)):
        return [finite(v) for v in value]
    return value


def emit_json(data: Any) -> None:
    """Print one JSON document to standard output."""
    json.dump(finite(data), sys.stdout, indent=2, allow_nan=False, default=str)
    sys.stdout.write("\n")
