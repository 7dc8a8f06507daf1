"""Whether a model that is sure is right."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

import numpy as np

from menolab.errors import BadInput, check_range
from menolab.evaluation import statistics
from menolab.evaluation.metrics.metric import Metric, Table
from menolab.evaluation.record import Row
from menolab.evaluation.statistics import Estimate

_SPOKEN = re.compile(r"\bconfiden(?:ce|t)\b[^\d\n]{0,20}(\d{1,3}(?:\.\d{1,6})?)\s*(%|percent|/\s*100|/\s*10|out of 100|out of 10)?", re.IGNORECASE)


@dataclass(frozen=True)
class Calibration(Metric):
    """ece, brier and auroc of a confidence against being right, with bootstrap intervals over problems. Samples without a confidence are left out.

    ece: sum over equal bins of (share of samples) |accuracy - mean confidence| (Guo et al. 2017, arXiv:1706.04599, eq. 3). brier: mean of
    (confidence - right)^2 (Brier 1950). auroc: the chance that a right sample has more confidence than a wrong one, ties half (Hanley and McNeil 1982);
    None where all are right or all wrong.
    """

    paper = "arXiv:1706.04599, eq. 3"
    catalogue = "thinking-out-loud"

    source: str = "tokens"
    """tokens: the geometric mean of the response's token probabilities; spoken: what the response says ("confidence: 80%")."""
    bins: int = 10

    def __post_init__(self) -> None:
        check_range("bins", self.bins, 1)
        if self.source not in ("tokens", "spoken"):
            raise BadInput("source", self.source, "say tokens or spoken")

    def __call__(self, table: Table) -> dict[str, Estimate | None]:
        sure_PS = table.column(token_confidence if self.source == "tokens" else lambda row: spoken_confidence(row.text))
        known_PS = ~np.isnan(sure_PS)
        if not known_PS.any():
            return {f"{name}_{self.source}": None for name in ("ece", "brier", "auroc")}
        problem_N, sure_N, right_N = np.nonzero(known_PS)[0], sure_PS[known_PS], table.right_PS[known_PS]

        def estimate(name: str, value) -> Estimate | None:
            return statistics.bootstrap(lambda w_P: value(sure_N, right_N, w_P[problem_N]), table.problems, table.key.fold(name))

        return {
            f"ece_{self.source}": estimate("ece", lambda sure, right, w: expected_calibration_error(sure, right, w, self.bins)),
            f"brier_{self.source}": estimate("brier", lambda sure, right, w: float(w @ (sure - right) ** 2 / w.sum())),
            f"auroc_{self.source}": estimate("auroc", auroc),
        }


def token_confidence(row: Row) -> float | None:
    """exp of the mean log-probability of the response's tokens; None where it is not known."""
    return None if row.surprise is None else math.exp(-row.surprise)


def spoken_confidence(text: str) -> float | None:
    """The last confidence a response states, in [0, 1]: "confidence: 0.8", "80%", "8/10"; None where there is none or it is out of range."""
    found = _SPOKEN.findall(text)
    if not found:
        return None
    number, unit = float(found[-1][0]), found[-1][1].replace(" ", "").lower()
    scale = 10.0 if unit in ("/10", "outof10") else 100.0 if unit or number > 1 else 1.0
    return number / scale if number <= scale else None


def expected_calibration_error(sure_N: np.ndarray, right_N: np.ndarray, weight_N: np.ndarray, bins: int) -> float:
    """Weighted ECE over equal bins of [0, 1]; the last bin holds 1."""
    at_N = np.minimum((sure_N * bins).astype(int), bins - 1)
    gap = np.bincount(at_N, weight_N * (right_N - sure_N), bins)
    return float(np.abs(gap).sum() / weight_N.sum())


def auroc(sure_N: np.ndarray, right_N: np.ndarray, weight_N: np.ndarray) -> float:
    """Weighted area under the ROC curve, ties counted half; NaN where one of the two kinds is missing."""
    values, at_N = np.unique(sure_N, return_inverse=True)
    right = np.bincount(at_N, weight_N * right_N, len(values))
    wrong = np.bincount(at_N, weight_N * (1 - right_N), len(values))
    pairs = right.sum() * wrong.sum()
    below = np.cumsum(wrong) - wrong
    return float((right * (below + wrong / 2)).sum() / pairs) if pairs > 0 else math.nan
