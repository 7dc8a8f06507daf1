"""Text without what typesetting adds."""

from __future__ import annotations

import re
import unicodedata

_TEXT = re.compile(r"\\(?:text|textbf|textit|mathrm|mathbf|mbox)\{([^{}]*)\}")


def tidy(answer: str) -> str:
    """`answer` without white space, marks of emphasis and the full stop around it."""
    return answer.strip().strip("*").strip().rstrip(".").strip().strip("*").strip()


def untyped(answer: str) -> str:
    r"""`answer` with ``\text{x}``, ``\textbf{x}`` and the like replaced by x."""
    return _TEXT.sub(r"\1", answer)


def plain(answer: str) -> str:
    """`answer` without dollar signs around it, ``\\text{}``, emphasis, runs of spaces and a final full stop.

    NFC, not NFKC: the latter makes a superscript two a two, so that x² would equal x2.
    """
    text = untyped(unicodedata.normalize("NFC", answer).strip())
    if len(text) > 1 and text[0] == text[-1] == "$":
        text = text.strip("$")
    return tidy(" ".join(text.split()))
