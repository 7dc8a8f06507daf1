"""Which of the ways of answering that a model was shown does training amplify?"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from menolab.errors import check_range
from menolab.evaluation import statistics
from menolab.evaluation.metrics.diversity import Diversity, entropy
from menolab.evaluation.metrics.metric import Table
from menolab.evaluation.metrics.pass_at_k import pass_at_k
from menolab.evaluation.statistics import Difference
from menolab.keys import Key
from menolab.studies.desk import Desk
from menolab.studies.findings import Findings, Number, Plot, Series, Sheet, number
from menolab.studies.paired import tables
from menolab.studies.study import Study
from menolab.studies.subject import Subject
from menolab.tasks.countdown_traces import STYLES
from menolab.tasks.task import Task
from menolab.verifiers.extract import END_THINK, THINK

OTHER = "other"
"""What is none of the styles."""
EQUATION = re.compile(r"\d+[-+*/]\d+=\d+")


@dataclass(frozen=True)
class EchoChamber(Study):
    """Share of each demonstrated style in the answers before and after training, against the mixture that was demonstrated; with it accuracy by style, pass@k
    and diversity.

    Zhao et al. 2025, "Echo Chamber: RL Post-training Amplifies Behaviors Learned in Pretraining", arXiv:2504.07912: models trained from scratch on known
    mixtures converge under reinforcement on one format of the mixture, while pass@1 rises and diversity falls. The last subject is the model after, the one
    before it the model before. Countdown's styles are told by their layout (`countdown_style`), and how exactly is measured on fresh demonstrations and
    reported; answers to other tasks are told apart as code, symbols and words, as in the paper. Left out: shares during training.
    """

    catalogue = "echo-chamber"
    paper = "arXiv:2504.07912"
    least: ClassVar[int] = 2

    samples: int = 16
    """Answers a problem, where none are stored."""
    checked: int = 100
    """Fresh demonstrations on which the telling of styles is checked."""

    def __post_init__(self) -> None:
        check_range("samples", self.samples, 1)
        check_range("checked", self.checked, 0)

    def __call__(self, subjects: Sequence[Subject], desk: Desk) -> Findings:
        labels, task = [subject.label for subject in subjects], desk.task(subjects)
        by_model = tables(desk.results(subjects, self.samples), labels)
        mixture = demonstrated(task)
        told = [[style_of(row.text, row.problem, tuple(mixture)) for row in table.rows] for table in by_model]
        styles = [*mixture, *sorted({style for column in told for style in column} - {*mixture, OTHER}), OTHER]
        shares = [shares_of(column, styles, table.samples) for column, table in zip(told, by_model, strict=True)]
        winner = int(shares[-1].mean(axis=0).argmax())
        numbers = self._numbers(by_model, told, shares, styles, mixture, winner)
        exact = exactness(task, self.checked, desk.key.fold("checked")) if mixture else None
        if exact is not None:
            numbers["telling styles"] = number(exact, "share", f"of {self.checked} fresh demonstrations whose style is told right")
        return Findings(
            title=f"Echo chamber: styles of {', '.join(labels)} on {task.name}",
            verdict=verdict(labels[-2], labels[-1], styles[winner], numbers),
            numbers=numbers,
            tables=(_by_style(labels, by_model, told, shares, styles, mixture),),
            charts=(_chart(labels, shares, styles, mixture),),
            shows_not=(
                "Why a style wins: it may be the most accurate, the easiest to learn or the most frequent; see its accuracy before training.",
                "That working is right or even meant: a style is told by layout alone.",
            ),
            warnings=() if exact is None or exact > 0.99 else (f"only {exact:.0%} of fresh demonstrations have their style told right",),
            facts={"amplified": styles[winner]},
        )

    def _numbers(
        self,
        by_model: Sequence[Table],
        told: Sequence[Sequence[str]],
        shares: Sequence[np.ndarray],
        styles: Sequence[str],
        mixture: Mapping[str, float],
        winner: int,
    ) -> dict[str, Number]:
        (before, after), (a_PC, b_PC), key = by_model[-2:], shares[-2:], by_model[0].key
        name, top = styles[winner], before.samples
        a_PK, b_PK = pass_at_k(before.right_PS), pass_at_k(after.right_PS)
        found = {
            "its share before": number(statistics.share(a_PC[:, winner]), "share", f"answers in style {name}, the most frequent after training"),
            "its share after": number(statistics.share(b_PC[:, winner]), "share", f"answers in style {name}"),
            "its share's difference": number(statistics.paired_difference(a_PC[:, winner], b_PC[:, winner], key.fold("style")), "points", "after minus before"),
            "its accuracy before": _accuracy(before, told[-2], name, key),
            "the others' accuracy before": _accuracy(before, told[-2], None, key, leave=name),
            "style entropy before": _spread(a_PC, key.fold("entropy", 0)),
            "style entropy after": _spread(b_PC, key.fold("entropy", 1)),
            "pass@1 difference": number(_difference(a_PK, b_PK, 1, key), "points", "after minus before"),
            f"pass@{top} difference": number(_difference(a_PK, b_PK, top, key), "points", "after minus before"),
        }
        for which, table in (("before", before), ("after", after)):
            found[f"distinct answers {which}"] = number(Diversity()(table)["distinct"], "share", "different answers a sample that has one")
        if mixture:
            wanted_C = np.array([mixture.get(style, 0.0) for style in styles])
            for which, shares_PC in (("before", a_PC), ("after", b_PC)):
                e = statistics.bootstrap(lambda w, s=shares_PC: total_variation(w @ s / w.sum(), wanted_C), len(shares_PC), key.fold("distance", which))
                found[f"distance from the mixture {which}"] = number(e, "share", "total variation between styles drawn and styles demonstrated")
        return found


# ---- telling styles -----------------------------------------------------------------------------------------------------------------------------


def style_of(text: str, problem: str, styles: Sequence[str]) -> str:
    """The style of an answer: of Countdown's where those are demonstrated (its ids hold the numbers: "30 93 100 = 23"), else code, symbols or words."""
    if styles:
        return countdown_style(text, len(problem.partition(" = ")[0].split()), styles)
    return format_of(text)


def countdown_style(text: str, numbers: int, styles: Sequence[str]) -> str:
    """Which style of `tasks.countdown_traces` an answer is laid out in.

    No working is a guess. A derivation of n numbers has n - 1 equations, so a line of more is a block that compares what two numbers make with what is needed
    (goal, thorough), as is a line "no". Lines of at most n - 1 equations are tries, or a search beyond three. Where the mixture holds both of such a pair, they
    are told by products in blocks, and by the number of lines, which is not exact: `exactness` says how far it goes.
    """
    thought = text.partition(THINK)[2].partition(END_THINK)[0] if THINK in text else text.partition(END_THINK)[0] if END_THINK in text else ""
    lines = [line.strip() for line in thought.split("\n") if line.strip()]
    if not lines:
        return "guess"
    counts = [len(EQUATION.findall(line)) for line in lines]
    if not all(count or line == "no" for count, line in zip(counts, lines, strict=True)):
        last_is_cut = END_THINK not in text and all(c or line == "no" for c, line in zip(counts[:-1], lines[:-1], strict=True)) and len(lines) > 1
        if not last_is_cut:
            return OTHER
    blocks = [line for line, count in zip(lines, counts, strict=True) if count > numbers - 1]
    if blocks or "no" in lines:
        products = any("*" in line or "/" in line for line in blocks)
        return "thorough" if "thorough" in styles and (products or "goal" not in styles) else "goal"
    return "search" if "search" in styles and (len(lines) > 3 or "tries" not in styles) else "tries"


def format_of(text: str) -> str:
    """code (a Python block, function or <llm-code>), symbols (LaTeX), or words."""
    if re.search(r"```python|<llm-code>|^def \w+\(|^print\(", text, re.MULTILINE):
        return "code"
    return "symbols" if re.search(r"\\(?:boxed|frac|cdot|times|sqrt)|\$[^$]+\$|\\\(", text) else "words"


def demonstrated(task: Task) -> dict[str, float]:
    """The styles that a task demonstrates with their shares; empty where it has none, or none that can be told apart here."""
    styles, weights = getattr(task, "styles", ()), getattr(task, "weights", ())
    total = math.fsum(weights)
    return {style: weight / total for style, weight in zip(styles, weights, strict=True)} if set(styles) <= set(STYLES) and total else {}


def exactness(task: Task, count: int, key: Key) -> float | None:
    """Share of fresh demonstrations whose style is told right; None where none was asked for."""
    hits = 0
    for i in range(count):
        problem = task(key.fold("problem", i))
        shown = task.demonstrate(problem, key.fold("demonstration", i))
        hits += style_of(shown.text, problem.id, tuple(demonstrated(task))) == shown.style
    return hits / count if count else None


# ---- figures ------------------------------------------------------------------------------------------------------------------------------------


def shares_of(told: Sequence[str], styles: Sequence[str], samples: int) -> np.ndarray:
    """Share of each style among each problem's samples, `[P, C]`; rows sum to 1."""
    place = {style: i for i, style in enumerate(styles)}
    found_PSC = np.eye(len(styles))[[place[style] for style in told]].reshape(-1, samples, len(styles))
    return found_PSC.mean(axis=1)


def total_variation(p: np.ndarray, q: np.ndarray) -> float:
    """Half of the sum of |p - q|: the share that would have to change its style."""
    return float(0.5 * np.abs(p - q).sum())


def _spread(shares_PC: np.ndarray, key: Key) -> Number:
    e = statistics.bootstrap(lambda w: entropy([float(x) for x in w @ shares_PC]) + 0.0, len(shares_PC), key)
    return number(e, "number", "entropy of the styles over all answers, nats")


def _accuracy(table: Table, told: Sequence[str], style: str | None, key: Key, leave: str = "") -> Number:
    """Accuracy of the answers in one style (or in all but `leave`), pooled over problems."""
    chosen_PS = np.array([(s == style) if style is not None else (s != leave) for s in told], dtype=float).reshape(-1, table.samples)
    e = statistics.ratio((chosen_PS * table.right_PS).sum(axis=1), chosen_PS.sum(axis=1), key.fold("accuracy", style or "rest"))
    return number(e, "share", "right answers among those in this style")


def _difference(a_PK: np.ndarray, b_PK: np.ndarray, k: int, key: Key) -> Difference:
    return statistics.paired_difference(a_PK[:, k - 1], b_PK[:, k - 1], key.fold("pass", k))


def _by_style(
    labels: Sequence[str],
    by_model: Sequence[Table],
    told: Sequence[Sequence[str]],
    shares: Sequence[np.ndarray],
    styles: Sequence[str],
    mixture: Mapping[str, float],
) -> Sheet:
    columns = ["style", "demonstrated", *(f"{what} {label}" for label in labels for what in ("share", "accuracy"))]
    rows = []
    for i, style in enumerate(styles):
        cells: list[Number] = []
        for table, column, shares_PC in zip(by_model, told, shares, strict=True):
            cells += [number(statistics.share(shares_PC[:, i]), "share"), _accuracy(table, column, style, table.key)]
        rows.append((style, number(mixture[style], "share") if style in mixture else "", *cells))
    return Sheet("Styles", columns, rows)


def _chart(labels: Sequence[str], shares: Sequence[np.ndarray], styles: Sequence[str], mixture: Mapping[str, float]) -> Plot:
    names = [*(["demonstrated"] if mixture else []), *labels]
    series = []
    for i, style in enumerate(styles):
        points = [statistics.share(shares_PC[:, i]) for shares_PC in shares]
        first = [mixture.get(style, 0.0)] if mixture else []
        ends = ([*first, *(e.low for e in points)], [*first, *(e.high for e in points)])
        if any([*first, *(e.mean for e in points)]):
            series.append(Series(style, list(range(len(names))), [*first, *(e.mean for e in points)], *ends))
    return Plot("Share of each style", series, unit="share", x_names=names)


def verdict(before: str, after: str, name: str, numbers: Mapping[str, Number]) -> str:
    """What the numbers say, in words."""
    moved = numbers["its share's difference"]
    share = numbers["its share after"].mean
    assert share is not None and moved.low is not None and moved.high is not None
    ends = f"from {numbers['its share before']} in {before} to {numbers['its share after']} in {after}"
    said = [f"The style most frequent after training is {name}: {ends} ({moved})."]
    if moved.low > 0 and share >= 0.9:
        said.append("Training converged on it.")
    elif moved.low > 0:
        said.append("Training amplified it without converging on it.")
    else:
        said.append("That training amplified it is not shown.")
    own, others = numbers["its accuracy before"], numbers["the others' accuracy before"]
    said.append(f"Before training its answers were right in {own}, those of the other styles in {others}.")
    far = [name for name in numbers if name.startswith("pass@")][-1]
    said.append(f"pass@1 moved by {numbers['pass@1 difference']}, {far.removesuffix(' difference')} by {numbers[far]}.")
    return " ".join(said)
