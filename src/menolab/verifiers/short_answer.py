"""A short answer in words, by exact match or token F1 after SQuAD's normalisation."""

from __future__ import annotations

import json
import re
import string
from collections import Counter
from dataclasses import dataclass
from typing import ClassVar, Literal

from menolab.errors import check_range, unknown
from menolab.records import Problem, Verdict, right, undecided, wrong
from menolab.verifiers.answer import AnswerVerifier

_ARTICLES = re.compile(r"\b(?:a|an|the)\b")
_PUNCTUATION = str.maketrans("", "", string.punctuation)
_CLOSED = frozenset(("yes", "no", "noanswer"))


def normalise(text: str) -> str:
    """Small letters, without ASCII punctuation, without the articles a, an, the, single blanks.

    Source: the evaluation script of SQuAD (arXiv:1606.05250, section 6.1, words it), in that order; NQ-open and HotpotQA use it unchanged.
    """
    return " ".join(_ARTICLES.sub(" ", text.lower().translate(_PUNCTUATION)).split())


def token_f1(gold: str, found: str) -> float:
    """The harmonic mean of precision and recall over the words of the normalised texts, as multisets.

    As in HotpotQA's script, "yes", "no" and "noanswer" match nothing but themselves; where nothing is left of either side, the two are equal or have 0.
    """
    precision, recall = token_overlap(gold, found)
    return harmonic(precision, recall)


def token_overlap(gold: str, found: str) -> tuple[float, float]:
    """Precision and recall of the words, as `token_f1` has them."""
    left, right_ = normalise(gold), normalise(found)
    if left == right_:
        return 1.0, 1.0
    if left in _CLOSED or right_ in _CLOSED:
        return 0.0, 0.0
    ours, theirs = Counter(left.split()), Counter(right_.split())
    common = (ours & theirs).total()
    return (common / theirs.total(), common / ours.total()) if common else (0.0, 0.0)


def harmonic(precision: float, recall: float) -> float:
    """F1: 2 p r / (p + r), 0 where both are."""
    return 2 * precision * recall / (precision + recall) if precision + recall else 0.0


def read_golds(answer: str) -> tuple[str, ...]:
    """The gold answers: a JSON list of texts, or one text."""
    if answer.lstrip().startswith("["):
        try:
            listed = json.loads(answer)
        except (ValueError, RecursionError):
            return (answer,)
        if isinstance(listed, list) and listed and all(isinstance(item, str) for item in listed):
            return tuple(listed)
    return (answer,)


@dataclass(frozen=True)
class ShortAnswer(AnswerVerifier):
    """Right if the answer is one of the golds after normalisation ("em"), or has token F1 of at least `threshold` with one ("f1").

    Several golds are a JSON list of texts in the problem's answer; the best counts. The score is the better measure's: 0 or 1 under "em", the F1 under
    "f1", right or wrong.

    Source: exact match and F1 of SQuAD (arXiv:1606.05250, section 6.1), over several golds as in NQ-open; `token_f1` says what HotpotQA adds.
    """

    catalogue = ("natural-questions", "hotpotqa")
    kinds: ClassVar[tuple[str, ...]] = ("squad", "nq", "hotpotqa")
    golds: ClassVar[tuple[type, ...]] = (str, int, float, list)
    measure: Literal["em", "f1"] = "em"
    threshold: float = 0.8
    """Least F1 that is right, under "f1"."""

    def __post_init__(self) -> None:
        if self.measure not in ("em", "f1"):
            raise unknown("measure", self.measure, ("em", "f1"))
        check_range("threshold", self.threshold, 0.0, 1.0, open_low=True)

    def judge(self, problem: Problem, answer: str) -> Verdict:
        """The verdict on an extracted answer."""
        golds = [gold for gold in read_golds(problem.answer) if normalise(gold)]
        if not golds:
            return undecided("gold", "no gold answer is left after normalisation", answer)
        if any(normalise(gold) == normalise(answer) for gold in golds):
            return right("compare", "equal after normalisation", answer)
        best = max(token_f1(gold, answer) for gold in golds)
        if self.measure == "em":
            return wrong("compare", f"not equal after normalisation; F1 {best:.2f}", answer)
        if best >= self.threshold:
            return right("compare", f"F1 {best:.2f}", answer, best)
        return wrong("compare", f"F1 {best:.2f}, less than {self.threshold:g}", answer, best)

    def readable(self, answer: str) -> bool:
        """Whether a word is left of a gold answer."""
        return len(answer) <= 10 * self.longest and any(normalise(gold) for gold in read_golds(answer))
