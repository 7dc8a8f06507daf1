"""How much of a score is the model, and how much the way it was measured?"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from menolab.engines.decoding import Decoding
from menolab.engines.engine import Engine
from menolab.engines.torch_engine import TorchEngine
from menolab.errors import BadInput, check_range
from menolab.evaluation import statistics
from menolab.evaluation.metrics.metric import Table
from menolab.evaluation.record import Result
from menolab.evaluation.rescore import problem_of
from menolab.evaluation.statistics import Difference
from menolab.keys import Key
from menolab.records import Problem
from menolab.studies.desk import Desk
from menolab.studies.findings import Findings, Number, Plot, Series, Sheet, number
from menolab.studies.paired import tables
from menolab.studies.study import Study
from menolab.studies.subject import Subject
from menolab.tasks.task import Task

Variant = tuple[str, Decoding, Engine | None, Sequence[Problem]]
"""Name, how is drawn, engine in place of the subject's own, what is asked."""


@dataclass(frozen=True)
class SoberLook(Study):
    """pass@1 over seeds, and how it moves with temperature, top-p, token limit, the prompt's wording, batch and dtype; of several models, how often one seed
    ranks them otherwise than all seeds together.

    Hochlehnert et al. 2025, "A Sober Look at Progress in Language Model Reasoning: Pitfalls and Paths to Reproducibility", arXiv:2504.07086: mean and standard
    deviation over many seeds (10 for small sets), one protocol for all models, intervals and tests. A seed here is one answer to every problem; stored samples
    serve as seeds. Every other setting is compared with the same draws under the protocol, paired by problem and adjusted (Holm) for their number. Left out:
    other machines and other engines.
    """

    catalogue = "sober-look"
    paper = "arXiv:2504.07086"

    samples: int = 10
    """Seeds: answers a problem, where none are stored, and of every other setting."""
    temperatures: tuple[float, ...] = (0.0, 0.6)
    """Beside the protocol's own."""
    top_p: tuple[float, ...] = (0.9,)
    limits: tuple[float, ...] = (0.5,)
    """Token limits, as parts of the protocol's."""
    wordings: tuple[str, ...] = ("{prompt}\n", "Question: {prompt}\nAnswer:")
    """Other prompts for the same problems."""
    batches: tuple[int, ...] = (1,)
    """Rows that the engine continues at once (in-process engines)."""
    dtypes: tuple[str, ...] = ("bfloat16",)
    """Of the matrix products (in-process engines)."""

    def __post_init__(self) -> None:
        check_range("samples", self.samples, 2)
        for wording in self.wordings:
            if "{prompt}" not in wording:
                raise BadInput("wordings", wording, "say where the problem goes with {prompt}")
        for limit in self.limits:
            check_range("limits", limit, 0.0, 1.0, open_low=True)
        for dtype in self.dtypes:
            if dtype not in ("float32", "bfloat16", "float16"):
                raise BadInput("dtypes", dtype, "give float32, bfloat16 or float16")

    def __call__(self, subjects: Sequence[Subject], desk: Desk) -> Findings:
        labels, task = [subject.label for subject in subjects], desk.task(subjects)
        results = desk.results(subjects, self.samples)
        by_model = tables(results, labels)
        numbers: dict[str, Number] = {}
        for label, table in zip(labels, by_model, strict=True):
            numbers |= {f"{name}, {label}": value for name, value in protocol(table.right_PS).items()}
        numbers["one problem"] = number(1 / by_model[0].problems, "share", "what one problem more or less is worth")
        if len(subjects) > 1:
            numbers |= _rankings(by_model, labels)
        asked = [found for found in zip(subjects, by_model, results, strict=True) if found[0].engine is not None]
        moved = [
            row
            for subject, table, result in asked
            for row in self._settings(subject, desk, table, task, desk.decoding(subjects), Key(tuple(result.record.key)))
        ]
        adjusted = statistics.holm([d.p for _, _, _, d in moved])
        rows = [(label, what, score, number(d, "points"), f"{p:.2g}") for (label, what, score, d), p in zip(moved, adjusted, strict=True)]
        firm = [f"{label} {what}" for (label, what, _, _), p in zip(moved, adjusted, strict=True) if p < 0.05]
        numbers["settings that move the score"] = number(len(firm), "count", f"of {len(moved)} tried, at p < 0.05 after Holm's adjustment")
        return Findings(
            title=f"Sober look: {', '.join(labels)} on {task.name}",
            verdict=verdict(labels, numbers, firm, len(moved)),
            numbers=numbers,
            tables=(Sheet("Settings against the protocol's", ("model", "setting", "pass@1", "difference", "p (Holm)"), rows),) if rows else (),
            charts=(_by_seed(labels, by_model),),
            shows_not=(
                "What other problems would do: the spread over seeds is on these problems; the intervals over problems say the other half.",
                "That a setting without a shown effect has none: see what a difference's interval still allows.",
            ),
            warnings=() if moved else ("only stored samples are known, so nothing but seeds was looked at; give the models to vary the settings",),
        )

    def _settings(
        self, subject: Subject, desk: Desk, table: Table, task: Task, decoding: Decoding, key: Key
    ) -> list[tuple[str, str, Number, Difference]]:
        """Every other setting's pass@1 and its difference from the protocol's. `key` is that of the protocol's draws: both meet the same."""
        samples = min(self.samples, table.samples)
        problems = [problem_of(row, task.name) for row in table.rows[:: table.samples]]
        found = []
        for what, changed, engine, asked in self._variants(subject, decoding, problems):
            result = desk.draw(subject, f"{subject.label}-{what}", task, asked, changed, samples, key=key, engine=engine)
            scores_P, own_P = _scores(result), table.right_PS[:, :samples].mean(axis=1)
            d = statistics.paired_difference(own_P, scores_P, Key.root(0).fold("sober", what))
            found.append((subject.label, what, number(statistics.share(scores_P), "share"), d))
        return found

    def _variants(self, subject: Subject, decoding: Decoding, problems: Sequence[Problem]) -> list[Variant]:
        found: list[Variant] = []
        for value in self.temperatures:
            found.append((f"temperature {value:g}", replace(decoding, temperature=value), None, problems))
        found += [(f"top-p {value:g}", replace(decoding, top_p=value), None, problems) for value in self.top_p]
        for part in self.limits:
            limit = max(1, round(part * decoding.max_tokens))
            found.append((f"{limit} tokens", replace(decoding, max_tokens=limit), None, problems))
        for number_, wording in enumerate(self.wordings, 1):
            found.append((f"wording {number_}", decoding, None, [replace(p, prompt=wording.replace("{prompt}", p.prompt)) for p in problems]))
        engine = subject.opened()
        if isinstance(engine, TorchEngine):
            import torch

            found += [(f"batch of {rows}", decoding, TorchEngine(engine.policy, rows, engine.dtype), problems) for rows in self.batches]
            found += [(dtype, decoding, TorchEngine(engine.policy, engine.max_batch, getattr(torch, dtype)), problems) for dtype in self.dtypes]
        return found


def _scores(result: Result) -> np.ndarray:
    """Each problem's share of right samples."""
    return np.array([row.label == "right" for row in result.rows], dtype=float).reshape(-1, result.record.samples).mean(axis=1)


def protocol(right_PS: np.ndarray) -> dict[str, Number]:
    """What is reported of one model: pass@1 over all seeds with its interval over problems, and how far single seeds lie apart."""
    by_seed_S = right_PS.mean(axis=0)
    spread = float(by_seed_S.std(ddof=1)) if len(by_seed_S) > 1 else None
    return {
        "pass@1": number(statistics.share(right_PS.mean(axis=1)), "share", f"mean over {len(by_seed_S)} seeds; interval over problems"),
        "deviation over seeds": number(spread, "share", "standard deviation of single seeds' scores on these problems"),
        "lowest seed": number(float(by_seed_S.min()), "share", "the worst single seed"),
        "highest seed": number(float(by_seed_S.max()), "share", "the best single seed: what a report of one lucky run would say"),
    }


def flips(a_S: np.ndarray, b_S: np.ndarray) -> float:
    """How often one seed of each model ranks two models otherwise than all seeds together: over all pairs of seeds, ties counted half.

    0 where the models' scores never overlap, 1/2 where a single seed says nothing. Where all seeds together tie, there is no order to flip, and it is 1/2.
    """
    order = float(np.sign(round(float(b_S.mean() - a_S.mean()), 12)))
    if order == 0:
        return 0.5
    signs_SS = np.sign(np.round(b_S[None, :] - a_S[:, None], 12)) * order
    return float((signs_SS < 0).mean() + 0.5 * (signs_SS == 0).mean())


def kendall(order_a: Sequence[float], order_b: Sequence[float]) -> float:
    """Kendall's tau-a of two scores of the same models: (concordant - discordant pairs) / pairs."""
    pairs = list(itertools.combinations(range(len(order_a)), 2))
    signs = [np.sign(round(order_a[i] - order_a[j], 12)) * np.sign(round(order_b[i] - order_b[j], 12)) for i, j in pairs]
    return float(sum(signs) / len(pairs))


def _rankings(by_model: Sequence[Table], labels: Sequence[str]) -> dict[str, Number]:
    """How stable the order of the models is over seeds."""
    seeds = [table.right_PS.mean(axis=0) for table in by_model]
    found = {}
    for i, j in itertools.combinations(range(len(labels)), 2):
        name = f"{labels[i]} / {labels[j]}"
        d = statistics.paired_difference(by_model[i].right_PS.mean(axis=1), by_model[j].right_PS.mean(axis=1), by_model[i].key.fold("rank", i, j))
        found[f"difference, {name}"] = number(d, "points", f"pass@1 of {labels[j]} minus {labels[i]} over all seeds")
        found[f"flips, {name}"] = number(flips(seeds[i], seeds[j]), "share", "pairs of single seeds that rank the two otherwise than all seeds together")
    whole = [float(s.mean()) for s in seeds]
    taus = [kendall([float(s[k]) for s in seeds], whole) for k in range(len(seeds[0]))]
    found["rank agreement"] = number(float(np.mean(taus)), "number", "mean Kendall tau of single seeds' rankings with that of all seeds")
    return found


def _by_seed(labels: Sequence[str], by_model: Sequence[Table]) -> Plot:
    series = []
    for label, table in zip(labels, by_model, strict=True):
        means = table.right_PS.mean(axis=0)
        series.append(Series(label, [float(i + 1) for i in range(len(means))], [float(m) for m in means]))
    return Plot("pass@1 of single seeds", series, "seed", "share")


def verdict(labels: Sequence[str], numbers: dict[str, Number], firm: Sequence[str], tried: int) -> str:
    """What the numbers say, in words."""
    ends = {label: f"{numbers[f'lowest seed, {label}']} to {numbers[f'highest seed, {label}']}" for label in labels}
    said = [f"{label}: {numbers[f'pass@1, {label}']}, single seeds from {ends[label]}." for label in labels]
    for name, value in numbers.items():
        if name.startswith("flips, "):
            pair, d = name.removeprefix("flips, "), numbers[f"difference, {name.removeprefix('flips, ')}"]
            shown = "a difference is shown" if d.p is not None and d.p < 0.05 else "no difference is shown"
            said.append(f"{pair}: {shown} over all seeds ({d}); single seeds rank them the other way in {value} of pairs.")
    if tried:
        said.append(f"Of {tried} other settings {len(firm)} move the score{': ' + ', '.join(firm) if firm else ''}.")
    return " ".join(said)
