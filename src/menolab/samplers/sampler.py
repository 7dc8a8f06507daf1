"""What a sampler is: which rollouts to draw for which problems."""

from __future__ import annotations

import abc
from collections import Counter
from collections.abc import Sequence
from typing import Any

from menolab.engines.decoding import Decoding
from menolab.engines.engine import Engine
from menolab.keys import Key
from menolab.pieces import Piece
from menolab.records import Completion, Group, Problem, Request, Rollout


class Sampler(Piece):
    """Draws one group of rollouts a problem. Every leaf has the field `group`."""

    group: int
    """G, rollouts a problem, yardsticks included."""

    @abc.abstractmethod
    def __call__(self, engine: Engine, problems: Sequence[Problem], decoding: Decoding, key: Key, progress: float = 0.0) -> list[Group]:
        """Groups in the order of `problems`; rollouts carry no verdict yet.

        Args:
            progress: share of the training done, in [0, 1], for annealed hints and noise.
        """


def own_keys(problems: Sequence[Problem], key: Key) -> list[Key]:
    """A key for each problem: its id and how often it came before, so that its draws depend on itself and never on its neighbours or its place."""
    repeats: Counter[str] = Counter()
    keys = []
    for problem in problems:
        keys.append(key.fold(problem.id, repeats[problem.id]))
        repeats[problem.id] += 1
    return keys


def rollout(engine: Engine, request: Request, completion: Completion, sample: int, **facts: Any) -> Rollout:
    """What an engine drew, as a rollout."""
    text = engine.decode(completion.tokens)
    return Rollout(request.prompt, completion.tokens, completion.logprobs, text, completion.finish, sample, key=request.key, **facts)
