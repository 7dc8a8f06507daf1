"""Rollouts that go on from a beginning: what is drawn, and the beginning as part of the response."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from menolab.engines.decoding import Decoding
from menolab.engines.engine import Engine
from menolab.keys import Key
from menolab.records import Group, Problem, Request, Rollout
from menolab.samplers.sampler import rollout

Tokens = tuple[int, ...]


def continued(
    engine: Engine, problems: Sequence[Problem], keys: Sequence[Key], starts: Sequence[Tokens], group: int, decoding: Decoding, *, within: bool = False
) -> list[Group]:
    """`group` draws of every problem after its start, which is then the beginning of the response.

    Args:
        keys: one a problem, from `own_keys`.
        starts: one a problem, which may be empty.
        within: the token limit holds for the whole response; otherwise for what is drawn.
    """
    requests = [
        Request(engine.encode(problem.prompt) + start, own.fold(sample), decoding.max_tokens - len(start) if within else None)
        for problem, own, start in zip(problems, keys, starts, strict=True)
        for sample in range(group)
    ]
    drawn = iter(zip(requests, engine.generate(requests, decoding), strict=True))
    groups = []
    for problem, start in zip(problems, starts, strict=True):
        rollouts = tuple(given(engine, rollout(engine, *next(drawn), sample), len(start)) for sample in range(group))
        groups.append(Group(problem, rollouts, decoding.max_tokens))
    return groups


def given(engine: Engine, drawn: Rollout, count: int) -> Rollout:
    """A rollout whose prompt's last `count` tokens move to the beginning of its response, as supplied ones of unknown probability."""
    if not count:
        return drawn
    tokens = drawn.prompt[-count:] + drawn.tokens
    logprobs = (float("nan"),) * count + drawn.logprobs
    return replace(drawn, prompt=drawn.prompt[:-count], tokens=tokens, logprobs=logprobs, text=engine.decode(tokens), given=count)
