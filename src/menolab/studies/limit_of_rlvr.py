"""Did training teach what the model could not do before, or make it do more often what it could?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from menolab.errors import check_range
from menolab.evaluation import statistics
from menolab.evaluation.metrics.metric import Table, over_problems
from menolab.evaluation.metrics.pass_at_k import pass_at_k
from menolab.evaluation.statistics import Estimate
from menolab.keys import Key
from menolab.studies.desk import Desk
from menolab.studies.findings import Findings, Number, Plot, Series, Sheet, number
from menolab.studies.paired import tables
from menolab.studies.study import Study
from menolab.studies.subject import Subject

SETS = ("both", "only before", "only after", "neither")
"""Where a problem falls when it counts as solved once any sample is right."""


@dataclass(frozen=True)
class LimitOfRlvr(Study):
    """pass@k to large k before and after training on the same problems: where the curves cross, which problems either solves, how likely the model before
    training finds the answers of the one after.

    Yue et al. 2025, "Does Reinforcement Learning Really Incentivize Reasoning Capacity in LLMs Beyond the Base Model?", arXiv:2504.13837. The last subject is
    the model after, the one before it the model before; of a run these are the trained model and its cold start (or its base, where there is none). The paper
    draws up to 1024 samples and reads working by hand where answers can be guessed; here a right answer is what the verifier says. The crossing's interval
    and the sets' shares with intervals are ours. Subjects before those two are shown where samples of them are stored, and never drawn.
    """

    catalogue = "limit-of-rlvr"
    paper = "arXiv:2504.13837"
    least: ClassVar[int] = 2

    samples: int = 256
    """Answers a problem, where none are stored: the largest k."""
    scored: int = 4
    """Answers of each problem whose perplexity is taken; 0: none."""

    def __post_init__(self) -> None:
        check_range("samples", self.samples, 2)
        check_range("scored", self.scored, 0)

    def __call__(self, subjects: Sequence[Subject], desk: Desk) -> Findings:
        task = desk.task(subjects)
        subjects = [subject for subject in subjects[:-2] if task.name in subject.results] + list(subjects[-2:])
        labels = [subject.label for subject in subjects]
        by_model = tables(desk.results(subjects, self.samples), labels)
        before, after = by_model[-2:]
        curves, top = [pass_at_k(table.right_PS) for table in by_model], before.samples
        numbers = self._numbers(before, after, *curves[-2:])
        numbers |= self._perplexity(subjects[-2:], before, after)
        cells = sets(before.right_PS, after.right_PS)
        counts = [(name, int(cells[name].sum()), number(statistics.share(cells[name].astype(float)), "share")) for name in SETS]
        return Findings(
            title=f"Limit of RLVR: {labels[-2]} against {labels[-1]} on {task.name}",
            verdict=verdict(labels[-2], labels[-1], numbers, top),
            numbers=numbers,
            tables=(
                Sheet(f"Problems solved by any of {top} samples", ("solved by", "problems", "share"), counts),
                Sheet("pass@k", ("k", *labels, "after - before"), _rows(curves, before.key)),
            ),
            charts=(Plot("pass@k", list(map(_series, labels, curves)), "k, samples a problem", "share", x_log=True),),
            shows_not=(
                "That a problem no sample solves cannot be solved: with none of n samples right, a chance up to 3/n a sample is not excluded (95 %).",
                "That right answers came from right working: only answers are judged, and where they can be guessed pass@k at large k measures guessing.",
                "Anything of crossings beyond the largest k that was sampled.",
            ),
            warnings=() if top >= 32 else (f"{top} samples a problem are few for a question of large k; give the models and --samples 256 with --redraw",),
        )

    def _numbers(self, before: Table, after: Table, a_PK: np.ndarray, b_PK: np.ndarray) -> dict[str, Number]:
        top, key = before.samples, before.key
        d = [statistics.paired_difference(a_PK[:, k - 1], b_PK[:, k - 1], key.fold("pass", k)) for k in (1, top)]
        cells = sets(before.right_PS, after.right_PS)
        solved = (cells["both"] | cells["only after"]).astype(float)
        known = statistics.ratio(cells["both"].astype(float), solved, key.fold("subset"))
        gap = statistics.paired_difference(b_PK[:, 0], a_PK[:, -1], key.fold("gap"))
        return {
            "pass@1 difference": number(d[0], "points", "after minus before"),
            f"pass@{top} difference": number(d[1], "points", "after minus before, in coverage"),
            "crossing k": _crossing_number(a_PK, b_PK, key.fold("crossing")),
            "solved before too": number(known, "share", f"of the problems that the model after solves in {top} samples, those that the model before solves"),
            "efficiency gap": number(gap, "points", f"pass@{top} before minus pass@1 after: what sampling once still leaves of what was there"),
        }

    def _perplexity(self, pair: Sequence[Subject], before: Table, after: Table) -> dict[str, Number]:
        if not self.scored or pair[0].engine is None:
            return {}
        from menolab.evaluation.metrics.perplexity import perplexities

        policy, logs = pair[0].policy(), {}
        for label, table in (("before", before), ("after", after)):
            used = [row for i in range(0, len(table.rows), table.samples) for row in table.rows[i : i + min(self.scored, table.samples)]]
            values = perplexities(policy, [row.prompt for row in used], [row.text for row in used])
            logs[label] = np.array([np.nan if v is None else np.log(v) for v in values]).reshape(table.problems, -1)
        found = {}
        for label, logs_PS in logs.items():
            says = f"of the {label} model's answers under the model before: exp of the mean log over problems"
            found[f"perplexity of {label}"] = number(_exp(over_problems(logs_PS, statistics.mean)), "number", says)
        inside = over_problems(within(logs["before"], logs["after"]), statistics.share)
        found["within its range"] = number(inside, "share", "of the answers after, those no less likely to the model before than the rarest 5 % of its own")
        return found


def within(own_PS: np.ndarray, other_PS: np.ndarray) -> np.ndarray:
    """1 where another model's answer has no higher perplexity than 95 % of a model's own answers, else 0; NaN where there is no answer."""
    bar = np.nanquantile(own_PS, 0.95)
    return np.where(np.isnan(other_PS), np.nan, (other_PS <= bar).astype(float))


def sets(before_PS: np.ndarray, after_PS: np.ndarray) -> dict[str, np.ndarray]:
    """Which problems fall in each of `SETS`, as boolean `[P]`; a problem is solved where any of its samples is right."""
    a_P, b_P = np.asarray(before_PS.any(axis=1)), np.asarray(after_PS.any(axis=1))
    found: tuple[np.ndarray, ...] = (a_P & b_P, a_P & ~b_P, b_P & ~a_P, ~a_P & ~b_P)
    return {str(name): cell for name, cell in zip(SETS, found, strict=True)}


def crossing(before_K: np.ndarray, after_K: np.ndarray) -> int | None:
    """The smallest k from which on the curve before is nowhere below the curve after, and above it somewhere; None where there is none among 1..K.

    1 means that training helped at no k. Curves that only meet (both reach 1) do not cross.
    """
    d_K = np.asarray(before_K) - np.asarray(after_K)
    below = np.flatnonzero(d_K < -1e-12)
    first = int(below[-1]) + 1 if len(below) else 0
    return first + 1 if (d_K[first:] > 1e-12).any() else None


def crossing_estimate(before_PK: np.ndarray, after_PK: np.ndarray, key: Key) -> tuple[Estimate, float]:
    """The crossing of the mean curves with a bootstrap interval over problems, and the share of resamples that cross. K + 1 stands for "not up to K"."""
    P, K = before_PK.shape
    drawn: list[int] = []

    def value(weights_P: np.ndarray) -> float:
        k = crossing(weights_P @ before_PK / P, weights_P @ after_PK / P) or K + 1
        drawn.append(k)
        return float(k)

    estimate = statistics.bootstrap(value, P, key)
    assert estimate is not None, "a crossing is never NaN"
    resampled = drawn[1:] or drawn  # the first is the whole
    return estimate, float(np.mean([k <= K for k in resampled]))


def _crossing_number(before_PK: np.ndarray, after_PK: np.ndarray, key: Key) -> Number:
    estimate, crosses = crossing_estimate(before_PK, after_PK, key)
    K = before_PK.shape[1]
    says = f"smallest k from which on the model before is ahead; {K + 1} = not up to {K}; {crosses:.0%} of resamples of the problems cross"
    return number(estimate, "count", says)


def _exp(e: Estimate | None) -> Estimate | None:
    return None if e is None else Estimate(float(np.exp(e.mean)), float(np.exp(e.low)), float(np.exp(e.high)), e.n)


def ks(top: int) -> list[int]:
    """1, 2, 4 ... and the largest."""
    return sorted({2**i for i in range(top.bit_length()) if 2**i <= top} | {top})


def _series(label: str, curve_PK: np.ndarray) -> Series:
    some = ks(curve_PK.shape[1])
    points = [statistics.share(curve_PK[:, k - 1]) for k in some]
    return Series(label, some, [e.mean for e in points], [e.low for e in points], [e.high for e in points])


def _rows(curves: Sequence[np.ndarray], key: Key) -> list[tuple[int | Number, ...]]:
    rows: list[tuple[int | Number, ...]] = []
    for k in ks(curves[0].shape[1]):
        d = statistics.paired_difference(curves[-2][:, k - 1], curves[-1][:, k - 1], key.fold("pass", k))
        rows.append((k, *(number(statistics.share(c[:, k - 1]), "share") for c in curves), number(d, "points")))
    return rows


def verdict(before: str, after: str, numbers: dict[str, Number], top: int) -> str:
    """What the numbers say, in words."""
    one, far, cross = numbers["pass@1 difference"], numbers[f"pass@{top} difference"], numbers["crossing k"]
    assert one.mean is not None and far.low is not None and far.high is not None and one.low is not None and cross.mean is not None
    said = [f"From {before} to {after} pass@1 moved by {one} and pass@{top} by {far}."]
    if one.low > 0 and far.high < 0:
        said.append("Training made right answers more frequent on fewer problems: the model before it solves more of them when it may try often.")
    elif one.low > 0 and far.low > 0:
        said.append("The model after training is ahead with few samples and with many: it solves problems that the one before does not.")
    elif one.low > 0:
        said.append(f"Right answers became more frequent; whether the set of solvable problems grew or shrank is not shown with {top} samples.")
    if cross.mean <= top:
        said.append(f"The model before overtakes at k = {cross.mean:.0f} ({_end(cross.low, top)} to {_end(cross.high, top)}).")
    else:
        said.append(f"The curves do not cross up to k = {top}.")
    said.append(f"Of what the model after solves, the model before solves {numbers['solved before too']}.")
    if "within its range" in numbers:
        said.append(f"Of the answers after, {numbers['within its range']} are no rarer to the model before than 95 % of its own.")
    return " ".join(said)


def _end(k: float | None, top: int) -> str:
    return "unknown" if k is None or k != k else f"beyond {top}" if k > top else f"{max(1.0, k):.0f}"
