"""Words that show how a response goes about it: hedging, checking, turning back, joining sentences."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

MARKERS: Mapping[str, Sequence[str]] = {
    "hedging": (
        "perhaps", "maybe", "might", "possibly", "probably", "presumably", "likely", "could be", "seems", "seem to", "appears", "I think", "I guess",
        "I believe", "I suppose", "not sure", "unsure", "uncertain", "unclear", "roughly", "somehow",
    ),
    "verification": (
        "check", "checking", "double-check", "double check", "recheck", "verify", "verifying", "verified", "confirm", "make sure", "let me see if",
        "plug back", "substitute back", "sanity check", "does this work", "is this right",
    ),
    "backtracking": (
        "wait", "hold on", "hmm", "on second thought", "alternatively", "try again", "try another", "try a different", "start over", "go back", "instead",
        "that's wrong", "that is wrong", "that's not right", "that is not right", "doesn't work", "does not work", "made a mistake", "no",
    ),
    "discourse": (
        "therefore", "thus", "hence", "so", "because", "since", "first", "second", "next", "then", "finally", "moreover", "in addition", "in conclusion",
        "as a result", "consequently",
    ),
}  # fmt: skip
"""Lists of ours: those of the papers that count such words were not available to us, or are of single models."""

REFLECTION = ("recheck", "rethink", "try again", "check again", "reevaluate", "reevaluation", "re-evaluate", "re-examine")
"""Self-reflection keywords: the union over model families in analysis/eval_self_reflect.py of sail-sg/oat-zero, which uses three to eight a family."""

_WORD = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")


def places(phrases: Sequence[str], text: str) -> list[int]:
    """Where phrases occur as whole words, whatever their case; of overlapping ones the longest counts. Typographic apostrophes are plain ones."""
    longest = sorted(phrases, key=len, reverse=True)
    found = re.compile(rf"(?<![\w'-])(?:{'|'.join(map(re.escape, longest))})(?![\w'-])", re.IGNORECASE)
    return [match.start() for match in found.finditer(text.replace("’", "'"))]


def words(text: str) -> int:
    """How many words and numbers a text has."""
    return len(_WORD.findall(text))


def rate(phrases: Sequence[str], text: str) -> float:
    """Occurrences in a hundred words; 0 for a text without words."""
    count = words(text)
    return 100 * len(places(phrases, text)) / count if count else 0.0
