"""A judge that is asked several times."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean

from menolab.engines.engine import Engine
from menolab.errors import check_range
from menolab.judges.grader import Grader
from menolab.judges.judge import Judge
from menolab.judges.two_words import TwoWords
from menolab.keys import Key
from menolab.pieces import published
from menolab.records import Group, Opinion, Problem
from menolab.tasks.judgements import RIGHT, WORDINGS, WRONG


@dataclass(frozen=True)
class Repeated(Judge):
    """The mean score of several askings of one judge, those that came to nothing left out: above 1/2, most say right.

    Shi and Jin 2025 (Heimdall), arXiv:2504.10337: the accuracy of a verifier that reasons rises with the number of verifications that vote.
    """

    paper = "arXiv:2504.10337"

    judge: Judge = Grader(words=TwoWords(thinking=64, lead="<answer>", soft=False))
    times: int = 4
    """M."""

    def __post_init__(self) -> None:
        check_range("judge.times", self.times, 1)

    @property
    def model(self) -> str:  # pyright: ignore[reportIncompatibleVariableOverride]
        """The inner judge's."""
        return self.judge.model

    def __call__(self, engine: Engine, groups: Sequence[Group], key: Key) -> list[list[Opinion]]:
        again = [group for group in groups for _ in range(self.times)]
        heard = iter(self.judge(engine, again, key))
        return [[_mean(opinions) for opinions in zip(*[next(heard) for _ in range(self.times)], strict=True)] for _ in groups]

    def check(self, problem: Problem) -> None:
        self.judge.check(problem)


def _mean(opinions: Sequence[Opinion]) -> Opinion:
    scores = [o.score for o in opinions if o.score is not None]
    said = f"{len(scores)} of {len(opinions)} askings decided"
    return Opinion(fmean(scores) if scores else None, said, "\n\n".join(o.text for o in opinions))


@published(paper="arXiv:2504.10337", catalogue="heimdall")
def heimdall_judge(model: str = "", times: int = 16, thinking: int = 4096, wording: str = "full") -> Repeated:
    """Heimdall at test time: a verifier that thinks and then writes 1 or 0, asked several times of every solution.

    Shi and Jin 2025, "Heimdall: Test-Time Scaling on Generative Verification", arXiv:2504.10337. `model` is one that the method `heimdall` trained on
    `Judgements` with the same wording. `judges.pessimistic` chooses an answer by what it says.
    """
    grader = Grader(model, WORDINGS[wording], TwoWords(RIGHT, WRONG, thinking, lead="<answer>", soft=False))
    return Repeated(grader, times)
