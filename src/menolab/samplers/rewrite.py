"""What a rewrite is: another prompt for the same problem."""

from __future__ import annotations

import abc
from dataclasses import dataclass

from menolab.keys import Key
from menolab.pieces import Piece
from menolab.records import Problem


class Rewrite(Piece):
    """The prompt under which some rollouts are drawn instead of the problem's own."""

    @abc.abstractmethod
    def __call__(self, problem: Problem, strength: float, key: Key) -> str:
        """The rewritten prompt; at strength 0 the problem's own.

        Args:
            strength: in [0, 1], how far from the problem's own prompt.
        """


@dataclass(frozen=True)
class Distort(Rewrite):
    """Each word of the prompt is replaced by another one of its words with chance `share` times the strength: moderate noise, for text.

    Liu et al. 2025 (NoisyRollout), arXiv:2504.13055, distort images with Gaussian noise; this is the same idea for prompts of words.
    """

    share: float = 0.1
    """Chance at full strength."""

    def __post_init__(self) -> None:
        from menolab.errors import check_range

        check_range("share", self.share, 0.0, 1.0)

    def __call__(self, problem: Problem, strength: float, key: Key) -> str:
        rng, words = key.random(), problem.prompt.split(" ")
        return " ".join(rng.choice(words) if rng.random() < self.share * strength else word for word in words)


@dataclass(frozen=True)
class Advise(Rewrite):
    """One of several thought templates before the prompt, with a chance of `strength`; without templates the prompt stays as it is.

    Wu et al. 2025 (Thought-Augmented Policy Optimization), arXiv:2505.15692: abstract patterns of thought guide part of a group's rollouts. Left out:
    making the library from solved samples, and choosing the template by the problem's features.
    """

    paper = "arXiv:2505.15692"

    templates: tuple[str, ...] = ()

    def __call__(self, problem: Problem, strength: float, key: Key) -> str:
        rng = key.random()
        if not self.templates or rng.random() >= strength:
            return problem.prompt
        return f"{rng.choice(self.templates)}\n{problem.prompt}"
