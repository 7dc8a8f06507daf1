"""Fenced blocks of Markdown."""

from __future__ import annotations

import re

_OPENS = re.compile(r"[ \t]*```")
_CLOSES = re.compile(r"[ \t]*```[ \t]*")


def fenced(text: str) -> list[str]:
    """The insides of the fenced blocks of `text`, in order, whatever language they name. A fence that was never closed is none.

    Line by line, so linear in the length: an expression that looks for the closing fence from every opening one is not.
    """
    found, body = [], None
    for line in text.split("\n"):
        if body is None:
            body = [] if _OPENS.match(line) else None
        elif _CLOSES.fullmatch(line):
            found.append("".join(f"{inner}\n" for inner in body))
            body = None
        else:
            body.append(line)
    return found
