"""Fenced blocks of Markdown."""

from __future__ import annotations

import re

_OPENS = re.compile(r"[ \t]*```[ \t]*([\w+#.-]*)|.*[^`]```[ \t]*([\w+#.-]*)[ \t]*$")
_CLOSES = re.compile(r"[ \t]*```[ \t]*(?:<\|\w+\|>|</s>)?[ \t]*")
"""What ends a model's turn may stand behind the last fence."""


def fenced(text: str, languages: tuple[str, ...] = ()) -> list[str]:
    """The insides of the fenced blocks of `text`, in order. A fence that was never closed is none.

    An opening fence may stand behind words on its line; one that is closed on its line opens nothing. With `languages`, only blocks that name one of them.

    Line by line, so linear in the length: an expression that looks for the closing fence from every opening one is not.
    """
    found, body, wanted = [], None, False
    for line in text.split("\n"):
        if body is None:
            opens = _OPENS.match(line) if line.count("```") % 2 else None
            body = [] if opens else None
            wanted = opens is not None and (not languages or (opens[1] or opens[2] or "").lower() in languages)
        elif _CLOSES.fullmatch(line):
            found += ["".join(f"{inner}\n" for inner in body)] if wanted else []
            body = None
        else:
            body.append(line)
    return found
