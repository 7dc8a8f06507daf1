"""A task of sums and an engine with a dial for skill, so that evaluations cost nothing."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from menolab.engines.decoding import Decoding
from menolab.engines.engine import Engine, Reading
from menolab.keys import Key
from menolab.records import Completion, Problem, Request, Verdict, right, undecided, wrong
from menolab.tasks.task import Task


@dataclass(frozen=True)
class Sums(Task):
    """a + b; the answer is in <answer> tags. "?" is undecided and "!" makes the verifier raise."""

    largest: int = 99

    @property
    def name(self) -> str:
        return "sums"

    def __call__(self, key: Key) -> Problem:
        rng = key.random()
        a, b = rng.randint(0, self.largest), rng.randint(0, self.largest)
        return Problem(f"{a}+{b}", self.name, f"{a} + {b} =", str(a + b), difficulty=float(a + b))

    def verify(self, problem: Problem, text: str) -> Verdict:
        found = re.search("<answer>(.*?)</answer>", text)
        if found is None:
            return wrong("extract", "no answer")
        answer = found.group(1)
        if answer == "!":
            raise ValueError("the verifier fell over")
        if answer == "?":
            return undecided("compare", "cannot tell", answer)
        return right("compare", "equal", answer) if answer == problem.answer else wrong("compare", f"{answer} is not {problem.answer}", answer)


@dataclass
class FakeEngine(Engine):
    """Right with probability `skill` less the problem's difficulty; characters are tokens. Draws depend on request keys alone."""

    skill: float = 0.8
    truncate: float = 0.0
    """Share of responses that run into the limit, and so hold no answer."""
    broken: str = ""
    """Answer given always, if not empty."""
    logprob: float | None = -0.5
    context: int = 4096
    calls: list[int] = field(default_factory=list)

    def encode(self, prompt: str) -> tuple[int, ...]:
        return tuple(map(ord, prompt))

    def tokens(self, text: str) -> tuple[int, ...]:
        return tuple(map(ord, text))

    def decode(self, tokens: Sequence[int]) -> str:
        return "".join(map(chr, tokens))

    def generate(self, requests: Sequence[Request], decoding: Decoding) -> list[Completion]:
        self.calls.append(len(requests))
        return [self._one(request) for request in requests]

    def readings(self, prompts: Sequence[Sequence[int]], continuations: Sequence[Sequence[int]], decoding: Decoding) -> list[Reading]:
        return [Reading((self.logprob or 0.0,) * len(tokens), (0.7,) * len(tokens)) for tokens in continuations]

    def _one(self, request: Request) -> Completion:
        a, b = map(int, [*re.findall(r"\d+", self.decode(request.prompt)), "0", "0"][:2])  # whatever stands before or behind the sum
        rng = request.key.random()
        chance = min(0.98, max(0.02, self.skill + 0.4 - 0.9 * (a + b) / 198))
        guess = a + b if rng.random() < chance else a + b + rng.choice([-10, -1, 1, 10])
        cut = rng.random() < self.truncate
        thought = f"I add {a} and {b}: tens give {a // 10 * 10 + b // 10 * 10}, ones give {a % 10 + b % 10}." + " Let me check." * rng.randint(0, 3)
        text = f"<think>{thought}" + ("" if cut else f"</think><answer>{self.broken or guess}</answer>")
        tokens = tuple(map(ord, text))
        logprobs = () if self.logprob is None else (self.logprob,) * len(tokens)
        return Completion(tokens, logprobs, "length" if cut else "stop")


def sums(count: int, task: Sums | None = None) -> list[Problem]:
    """`count` distinct problems."""
    task = task or Sums()
    found = {p.id: p for p in (task(Key.root(7).fold(i)) for i in range(4 * count))}
    return list(found.values())[:count]
