"""Measuring methods for the ledger: many runs from one cold start a seed, at an equal number of drawn tokens."""

from __future__ import annotations

import datetime
import multiprocessing
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

from menolab.errors import BadInput
from menolab.evaluation import facts
from menolab.evaluation.compare import compare
from menolab.evaluation.record import Record, Result, load
from menolab.files import read_json_lines, write_folder
from menolab.ledger.entry import START, YARDSTICK, Entry, Trial
from menolab.pieces import find
from menolab.runs.pipeline import carry_out, record_path
from menolab.runs.recipe import Recipe
from menolab.runs.run import Launch, Run, create, open_run
from menolab.runs.setup import Setup
from menolab.runs.stage import NoTraining, Stage

SLACK = 0.05
"""How far the drawn tokens of a method may be from the yardstick's before it is run again with its steps scaled."""
ROUNDS = 3
"""Most runs of a method and seed while its steps are fitted to the budget of tokens."""


@dataclass(frozen=True)
class Ground:
    """Where methods are compared: a setup under its name, and the folder that holds the runs."""

    name: str
    setup: Setup
    folder: Path

    def place(self, method: str, seed: int, steps: int | None = None) -> Path:
        """The run of a method and seed; `steps` where they are not the setup's."""
        return self.folder / self.name / f"seed-{seed}" / (method if steps is None else f"{method}-{steps}-steps")


def measure(
    methods: Mapping[str, Stage], ground: Ground, seeds: Sequence[int], *, jobs: int = 1, heard: Callable[[str], None] = lambda place: None
) -> Iterator[Entry]:
    """Entries of the methods as they are finished; what is on disk is not done again.

    Cold starts and the yardstick come first, since everything starts from the ones and is compared with the other. `jobs` runs go on at a time, each in
    a process of its own; `heard` is told of every run that is done.

    Raises:
        BadInput: a method that cannot work on this ground.
        RunFailed: a run could not go on.
    """
    yardstick = find(Stage, YARDSTICK)
    assert isinstance(yardstick, Stage)
    fresh = multiprocessing.get_context("spawn")  # a forked child of a process that has used torch's threads may hang
    with ProcessPoolExecutor(jobs, mp_context=fresh) as pool:
        for name, method in ((START, NoTraining()), (YARDSTICK, yardstick)):
            for done in [pool.submit(_run, name, method, ground, seed) for seed in seeds]:
                heard(str(done.result()))
        others = {name: method for name, method in methods.items() if name != YARDSTICK}
        running = {name: [pool.submit(_fit, name, method, ground, seed) for seed in seeds] for name, method in others.items()}
        for name in methods:
            for done in running.get(name, ()):
                heard(str(done.result()))
            yield entry(name, ground, seeds)


def _run(name: str, method: Stage, ground: Ground, seed: int, steps: int | None = None) -> Path:
    """Carry out, or finish, one run; `steps` other than the ground's where the budget asks for it. Returns where it is."""
    recipe = Recipe(method, ground.setup if steps is None else replace(ground.setup, steps=steps), seed)
    place = ground.place(name, seed, steps)
    run = open_run(place, recipe) if (place / "recipe.json").exists() else create(place, recipe, Launch(rollouts_every=0))
    if name != START:
        _adopt(run, ground.place(START, seed))
    carry_out(run)
    return place


def _adopt(run: Run, start: Path) -> None:
    """Take the seed's cold start and its measurements from the run that made them: this run would make the same to the last bit."""
    for part in ("models", "evaluation"):
        if (start / part).exists() and not (run.folder / part).exists():
            write_folder(run.folder / part, lambda scratch, part=part: shutil.copytree(start / part, scratch, dirs_exist_ok=True))


def _fit(name: str, method: Stage, ground: Ground, seed: int) -> Path:
    """Run a method with as many steps as draw the yardstick's number of tokens."""
    budget = tokens(ground.place(YARDSTICK, seed))
    steps = place = None
    for _ in range(ROUNDS):
        place = _run(name, method, ground, seed, steps)
        drawn, done = tokens(place), steps or ground.setup.steps
        fitted = max(1, round(done * budget / drawn))
        if abs(drawn / budget - 1) <= SLACK or fitted == done:
            break
        steps = fitted
    assert place is not None
    return place


def chosen(method: str, ground: Ground, seed: int) -> Path:
    """The run of a method and seed whose drawn tokens are nearest to the yardstick's.

    Raises:
        BadInput: there is none.
    """
    own = ground.place(method, seed)
    runs = [path for path in (own, *own.parent.glob(f"{method}-*-steps")) if (path / "models" / "trained").is_dir()]
    if not runs:
        raise BadInput("runs", str(own), "no finished run; `meno ledger run` makes it")
    budget = tokens(ground.place(YARDSTICK, seed))
    return min(runs, key=lambda path: abs(tokens(path) - budget))


def tokens(run: Path) -> int:
    """Response tokens that a run drew in training."""
    return sum(row.get("tokens", 0) for row in read_json_lines(run / "metrics.jsonl"))


def seconds(run: Path) -> float:
    """Seconds of the method's own steps."""
    rows = [row for row in read_json_lines(run / "timings.jsonl") if row["stage"] != "cold_start"]
    return sum(row.get(lap, 0.0) for row in rows for lap in ("sample", "verify", "update", "other"))


def entry(method: str, ground: Ground, seeds: Sequence[int]) -> Entry:
    """The entry of a method from its finished runs."""
    trials = tuple(_trial(method, ground, seed) for seed in seeds)
    plan, today = ground.setup.evaluation, datetime.date.today().isoformat()
    against = START if method == YARDSTICK else YARDSTICK
    return Entry(method, ground.name, against, plan.problems, plan.samples, trials, today, facts.versions(), facts.hardware())


def _trial(method: str, ground: Ground, seed: int) -> Trial:
    place, yardstick = chosen(method, ground, seed), ground.place(YARDSTICK, seed)
    name = open_run(place).evaluation[0][0].name

    def result(run: Path, model: str) -> Result:
        return load(record_path(run, name, model))

    model = "cold_start" if record_path(place, name, "cold_start").exists() else "base"  # a ground that starts from a checkpoint has no cold start
    start, after = result(place, model), result(place, "trained")
    other = start if method == YARDSTICK else result(yardstick, "trained")
    difference = compare(other, after).difference
    return Trial(
        seed=seed,
        steps=open_run(place).setup.steps,
        tokens=tokens(place),
        seconds=seconds(place),
        start=_metrics(start.record),
        yardstick=_metrics(other.record),
        after=_metrics(after.record),
        yardstick_tokens=tokens(yardstick),
        yardstick_seconds=seconds(yardstick),
        interval=(difference.low, difference.high),
    )


def _metrics(record: Record) -> dict[str, float | None]:
    k = record.samples
    names = ("pass@1", f"pass@{k}", f"maj@{k}", "length", "entropy", "truncated", "unparsed")
    return {name: estimate.mean if (estimate := record.metrics[name]) is not None else None for name in names}
