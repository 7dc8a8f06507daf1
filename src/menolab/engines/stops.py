"""Stop strings, found in text that is still being written."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

REPLACEMENT = "\ufffd"
"""What decoders write for bytes that are not (yet) a character."""


class StopStrings:
    """Says which rows of a batch have just completed a stop string.

    Decoding every row at every step would dominate sampling. A token can only complete a stop string if its own text holds the string's last
    character (or is a part of a character, or the character is white space, which some decoders drop from a lone token); so a table over the
    vocabulary picks the few rows whose end has to be decoded.
    """

    def __init__(self, stops: Sequence[str], decode: Callable[[Sequence[int]], str], vocabulary: Sequence[str]):
        """`decode` gives the text of response tokens, `vocabulary` the text of each token alone."""
        self.stops, self.decode = tuple(stops), decode
        ends = {stop[-1] for stop in self.stops}
        every = any(end.isspace() for end in ends)
        self.closes_V = np.array([every or REPLACEMENT in text or any(end in text for end in ends) for text in vocabulary], dtype=bool)
        # A token holds at least one byte of text; twice that leaves space for tokens that decode to nothing.
        self.reach = 2 * max((len(stop.encode()) for stop in self.stops), default=0) + 8

    def hits(self, last_B: np.ndarray, tail: Callable[[int], Sequence[int]]) -> np.ndarray:
        """bool [B]: whether the token just drawn in each row completes a stop string.

        Args:
            last_B: the tokens just drawn.
            tail: gives the last `reach` response tokens of row b, the one just drawn included.
        """
        hit_B = np.zeros(len(last_B), dtype=bool)
        for b in np.flatnonzero(self.closes_V[last_B]):
            text = self.decode(tail(int(b)))
            hit_B[b] = any(stop in text for stop in self.stops)
        return hit_B
