"""How a response's text is divided among its tokens, so that a number a token can be shown where the token stands."""

from __future__ import annotations

from collections.abc import Callable, Sequence


def widths(tokens: Sequence[int], text: str, decode: Callable[[Sequence[int]], str], alone: Callable[[int], str]) -> tuple[int, ...] | None:
    """Characters of `text` that each token wrote: they add up to all of it. None where the text does not divide so.

    A token that is not in the text (an end token) has width 0. Where tokens share a character, as bytes of one letter do, the last of them has it.

    Args:
        tokens: of the response; `text` is what `decode` makes of them all.
        decode: text of several tokens.
        alone: text of one token by itself; worth caching, since it is asked for every token.
    """
    found = [alone(token) for token in tokens]
    if "".join(found) != text:  # a character cut between tokens, or a tokenizer that writes a token otherwise where a text begins
        found = _in_turn(tokens, decode)
        joined = "".join(found)
        if not text.startswith(joined):
            return None
        if found:
            found[-1] += text[len(joined) :]  # the response ends within a character
        elif text:
            return None
    return tuple(map(len, found))


def _in_turn(tokens: Sequence[int], decode: Callable[[Sequence[int]], str]) -> list[str]:
    """What each token adds when it is decoded behind those before it; nothing while a character is unfinished."""
    found = [""] * len(tokens)
    start = read = 0  # tokens[start:read] are decoded again as context: no more is needed for how the next is written
    for i in range(len(tokens)):
        before, after = decode(tokens[start:read]), decode(tokens[start : i + 1])
        if len(after) > len(before) and not after.endswith("\ufffd"):
            found[i] = after[len(before) :]
            start, read = read, i + 1
    return found
