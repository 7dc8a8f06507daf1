"""What an engine is: requests in, completions out."""

from __future__ import annotations

import abc
from collections.abc import Sequence
from dataclasses import dataclass

from menolab.engines.decoding import Decoding
from menolab.engines.steering import Free, Steering
from menolab.errors import BadInput
from menolab.records import Completion, Request


@dataclass(frozen=True)
class Reading:
    """What a model says of the tokens of a given response, one number a token. Nats."""

    logprobs: tuple[float, ...]
    """-inf where truncation or temperature 0 excludes the token."""
    entropies: tuple[float, ...]
    """Of the distribution that the token would be drawn from."""


class Engine(abc.ABC):
    """Draws tokens from a policy. Not a piece: it holds weights or a connection."""

    context: int
    """Longest prompt plus completion, in tokens."""

    @abc.abstractmethod
    def encode(self, prompt: str) -> tuple[int, ...]:
        """The prompt's tokens, chat template applied where the model has one."""

    @abc.abstractmethod
    def tokens(self, text: str) -> tuple[int, ...]:
        """The tokens of a piece of a response: no chat template, no <bos>."""

    @abc.abstractmethod
    def decode(self, tokens: Sequence[int]) -> str:
        """The response's text: stop tokens and padding dropped, everything else (thinking tags too) kept."""

    @abc.abstractmethod
    def generate(self, requests: Sequence[Request], decoding: Decoding, steering: Steering = Free()) -> list[Completion]:
        """One completion a request, in order. A request's tokens depend on its prompt, key, limit, `decoding` and `steering` alone, not on what else is in
        the batch.

        Raises:
            BadInput: a prompt that leaves no room in the context (says how many and how long).
        """

    def likelihoods(self, prompts: Sequence[Sequence[int]], continuations: Sequence[Sequence[int]]) -> list[float]:
        """Log-probability of each given continuation after its prompt, at temperature 1 and without truncation. Nats.

        Raises:
            BadInput: this engine can only draw.
        """
        raise BadInput("engine", type(self).__name__, "it cannot score given tokens; use a model in process, or a judge that goes by what was written")

    def readings(self, prompts: Sequence[Sequence[int]], continuations: Sequence[Sequence[int]], decoding: Decoding) -> list[Reading]:
        """Each given continuation after its prompt, token by token, under the distribution that `decoding` draws from.

        Raises:
            BadInput: this engine can only draw.
        """
        raise BadInput("engine", type(self).__name__, "it cannot score given tokens; use a model in process")
