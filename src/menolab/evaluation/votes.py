"""What a response votes with: one canonical spelling of its answer."""

from __future__ import annotations

import re
import unicodedata
from fractions import Fraction

from menolab.records import Verdict

RIGHT = "RIGHT:"
"""What the vote of a right answer begins with. Normalised texts hold no capitals."""


def vote(verdict: Verdict) -> str | None:
    """The canonical key a response votes with: its normalised answer, behind `RIGHT` if it is right, or None where no answer was found."""
    if verdict.extracted is None:
        return None
    text = normalise(verdict.extracted)
    return RIGHT + text if verdict.right else text or None


def normalise(answer: str) -> str:
    """One spelling for answers that differ in form only: case, spaces, dollar signs, a final full stop, 1,000 = 1000, 0.5 = 1/2 = 2/4."""
    text = re.sub(r"\s+", "", unicodedata.normalize("NFKC", answer)).casefold().replace("−", "-").replace("⁄", "/").strip("$").rstrip(".").strip("$")
    number = re.sub(r"(?<=\d),(?=\d{3}(?!\d))", "", text)
    if re.fullmatch(r"[+-]?(\d{1,40}(\.\d{0,40})?|\.\d{1,40})", number) or re.fullmatch(r"[+-]?\d{1,40}/0*[1-9]\d{0,39}", number):
        return str(Fraction(number))  # digits are bounded, so this is quick whatever the model wrote
    return text
