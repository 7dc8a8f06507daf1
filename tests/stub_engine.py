"""Engines that say what a test wants, one character a token."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from menolab.engines.decoding import Decoding
from menolab.engines.engine import Engine
from menolab.engines.steering import Free, Steering
from menolab.keys import Key
from menolab.records import Completion, Group, Problem, Request, Rollout, Verdict, right, wrong

KEY = Key.root(0)


def _says_nothing(prompt: str, key: Key) -> str:
    return ""


def _undecided(prompt: str, text: str) -> float:
    return 0.0


@dataclass
class Stub(Engine):
    """`says(prompt, key)` is what it writes, `likes(prompt, text)` the log-probability of a continuation."""

    says: Callable[[str, Key], str] = _says_nothing
    likes: Callable[[str, str], float] = _undecided
    context: int = 4096
    prompts: list[str] = field(default_factory=list)
    calls: list[int] = field(default_factory=list)
    """Questions of each call of `generate`."""

    def encode(self, prompt: str) -> tuple[int, ...]:
        return self.tokens(prompt)

    def tokens(self, text: str) -> tuple[int, ...]:
        return tuple(map(ord, text))

    def decode(self, tokens: Sequence[int]) -> str:
        return "".join(map(chr, tokens))

    def generate(self, requests: Sequence[Request], decoding: Decoding, steering: Steering = Free()) -> list[Completion]:
        self.calls.append(len(requests))
        done = []
        for request in requests:
            prompt = self.decode(request.prompt)
            self.prompts.append(prompt)
            tokens = self.tokens(self.says(prompt, request.key))[: decoding.max_tokens]
            done.append(Completion(tokens, (-0.1,) * len(tokens), "stop"))
        return done

    def likelihoods(self, prompts: Sequence[Sequence[int]], continuations: Sequence[Sequence[int]]) -> list[float]:
        self.calls.append(len(prompts))
        return [self.likes(self.decode(p), self.decode(c)) for p, c in zip(prompts, continuations, strict=True)]


def group_of(*texts: str, verdicts: Sequence[Verdict] = (), problem: Problem | None = None) -> Group:
    """Responses to one problem."""
    problem = problem or Problem("p", "t", "2+2?", "4")
    given = list(verdicts) or [right("c", "", text) if text == problem.answer else wrong("c", "", text) for text in texts]
    rollouts = tuple(Rollout((1,), tuple(map(ord, text)) or (32,), (-0.1,) * max(1, len(text)), text, "stop", i, v) for i, (text, v) in
                     enumerate(zip(texts, given, strict=True)))  # fmt: skip
    return Group(problem, rollouts)
