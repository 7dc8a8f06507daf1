"""GSM-Symbolic: does a model solve the question, or remember it?"""

from __future__ import annotations

import dataclasses
import json
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from menolab.errors import BadInput, RunFailed, check_range
from menolab.evaluation import statistics
from menolab.evaluation.record import Result
from menolab.keys import Key
from menolab.records import Problem
from menolab.studies.desk import Desk
from menolab.studies.findings import Findings, Number, Plot, Series, Sheet, number
from menolab.studies.study import Study
from menolab.studies.subject import Subject
from menolab.tasks.task import Task, met_in_training

ORIGINAL, INSTANCES, NO_OP = ROLES = ("original", "instances", "no-op")

Answers = Mapping[str, Sequence[float]]
"""By template: the share of right samples of each of its problems."""


@dataclass(frozen=True)
class GSMSymbolic(Study):
    """Accuracy on questions as they were published against the same templates filled afresh, and against those with a clause that changes nothing.

    Everything is paired by template. The j-th instances of all templates are one set; the accuracies of the sets are the distribution in which a
    single published score is one draw. Stored samples of tasks whose problems name their template are used as they are (of a run, or several records of one
    model), else the variants of the task are drawn: it needs the switches `original` and `no_op`, as gsm-symbolic-templates has them.
    Source: Mirzadeh et al. 2024 (arXiv:2410.05229): fifty sets of a hundred templates, eight examples in the prompt. Here are no examples, and the
    clauses without effect are ours, since those of the paper were not published. P1 and P2, with more clauses, are parts of the templates' folder.
    """

    catalogue = "gsm-symbolic"
    paper = "arXiv:2410.05229"

    samples: int = 1
    """Answers to each problem, where they have to be drawn."""
    instances: int = 8
    """Of each template, where they have to be drawn."""

    def __post_init__(self) -> None:
        check_range("samples", self.samples, 1)
        check_range("instances", self.instances, 1)

    def __call__(self, subjects: Sequence[Subject], desk: Desk) -> Findings:
        stored, warnings = gathered(subjects), []
        if not stored:
            task = desk.task(subjects)
            asked = variants(task, desk.problems, self.instances, desk.key.fold("instances"))
            stored = {subject.label: self._drawn(subject, task, asked, desk) for subject in subjects}
            for subject in subjects:
                if subject.setup is not None and (met := met_in_training(subject.setup.task, asked[INSTANCES][1])):
                    warnings.append(f"{subject.label} may have met {met} of the {len(asked[INSTANCES][1])} instances in training")
        looks = {label: look({role: by_template(result) for role, result in results.items()}, desk.key.fold(label)) for label, results in stored.items()}
        return Findings(
            title="Published questions against the same templates filled afresh",
            verdict=" ".join(_verdict(label, found) for label, found in looks.items()),
            numbers={f"{label} {name}": value for label, found in looks.items() for name, value in found.numbers.items()},
            tables=(
                Sheet(
                    "Templates that lose most (share right)",
                    ("model", "template", ORIGINAL, INSTANCES, NO_OP),
                    [(label, *row) for label, found in looks.items() for row in found.worst],
                ),
            ),
            charts=tuple(_chart(label, found) for label, found in looks.items() if len(found.sets) > 1),
            shows_not=(
                "memorising as such: instances may be harder than the originals (larger numbers), and a model may lose on them for that",
                "that a model without a drop reasons: templates keep the wording, and only names and numbers change",
                "the spread of other wordings or other questions",
            ),
            warnings=tuple(warnings),
        )

    def _drawn(self, subject: Subject, task: Task, asked: Mapping[str, tuple[Task, tuple[Problem, ...]]], desk: Desk) -> dict[str, Result]:
        decoding = desk.decoding([subject])
        return {role: desk.draw(subject, f"{subject.label}-{role}", own, problems, decoding, self.samples) for role, (own, problems) in asked.items()}


@dataclass(frozen=True)
class Look:
    """What the three kinds of questions show of one model."""

    numbers: dict[str, Number]
    sets: Sequence[float]
    """Accuracy of each set of instances, in order."""
    original: float
    worst: Sequence[tuple[str, float, float, float | None]]


def gathered(subjects: Sequence[Subject]) -> dict[str, dict[str, Result]]:
    """The stored samples of problems that name their template, by model and by role; empty where there are none.

    Raises:
        BadInput: a model lacks originals or instances, or has two sets of a kind.
    """
    found: dict[str, dict[str, Result]] = {}
    for subject in subjects:
        for result in subject.results.values():
            if not result.rows or template_of(json.loads(result.rows[0].facts)) is None:
                continue
            # records come one a subject: those of one model belong together
            label = result.record.model if len(subject.results) == 1 and result.record.model else subject.label
            own = found.setdefault(label, {})
            if own.setdefault(role(result.record.task), result) is not result:
                raise BadInput("RECORD", result.record.task, f"two sets of {role(result.record.task)} of {label}; give one of each kind")
    for label, own in found.items():
        if missing := [name for name in (ORIGINAL, INSTANCES) if name not in own]:
            raise BadInput("RECORD", label, f"samples on {' and '.join(missing)} questions are missing; give the records of both, or --redraw with the model")
    return found


def role(task: str) -> str:
    """Which kind of questions a task of this name asks."""
    return ORIGINAL if "original" in task else NO_OP if "no-op" in task else INSTANCES


def template_of(facts: Mapping[str, Any]) -> str | None:
    """What a problem is paired by: the published question that its template was made from, or the template; None where it has neither."""
    found = facts.get("original", facts.get("template"))
    return None if found is None else str(found)


def variants(task: Task, most: int, each: int, key: Key) -> dict[str, tuple[Task, tuple[Problem, ...]]]:
    """At most `most` original questions, `each` different instances of the template of each, and the same instances with a clause that changes nothing.

    Raises:
        BadInput: the task has no such variants.
        RunFailed: some template gives too few different instances.
    """
    names = {field.name for field in dataclasses.fields(task)}  # type: ignore[arg-type]
    if not {"original", "no_op"} <= names:
        raise BadInput("--on", task.name, "is not made of templates; choose one with originals and clauses without effect, such as gsm-symbolic-templates")
    switched: Any = task  # its two switches were looked for above
    first, plain, no_op = (replace(switched, original=o, no_op=n) for o, n in ((True, False), (False, False), (False, True)))
    originals = (first.listed() or ())[:most]
    kept: dict[str, Key] = {}
    found: list[Problem] = []
    wanted = Counter({template: each for problem in originals if (template := template_of(problem.facts)) is not None})
    tries = 0
    while +wanted:
        problem = plain(at := key.fold(tries))
        template = template_of(problem.facts)
        if template is not None and wanted[template] > 0 and problem.id not in kept:
            kept[problem.id] = at
            found.append(problem)
            wanted[template] -= 1
        tries += 1
        if tries > 1000 + 100 * each * len(originals):
            raise RunFailed(f"{task.name}: {tries} draws gave too few instances of template {next(iter(+wanted))}; ask for fewer --instances")
    return {ORIGINAL: (first, originals), INSTANCES: (plain, tuple(found)), NO_OP: (no_op, tuple(no_op(at) for at in kept.values()))}


def by_template(result: Result) -> dict[str, list[float]]:
    """The share of right samples of each problem, by template, in the order of the problems."""
    found: defaultdict[str, list[float]] = defaultdict(list)
    n = result.record.samples
    for at in range(0, len(result.rows), n):
        template = template_of(json.loads(result.rows[at].facts))
        if template is None:
            raise BadInput("RECORD", result.record.task, f"problem {result.rows[at].problem} does not say which template it is of")
        found[template].append(sum(row.label == "right" for row in result.rows[at : at + n]) / n)
    return dict(found)


def sets_of(instances: Answers) -> list[float]:
    """Accuracy of every set: the j-th instances of all templates, for as many j as all have."""
    return [float(np.mean([shares[j] for shares in instances.values()])) for j in range(min(map(len, instances.values())))]


def look(answers: Mapping[str, Answers], key: Key) -> Look:
    """The numbers of one model. Templates that one of two compared kinds lacks are left out of that comparison.

    Raises:
        BadInput: originals and instances share no template.
    """
    shared = [template for template in answers[ORIGINAL] if template in answers[INSTANCES]]
    if not shared:
        raise BadInput("RECORD", sorted(answers[ORIGINAL])[:3], "originals and instances share no template; evaluate both on the same templates")
    mean_T = {name: np.array([np.mean(answers[name][t]) for t in shared]) for name in (ORIGINAL, INSTANCES)}
    sets = sets_of({t: answers[INSTANCES][t] for t in shared})
    found = {
        "original": number(statistics.share(mean_T[ORIGINAL]), "share", "of the questions as published, those answered rightly"),
        "instances": number(statistics.share(mean_T[INSTANCES]), "share", "of the templates' new instances"),
        "change": number(statistics.paired_difference(mean_T[ORIGINAL], mean_T[INSTANCES], key.fold("drop")), "points", "new instances less originals"),
        "spread": number(float(np.std(sets, ddof=1)) if len(sets) > 1 else None, "share", "standard deviation of accuracy over sets of instances"),
        "sets below": number(float(np.mean([s < mean_T[ORIGINAL].mean() for s in sets])), "share", f"of {len(sets)} sets, those below the originals' accuracy"),
    }
    clause = answers.get(NO_OP, {})
    both = [template for template in answers[INSTANCES] if template in clause]
    if both:
        before, after = (np.array([np.mean(kind[t]) for t in both]) for kind in (answers[INSTANCES], clause))
        found["no-op"] = number(statistics.share(after), "share", "of new instances with a clause that changes nothing")
        found["no-op change"] = number(statistics.paired_difference(before, after, key.fold("no-op")), "points", "with the clause less without")
    first, fresh = ([float(mean) for mean in mean_T[name]] for name in (ORIGINAL, INSTANCES))
    rows = [(t, a, b, float(np.mean(clause[t])) if t in clause else None) for t, a, b in zip(shared, first, fresh, strict=True)]
    return Look(found, sets, float(mean_T[ORIGINAL].mean()), sorted(rows, key=lambda row: row[2] - row[1])[:10])


def _verdict(label: str, found: Look) -> str:
    n = found.numbers
    change = n["change"]
    assert change.low is not None and change.high is not None
    moved = "lower on new instances" if change.high < 0 else "higher on new instances" if change.low > 0 else "no difference that can be told"
    text = f"{label}: {n['original']} of the originals right, {n['instances']} of new instances; change {change}: {moved}."
    if "no-op" in n:
        text += f" A clause without effect changes it by {n['no-op change']}."
    return text


def _chart(label: str, found: Look) -> Plot:
    xs = [float(i + 1) for i in range(len(found.sets))]
    lines = (Series("sets of instances", xs, sorted(found.sets)), Series("original", xs, [found.original] * len(xs)))
    return Plot(f"{label}: accuracy of each set of instances, in order of accuracy", lines, "set", "share")
