"""Where a study works: its folder, the problems it asks, and how samples are drawn so that a kill loses a chunk at most."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

from menolab.engines.decoding import Decoding
from menolab.engines.engine import Engine
from menolab.errors import BadInput
from menolab.evaluation import record
from menolab.evaluation.evaluate import MAX_TOKENS, STANDARD, evaluate
from menolab.evaluation.metrics.majority import MajorityAtK
from menolab.evaluation.record import Result
from menolab.evaluation.rescore import problem_of
from menolab.keys import Key
from menolab.pieces import from_data, to_data
from menolab.records import Problem
from menolab.studies.subject import Subject
from menolab.tasks.task import Task, evaluation_problems

MOST_VOTES = 64
"""Samples a problem up to which maj@k is summed up with what is drawn: exact over all subsets, it takes half a second a problem at 256, and no study of large
k reads it."""


@dataclass(frozen=True)
class Desk:
    """What every study is given beside its subjects."""

    folder: Path
    key: Key = Key.root(0)
    """Which problems and which draws."""
    on: Task | None = None
    """The task that the user named; None: the one that the subjects' stored samples are of, or their run's."""
    problems: int = 64
    """At most so many problems, where they have to be chosen; stored samples bring theirs."""
    temperature: float | None = None
    """None: as the run evaluates, else 1."""
    max_tokens: int | None = None
    """None: as the run evaluates, else `MAX_TOKENS`."""
    notify: Callable[[str, int, int], None] = field(default=lambda what, done, total: None, compare=False)
    """Called with (what is drawn, problems done, problems in all)."""

    def task(self, subjects: Sequence[Subject]) -> Task:
        """The task that is studied.

        Raises:
            BadInput: it cannot be told, or stored samples are of a task this version cannot load.
        """
        if self.on is not None:
            return self.on
        names = {name: result for subject in subjects for name, result in subject.results.items()}
        if len(names) > 1:
            raise BadInput("--on", sorted(names), "the samples are of several tasks; say which of them to study")
        if names:
            return from_data(next(iter(names.values())).record.task_piece)
        own = [subject.setup.task for subject in subjects if subject.setup is not None]
        if not own:
            raise BadInput("--on", "", "say on what: a task's name (see `meno tasks`) or a file of problems")
        return own[0]

    def asked(self, subjects: Sequence[Subject], task: Task) -> tuple[Problem, ...]:
        """The problems that are asked: those of the stored samples on the task where there are any, else held-out ones."""
        for subject in subjects:
            if (result := subject.results.get(task.name)) is not None:
                return tuple(problem_of(row, task.name) for row in result.rows[:: result.record.samples])
        trained_on = any(subject.setup is not None and subject.setup.task == task for subject in subjects)
        return evaluation_problems(task, self.problems, self.key.fold("problems"), trained_on=trained_on)

    def decoding(self, subjects: Sequence[Subject]) -> Decoding:
        """How answers are drawn: as the first stored result was, or the run evaluates, with what the user said in its place."""
        stored = [result.record.decoding for subject in subjects for result in subject.results.values()]
        setups = [subject.setup.evaluation_decoding for subject in subjects if subject.setup is not None]
        base = from_data(dict(stored[0])) if stored else setups[0] if setups else Decoding(max_tokens=MAX_TOKENS)
        temperature = base.temperature if self.temperature is None else self.temperature
        return replace(base, temperature=temperature, max_tokens=base.max_tokens if self.max_tokens is None else self.max_tokens)

    def results(self, subjects: Sequence[Subject], samples: int) -> list[Result]:
        """Each subject's samples on the task: stored ones as they are, else `samples` answers to each of the same problems, drawn under the same keys.

        Raises:
            BadInput: samples that must be drawn of a subject whose model is not known.
        """
        task = self.task(subjects)
        problems, decoding = self.asked(subjects, task), self.decoding(subjects)
        found = [subject.results.get(task.name) for subject in subjects]
        return [known or self.draw(subject, subject.label, task, problems, decoding, samples) for known, subject in zip(found, subjects, strict=True)]

    def draw(
        self,
        subject: Subject,
        name: str,
        task: Task,
        problems: Sequence[Problem],
        decoding: Decoding,
        samples: int,
        *,
        key: Key | None = None,
        engine: Engine | None = None,
    ) -> Result:
        """`samples` answers of a subject to each problem, kept in the folder under `name`; what is there already is not drawn again.

        Args:
            key: of the draws; the desk's own by default, so that two models meet the same draws.
            engine: in place of the subject's own (another dtype, another batch).

        Raises:
            BadInput: the folder holds samples of another kind under this name, or the subject's model is not known.
        """
        path = self.folder / "samples" / f"{plain(name)}.json"
        parts = path.with_name(f".{path.stem}.parts")
        used = key or self.key.fold("samples")
        if path.is_file():
            shutil.rmtree(parts, ignore_errors=True)  # left by a kill just before the end
            stored = record.load(path)
            _same(stored, path, task, decoding, samples, used, [p.id for p in problems])
            return stored
        engine = engine or subject.opened()
        metrics = [metric for metric in STANDARD if samples <= MOST_VOTES or not isinstance(metric, MajorityAtK)]
        result = evaluate(
            engine, task, problems, decoding, samples, used, partial(self.notify, name), model=subject.label, metrics=metrics, parts=parts
        )
        record.save(path.parent, path.stem, result)
        shutil.rmtree(parts)
        return result


def plain(name: str) -> str:
    """A name as a file's: letters, digits and -._+ stay."""
    return "".join(c if c.isalnum() or c in "-._+" else "-" for c in name).strip(".-") or "model"


def _same(stored: Result, path: Path, task: Task, decoding: Decoding, samples: int, key: Key, ids: Sequence[str]) -> None:
    r = stored.record
    wanted = (to_data(task), to_data(decoding), samples, key.path, list(ids))
    found = (r.task_piece, dict(r.decoding), r.samples, tuple(r.key), [row.problem for row in stored.rows[:: r.samples]])
    differing = [what for what, a, b in zip(("task", "decoding", "samples", "key", "problems"), found, wanted, strict=True) if a != b]
    if differing:
        raise BadInput("--out", str(path), f"holds samples with another {', '.join(differing)}; choose another --out folder")
