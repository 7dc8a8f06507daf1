"""What a table of samples says: pass@k, maj@k, lengths, shares. Plain functions on arrays, one row a problem.

Shape suffixes here: P problems, S samples of each, K the sizes 1..S. A metric is first a number for every problem (`_P` or `_PK`): the mean over
problems and its interval are taken in `statistics`, because problems, not samples, are what is drawn independently.
"""

from __future__ import annotations

import functools
import math
import re
import unicodedata
from collections import Counter
from collections.abc import Hashable, Sequence
from fractions import Fraction

import numpy as np

from menolab.errors import BadInput
from menolab.records import Verdict

RIGHT = "RIGHT:"
"""What the vote of a right answer begins with. Normalised texts hold no capitals."""


def pass_at_k(right_PS: np.ndarray) -> np.ndarray:
    """The unbiased pass@k of every problem for k = 1..S, `[P, S]`; column 0 is the plain mean (mean@n).

    pass@k = 1 - C(n - c, k) / C(n, k) with n samples of which c are right (Chen et al. 2021, arXiv:2107.03374, eq. 1), by exact integers: each
    entry is the correctly rounded quotient. (Resampling with replacement instead under-reports it: n = 16, c = 1, k = 16 gives 0.64, not 1.)

    Raises:
        BadInput: no samples, or not a table.
    """
    count_P, n = _table(right_PS).astype(bool).sum(axis=1), right_PS.shape[1]
    curves = {c: _pass_curve(n, c) for c in set(count_P.tolist())}
    return np.array([curves[c] for c in count_P.tolist()])


def _pass_curve(n: int, c: int) -> list[float]:
    every, failing, curve = 1, 1, []  # C(n, k) and C(n - c, k), from one k to the next
    for k in range(1, n + 1):
        every = every * (n - k + 1) // k
        failing = failing * max(0, n - c - k + 1) // k
        curve.append((every - failing) / every)
    return curve


def majority_at_k(votes_PS: Sequence[Sequence[Hashable | None]]) -> np.ndarray:
    """maj@k of every problem for k = 1..S, `[P, S]`: how often the most frequent answer among k samples is right.

    Votes are canonical keys (`vote`): equal keys are one answer, those that begin with `RIGHT` are right, None (nothing parsed) takes part in no vote,
    so it never wins. Where many answers are right (Countdown), each stands for itself: who votes does not know that they are. A tie is worth the right
    answers' share of it. The value is the exact expectation over all subsets of k samples.
    """
    return np.array([_majority_curve(tuple(votes)) for votes in votes_PS], dtype=np.float64).reshape(len(votes_PS), -1)


def _majority_curve(votes: tuple[Hashable | None, ...]) -> tuple[float, ...]:
    if not votes:
        raise BadInput("samples", 0, "maj@k needs one sample a problem or more")
    counts = Counter(v for v in votes if v is not None)
    curve = [0.0] * len(votes)
    for answer, count in counts.items():
        if isinstance(answer, str) and answer.startswith(RIGHT):
            rivals = tuple(sorted((c for other, c in counts.items() if other != answer), reverse=True))
            curve = [a + b for a, b in zip(curve, _majority_of_counts(len(votes), count, rivals), strict=True)]
    return tuple(curve)


@functools.lru_cache(maxsize=65536)
def _majority_of_counts(n: int, ours: int, rivals: tuple[int, ...]) -> tuple[float, ...]:
    """The curve for `ours` right votes among n against rival answers with these counts.

    Count the subsets in which the right answer has exactly j votes and wins. A rival with fewer than j votes in all can neither win nor tie, so
    it joins the votes that do not matter ("free"); the others take at most j votes each, and t of them exactly j: the subset is worth 1 / (1 + t).
    """
    wins: Counter[tuple[int, int]] = Counter()  # (k, rivals tied with ours) -> number of subsets of k samples that ours wins or ties
    for j in range(1, ours + 1):
        strong = [c for c in rivals if c >= j]
        free = n - ours - sum(strong)
        ways = {(m, 0): math.comb(free, m) for m in range(free + 1)}  # (votes taken, rivals tied) -> number of subsets
        for c in strong:
            grown: Counter[tuple[int, int]] = Counter()
            for (taken, tied), w in ways.items():
                for m in range(j + 1):
                    grown[taken + m, tied + (m == j)] += w * math.comb(c, m)
            ways = grown
        for (taken, tied), w in ways.items():
            wins[j + taken, tied] += w * math.comb(ours, j)
    worth = [Fraction(0)] * (n + 1)
    for (k, tied), w in wins.items():
        worth[k] += Fraction(w, 1 + tied)
    return tuple(float(worth[k] / math.comb(n, k)) for k in range(1, n + 1))


def vote(verdict: Verdict) -> str | None:
    """The canonical key a response votes with: its normalised answer, behind `RIGHT` if it is right, or None where no answer was found."""
    if verdict.extracted is None:
        return None
    text = normalise(verdict.extracted)
    return RIGHT + text if verdict.right else text or None


def normalise(answer: str) -> str:
    """One spelling for answers that differ in form only: case, spaces, dollar signs, a final full stop, 1,000 = 1000, 0.5 = 1/2 = 2/4."""
    text = re.sub(r"\s+", "", unicodedata.normalize("NFKC", answer)).casefold().replace("−", "-").replace("⁄", "/").strip("$").rstrip(".").strip("$")
    number = re.sub(r"(?<=\d),(?=\d{3}(?!\d))", "", text)
    if re.fullmatch(r"[+-]?(\d{1,40}(\.\d{0,40})?|\.\d{1,40})", number) or re.fullmatch(r"[+-]?\d{1,40}/0*[1-9]\d{0,39}", number):
        return str(Fraction(number))  # digits are bounded, so this is quick whatever the model wrote
    return text


def pass_at_1_finished(right_PS: np.ndarray, finished_PS: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Right and finished counts of every problem, `([P], [P])`: pass@1 over finished responses is the ratio of their sums.

    Read beside pass@1 over all: a large gap says that the token limit, not the reasoning, decides the score.
    """
    finished_PS = _table(finished_PS).astype(bool)
    return (_table(right_PS).astype(bool) & finished_PS).sum(axis=1).astype(np.float64), finished_PS.sum(axis=1).astype(np.float64)


def length_statistics(tokens_PS: np.ndarray) -> dict[str, float]:
    """Response lengths in tokens over all samples: p10, median, p90, max."""
    p10, median, p90, top = np.quantile(_table(tokens_PS), [0.1, 0.5, 0.9, 1.0])
    return {"p10": float(p10), "median": float(median), "p90": float(p90), "max": float(top)}


def spreads(right_PS: np.ndarray) -> dict[str, float | None]:
    """The two standard errors of pass@1, which answer two questions.

    ``problems``: how far the score would move on other problems like these (spread of problem means over sqrt P).
    ``samples``: how far it would move on the same problems with new samples, sqrt(mean of p(1-p)/(S-1)) / sqrt(P); None for one sample a problem.
    """
    p_P = _table(right_PS).astype(np.float64).mean(axis=1)
    count, samples = right_PS.shape
    return {
        "problems": float(p_P.std(ddof=1) / math.sqrt(count)) if count > 1 else None,
        "samples": float(math.sqrt((p_P * (1 - p_P) / (samples - 1)).mean() / count)) if samples > 1 else None,
    }


def _table(values_PS: np.ndarray) -> np.ndarray:
    if values_PS.ndim != 2 or 0 in values_PS.shape:
        raise BadInput("samples", list(values_PS.shape), "metrics need a table of one problem or more by one sample or more")
    return values_PS
