"""What verbs print: one JSON document for programs, rich text for people."""

from __future__ import annotations

import json
import sys
from functools import cache
from typing import TYPE_CHECKING, Any

from menolab.files import finite

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


def emit_json(data: Any) -> None:
    """Print one JSON document to standard output."""
    json.dump(finite(data), sys.stdout, indent=2, allow_nan=False, default=str)
    sys.stdout.write("\n")
