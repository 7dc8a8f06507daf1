"""What a rewrite is: another prompt for the same problem."""

from __future__ import annotations

import abc
import re
from dataclasses import dataclass

from menolab.errors import BadInput, check_range
from menolab.keys import Key
from menolab.pieces import Piece
from menolab.records import Problem

_NUMBER = re.compile(r"\d+(?:\.\d+)?")


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
        check_range("share", self.share, 0.0, 1.0)

    def __call__(self, problem: Problem, strength: float, key: Key) -> str:
        rng, words = key.random(), problem.prompt.split(" ")
        return " ".join(rng.choice(words) if rng.random() < self.share * strength else word for word in words)


@dataclass(frozen=True)
class Advise(Rewrite):
    """A thought template before the prompt, one of those that suit the problem, with a chance of `strength`; without templates the prompt stays as it is.

    Wu et al. 2025 (Thought-Augmented Policy Optimization), arXiv:2505.15692: abstract patterns of thought, found by search on some 500 solved samples,
    are indexed by the complexity of those problems, and a problem is given one whose complexity is near its own. Complexity is the number of conditions
    that a problem states; here by rule, the numbers in its prompt. Left out: making the library.
    """

    paper = "arXiv:2505.15692"

    templates: tuple[str, ...] = ()
    complexity: tuple[float, ...] = ()
    """One a template: conditions in the problems that it comes from; empty: all templates suit all problems."""
    nearest: int = 5
    """Among so many templates of nearest complexity one is drawn."""

    def __post_init__(self) -> None:
        check_range("nearest", self.nearest, 1)
        if self.complexity and len(self.complexity) != len(self.templates):
            raise BadInput("complexity", self.complexity, f"give one for each of the {len(self.templates)} templates, or none")

    def __call__(self, problem: Problem, strength: float, key: Key) -> str:
        rng = key.random()
        if not self.templates or rng.random() >= strength:
            return problem.prompt
        return f"{rng.choice(self.suited(problem))}\n{problem.prompt}"

    def suited(self, problem: Problem) -> list[str]:
        """The templates to draw from, nearest first; ties in the library's order."""
        own = conditions(problem)
        far = [abs(c - own) for c in self.complexity] or [0.0] * len(self.templates)
        order = sorted(range(len(self.templates)), key=far.__getitem__)
        return [self.templates[i] for i in order[: self.nearest if self.complexity else None]]


def conditions(problem: Problem) -> int:
    """How many numbers the prompt states."""
    return len(_NUMBER.findall(problem.prompt))
