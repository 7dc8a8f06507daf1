"""How much an answer's wording agrees with the gold's: chrF or BLEU, by sacrebleu."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal

from menolab.errors import check_range, unknown
from menolab.records import Problem, Verdict, right, undecided, wrong
from menolab.verifiers.answer import AnswerVerifier
from menolab.verifiers.short_answer import read_golds

MISSING = "overlap is measured by sacrebleu, which is not installed: pip install 'menolab[overlap]'"


def overlap(measure: str, golds: tuple[str, ...], found: str) -> float:
    """chrF2 or sentence BLEU (exponential smoothing, effective order) of a text against its references, in [0, 1].

    Raises:
        ImportError: sacrebleu is not installed.
    """
    import sacrebleu  # pyright: ignore[reportMissingImports]

    score = sacrebleu.sentence_chrf if measure == "chrf" else sacrebleu.sentence_bleu
    return min(1.0, max(0.0, score(found, list(golds)).score / 100))


@dataclass(frozen=True)
class Overlap(AnswerVerifier):
    """The score is the overlap of the answer with the golds (translation, summaries); right from `threshold` on.

    Several golds are a JSON list of texts in the problem's answer; chrF takes the best, BLEU counts n-grams of all.

    Source: chrF (Popović 2015, W15-3049) and BLEU (Papineni et al. 2002, P02-1040) as sacrebleu (arXiv:1804.08771) computes them.
    """

    kinds: ClassVar[tuple[str, ...]] = ("chrf",)
    golds: ClassVar[tuple[type, ...]] = (str, list)
    longest: ClassVar[int] = 20_000
    measure: Literal["chrf", "bleu"] = "chrf"
    threshold: float = 0.5

    def __post_init__(self) -> None:
        if self.measure not in ("chrf", "bleu"):
            raise unknown("measure", self.measure, ("chrf", "bleu"))
        check_range("threshold", self.threshold, 0.0, 1.0, open_low=True)

    def judge(self, problem: Problem, answer: str) -> Verdict:
        """The verdict on an extracted answer."""
        golds = tuple(gold for gold in read_golds(problem.answer) if gold.strip())
        if not golds:
            return undecided("gold", "no gold answer", answer)
        try:
            score = overlap(self.measure, golds, answer)
        except ImportError:
            return undecided("overlap", MISSING, answer)
        said = f"{self.measure} {score:.3f}"
        return right("overlap", said, answer, score) if score >= self.threshold else wrong("overlap", f"{said}, less than {self.threshold:g}", answer, score)

    def readable(self, answer: str) -> bool:
        """Whether there is a gold answer."""
        return len(answer) <= 10 * self.longest and any(gold.strip() for gold in read_golds(answer))
