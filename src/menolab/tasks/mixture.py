"""Mixtures of demonstration styles: names and weights side by side, as a piece's fields hold them."""

from __future__ import annotations

import math
from collections.abc import Iterable

from menolab.errors import BadInput, unknown
from menolab.keys import Key


def check_mixture(styles: tuple[str, ...], weights: tuple[float, ...], known: Iterable[str]) -> None:
    """Raise `BadInput` unless `styles` are known names and `weights` as many finite non-negative numbers, not all zero."""
    known = list(known)
    for style in styles:
        if style not in known:
            raise unknown("styles", style, known)
    if len(weights) != len(styles) or not all(math.isfinite(w) and w >= 0 for w in weights) or sum(weights) <= 0:
        raise BadInput("weights", weights, f"give one weight >= 0 a style, not all zero; the styles are {', '.join(styles) or 'none'}")


def choose_style(styles: tuple[str, ...], weights: tuple[float, ...], key: Key) -> str:
    """One style, with probability proportional to its weight."""
    return key.random().choices(styles, weights)[0]
