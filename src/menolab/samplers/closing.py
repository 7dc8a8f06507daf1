"""Going on from a response that has been cut: close its thought, let it answer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from menolab.engines.decoding import Decoding
from menolab.engines.engine import Engine
from menolab.keys import Key
from menolab.records import Request, Rollout


@dataclass(frozen=True)
class Begun:
    """A response up to where it is to go on."""

    prompt: tuple[int, ...]
    tokens: tuple[int, ...]
    logprobs: tuple[float, ...]
    key: Key
    """Of the rollout that it becomes."""
    sample: int
    limit: int
    """Most tokens that may follow."""
    drawn: int
    """How many of the tokens were drawn for it: none of those that it shares with another rollout, none that were put there."""


def closed(begun: Begun, closing: tuple[int, ...]) -> Begun:
    """The same with `closing` put behind it: tokens of the response that were not drawn, so that their probabilities are not known yet."""
    return replace(begun, tokens=begun.tokens + closing, logprobs=begun.logprobs + (float("nan"),) * len(closing))


def go_on(engine: Engine, begun: Sequence[Begun], decoding: Decoding) -> list[Rollout]:
    """The responses with what the engine draws behind them, each under a key of its own."""
    requests = [Request(b.prompt + b.tokens, b.key.fold("answer"), b.limit) for b in begun]
    rollouts = []
    for b, more in zip(begun, engine.generate(requests, decoding), strict=True):
        tokens, drawn = b.tokens + more.tokens, b.drawn + len(more.tokens)
        rollouts.append(Rollout(b.prompt, tokens, b.logprobs + more.logprobs, engine.decode(tokens), more.finish, b.sample, key=b.key, drawn=drawn))
    return rollouts


def place(tokens: Sequence[int], wanted: Sequence[int]) -> int | None:
    """Where `wanted` first stands in `tokens`."""
    span = len(wanted)
    return next((i for i in range(len(tokens) - span + 1) if tuple(tokens[i : i + span]) == tuple(wanted)), None)
