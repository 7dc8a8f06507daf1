"""An engine that thinks for a fixed time, and answers right if it thought long enough."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from fakes import FakeEngine
from menolab.engines.decoding import Decoding
from menolab.records import Completion, Request


@dataclass
class Thinker(FakeEngine):
    """Characters are tokens; it goes on from whatever a request's prompt holds behind the "=", heeds limits and stop strings, and ends like a model."""

    thought: int = 60
    """Characters that it thinks of its own accord."""
    need: int = 10
    """Characters of thought without which the answer is wrong."""

    def generate(self, requests: Sequence[Request], decoding: Decoding) -> list[Completion]:
        self.calls.append(len(requests))
        return [self._next(request, decoding) for request in requests]

    def _next(self, request: Request, decoding: Decoding) -> Completion:
        problem, _, begun = self.decode(request.prompt).partition("=")
        a, b = map(int, problem.split("+"))
        _, closed, answered = begun.partition("</think>")
        if closed:
            text = self._answer(a + b, begun.partition("</think>")[0].count("x")).removeprefix(answered)
        else:
            text = ("<think>" + "x" * self.thought + "</think>" + self._answer(a + b, self.thought))[len(begun) :]
        for stop in decoding.stop:
            before, found, _ = text.partition(stop)
            text = before + found
        limit = decoding.max_tokens if request.limit is None else request.limit
        tokens = tuple(map(ord, text[:limit]))
        return Completion(tokens, (-0.5,) * len(tokens), "stop" if len(text) <= limit else "length")

    def _answer(self, total: int, thought: int) -> str:
        return f"<answer>{total if thought >= self.need else total + 1}</answer>"
