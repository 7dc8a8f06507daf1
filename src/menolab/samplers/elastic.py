"""Separate budgets for thinking and answering."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from menolab.engines.decoding import Decoding
from menolab.engines.engine import Engine
from menolab.errors import BadInput, check_range
from menolab.keys import Key
from menolab.records import Group, Problem, Rollout
from menolab.samplers.closing import Begun, closed, go_on, place
from menolab.samplers.independent import Independent
from menolab.samplers.sampler import Sampler
from menolab.verifiers.extract import END_THINK


@dataclass(frozen=True)
class Elastic(Sampler):
    """G draws of every problem whose thought has t tokens and whose answer has s: a thought that is not closed in time is closed, and the answer follows.

    Xu et al. 2025 (Elastic Reasoning), arXiv:2505.05315, budget-constrained rollout: t and s are fixed small numbers (1K each in the paper); an answer is
    never cut off because the thinking was long. The closing tag counts among the t tokens; where it was put it is part of the response and learnt, with
    a probability that is scored before the update. A response that ends without a thought's end is left as it is. In two calls of the engine, as in the
    authors' code, because the answer's budget starts where the thought ends (`Budget` bounds the thought alone).
    """

    paper = "arXiv:2505.05315"

    group: int = 8
    think: float = 0.5
    """t, as a share of the token limit."""
    answer: float = 0.5
    """s, as a share of the token limit."""

    def __post_init__(self) -> None:
        check_range("sampler.group", self.group, 1)
        check_range("sampler.think", self.think, 0.0, 1.0, open_low=True)
        check_range("sampler.answer", self.answer, 0.0, 1.0, open_low=True)
        if self.think + self.answer > 1.0:
            raise BadInput("sampler.think", self.think, f"think and answer (now {self.answer}) share the token limit: together at most 1")

    def __call__(self, engine: Engine, problems: Sequence[Problem], decoding: Decoding, key: Key, progress: float = 0.0) -> list[Group]:
        end = engine.tokens(END_THINK)
        thinking, answering = (max(1, int(share * decoding.max_tokens)) for share in (self.think, self.answer))
        first = replace(decoding, max_tokens=max(1, thinking - len(end)), stop=(*decoding.stop, END_THINK))
        thoughts = Independent(self.group)(engine, problems, first, key)
        open_ = [r for group in thoughts for r in group.rollouts if _goes_on(r, end)]
        drawn = iter(go_on(engine, [_begun(r, end, answering) for r in open_], decoding))
        return [
            Group(group.problem, tuple(next(drawn) if _goes_on(r, end) else r for r in group.rollouts), decoding.max_tokens)
            for group in thoughts
        ]


def _goes_on(thought: Rollout, end: tuple[int, ...]) -> bool:
    """Whether an answer is still to come: the thought was closed, or ran out of budget."""
    return thought.truncated or place(thought.tokens, end) is not None


def _begun(thought: Rollout, end: tuple[int, ...], limit: int) -> Begun:
    assert thought.key is not None
    begun = Begun(thought.prompt, thought.tokens, thought.logprobs, thought.key, thought.sample, limit, len(thought.tokens))
    return begun if place(thought.tokens, end) is not None else closed(begun, end)
