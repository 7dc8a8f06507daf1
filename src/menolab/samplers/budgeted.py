"""Prompts that ask for a length."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from menolab.engines.decoding import Decoding
from menolab.engines.engine import Engine
from menolab.errors import BadInput, check_range
from menolab.keys import Key
from menolab.records import Group, Problem
from menolab.samplers.independent import Independent
from menolab.samplers.sampler import Sampler, own_keys


@dataclass(frozen=True)
class Budgeted(Sampler):
    """G independent draws of every problem under a prompt that asks for n tokens, n uniform between two shares of the token limit, once a problem.

    Aggarwal and Welleck 2025 (L1), arXiv:2503.04697: n from 100 to 4000 under a limit of 4096. The rollouts are responses to that prompt, and the
    group says n, for the rewards. Evaluations ask for nothing.
    """

    paper = "arXiv:2503.04697"

    group: int = 8
    """G, rollouts a problem."""
    low: float = 0.025
    high: float = 0.975
    words: str = "\nThink for {tokens} tokens."
    """What is put behind the prompt."""

    def __post_init__(self) -> None:
        check_range("sampler.group", self.group, 1)
        check_range("sampler.low", self.low, 0.0, self.high)
        check_range("sampler.high", self.high, self.low, 1.0)
        check_words(self.words)

    def __call__(self, engine: Engine, problems: Sequence[Problem], decoding: Decoding, key: Key, progress: float = 0.0) -> list[Group]:
        low, high = (max(1, round(share * decoding.max_tokens)) for share in (self.low, self.high))
        asked = [own.fold("budget").random().randint(low, high) for own in own_keys(problems, key)]
        return draw_asking(Independent(self.group), engine, problems, asked, self.words, decoding, key)


def draw_asking(
    sampler: Sampler, engine: Engine, problems: Sequence[Problem], asked: Sequence[int], words: str, decoding: Decoding, key: Key
) -> list[Group]:
    """The sampler's groups under prompts that ask for so many tokens each."""
    worded = [replace(problem, prompt=problem.prompt + words.replace("{tokens}", str(n))) for problem, n in zip(problems, asked, strict=True)]
    groups = sampler(engine, worded, decoding, key)
    return [replace(group, problem=problem, asked=n) for group, problem, n in zip(groups, problems, asked, strict=True)]


def check_words(words: str) -> None:
    """Raise `BadInput` for a sentence that does not say how many tokens."""
    if "{tokens}" not in words:
        raise BadInput("sampler.words", words, "must say {tokens} where the number belongs")
