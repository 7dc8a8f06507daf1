"""Which answer to take, given many solutions and many verdicts on each."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from statistics import fmean

from menolab.errors import BadInput, check_range


def lower_bounds(answers: Sequence[str | None], scores: Sequence[Sequence[float | None]], alpha: float = 1.0) -> Mapping[str, float]:
    """What each answer is worth at least: its mean verdict minus alpha ln(N M) / (N_a M + 1), answers in order of their first solution.

    Shi and Jin 2025 (Heimdall), arXiv:2504.10337, Pessimistic Verification: N solutions, M verdicts on each, N_a solutions with the answer a. With alpha 0
    the best mean verdict wins (best of N), with a large alpha the answer of most solutions (majority); in between, an answer that few solutions give needs
    more praise. The formula is as reports of the paper give it; the paper's own text could not be confirmed.

    Verdicts that are undecided (None) are not counted, in N M and N_a M alike; an answer that no verdict is about is not listed.

    Args:
        answers: of N solutions, normalised so that equal ones are equal; None: no answer was found.
        scores: of each solution, M verdicts in [0, 1].
        alpha: weight of the penalty.

    Raises:
        BadInput: alpha below 0, or lists of different lengths.
    """
    check_range("alpha", alpha, 0.0)
    if len(answers) != len(scores):
        raise BadInput("scores", len(scores), f"give the verdicts of each of the {len(answers)} solutions")
    verdicts: dict[str, list[float]] = {}
    for answer, own in zip(answers, scores, strict=True):
        decided = [s for s in own if s is not None]
        if answer is not None and decided:
            verdicts.setdefault(answer, []).extend(decided)
    total = sum(map(len, verdicts.values()))
    return {answer: fmean(own) - alpha * math.log(total) / (len(own) + 1) for answer, own in verdicts.items()}


def pessimistic(answers: Sequence[str | None], scores: Sequence[Sequence[float | None]], alpha: float = 1.0) -> str | None:
    """The answer with the largest lower bound, the first of equals; None where there is no answer with a verdict. See `lower_bounds`."""
    bounds = lower_bounds(answers, scores, alpha)
    return max(bounds, key=lambda answer: bounds[answer]) if bounds else None
