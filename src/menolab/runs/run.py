"""A run: a folder on disk, the recipe it carries out, and what a stage may ask of it.

    recipe.json       the science, loadable          metrics.jsonl     one line a step, identical for identical recipes
    facts.json        versions, hardware, launch     timings.jsonl     seconds a step, never identical
    checkpoints/      see checkpoint.py              rollouts/         what was sampled, Parquet
    models/<name>/    standard model folders         evaluation/       result records          report.html
"""

from __future__ import annotations

import json
import shutil
import signal
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import torch

from menolab.errors import BadInput, RunFailed, check_range
from menolab.evaluation.facts import hardware, versions
from menolab.files import make_folder, read_json_lines, sync, write_json, write_text
from menolab.keys import Key
from menolab.pieces import from_data, to_json
from menolab.records import Problem
from menolab.runs.recipe import Recipe
from menolab.runs.setup import Setup
from menolab.tasks.task import Task, draw, evaluation_problems

FORMAT = 1
"""Version of the run folder's layout."""


@dataclass(frozen=True)
class Launch:
    """How a recipe is carried out, which changes nothing of the science."""

    device: str = "auto"
    """cpu, cuda, cuda:1 ...; auto takes a GPU if there is one."""
    threads: int = 0
    """CPU threads; 0: torch's choice, which a resumed run keeps; for a small model one, and its kernels those that other processes leave free."""
    checkpoint_every: float = 15.0
    """Seconds between checkpoints, more where saving one takes more than a fiftieth of that; 0 saves after every step."""
    rollouts_every: int = 10
    """Steps between saved rollouts; 0 saves none."""
    micro_tokens: int = 0
    """Most tokens in one forward pass of the learner: memory against speed. 0: what suits the device."""
    activation_checkpointing: bool = False
    """Keep one state a layer in the update's forward pass and compute the rest again for the gradient: a third more work, a fraction of the memory."""

    def __post_init__(self) -> None:
        check_range("--threads", self.threads, 0, 1024)  # far above that torch ends the process
        check_range("--checkpoint-every", self.checkpoint_every, 0.0)
        check_range("--rollouts-every", self.rollouts_every, 0)
        check_range("--micro-tokens", self.micro_tokens, 0)
        if self.device != "auto":
            try:
                torch.empty(0, device=self.device)
            except (RuntimeError, AssertionError, NotImplementedError) as error:
                raise BadInput("--device", self.device, f"this machine cannot use it ({str(error).splitlines()[0][:150]}); give auto, cpu or cuda") from error


def micro_tokens(device: torch.device) -> int:
    """Tokens of a forward pass of the learner where nothing else is said: the caches of a CPU gain nothing from more, a GPU idles with fewer."""
    return 4096 if device.type == "cpu" else 32768


class Listener:
    """Hears of a run's progress; this one says nothing."""

    def begin(self, stage: str, total: int, done: int) -> None:
        """A stage of `total` steps begins or goes on after `done`."""

    def step(self, stage: str, step: int, metrics: Mapping[str, Any]) -> None:
        """A step is done."""

    def end(self, stage: str) -> None:
        """A stage is over."""


class Interrupted(KeyboardInterrupt):
    """The user pressed Ctrl-C; the state is saved."""


@dataclass
class Run:
    """An open run folder. Mutable: it is appended to."""

    folder: Path
    recipe: Recipe
    launch: Launch
    listener: Listener = field(default_factory=Listener)
    stop_asked: threading.Event = field(default_factory=threading.Event)

    @property
    def setup(self) -> Setup:
        return self.recipe.setup

    @property
    def key(self) -> Key:
        """The root of all the run's randomness."""
        return Key.root(self.recipe.seed)

    @property
    def device(self) -> torch.device:
        name = self.launch.device
        if name == "auto":
            name = "cuda" if torch.cuda.is_available() else "cpu"
        return torch.device(name)

    @property
    def micro_tokens(self) -> int:
        """Most tokens in one forward pass of the learner."""
        return self.launch.micro_tokens or micro_tokens(self.device)

    @cached_property
    def evaluation(self) -> tuple[tuple[Task, tuple[Problem, ...]], ...]:
        """The evaluation's tasks and problems: given ones, or the held-out side of the training task. The same for every model of the run."""
        plan, own = self.setup.evaluation, self.setup.task
        key = self.key.fold("evaluation", "problems")
        return tuple((task, evaluation_problems(task, plan.problems, key, trained_on=task == own)) for task in plan.tasks or (own,))

    @cached_property
    def _kept_apart(self) -> tuple[frozenset[tuple[str, str]], frozenset[str]]:
        """Ids and prompts that training must not meet: of another task's list all, since `meno evaluate` may ask for more of it than the plan does."""
        own = self.setup.task
        evaluated = [p for task, problems in self.evaluation for p in ((task != own and task.listed()) or problems)]
        return frozenset((p.task, p.id) for p in evaluated), frozenset(p.prompt for p in evaluated)

    def problems(self, key: Key) -> Iterator[Problem]:
        """Endless training problems: never from the held-out side, and never one that the run evaluates on."""
        ids, prompts = self._kept_apart
        return draw(self.setup.task, key, evaluation=False, avoid=lambda p: (p.task, p.id) in ids or p.prompt in prompts)

    @property
    def checkpoints(self) -> Path:
        return self.folder / "checkpoints"

    def model_folder(self, name: str) -> Path:
        """Where the model of that name (cold_start, trained) is or will be."""
        return self.folder / "models" / name

    def log(self, stage: str, step: int, metrics: Mapping[str, Any], timings: Mapping[str, float]) -> None:
        """Append one step to metrics.jsonl and timings.jsonl, and tell the listener."""
        self._append("metrics.jsonl", {"stage": stage, "step": step, **metrics})
        self._append("timings.jsonl", {"stage": stage, "step": step, **timings})
        self.listener.step(stage, step, {**metrics, **timings})

    def sync(self) -> None:
        """Push the logs to disk: a checkpoint that follows must not know of steps that they do not."""
        for name in ("metrics.jsonl", "timings.jsonl"):
            sync(self.folder / name)

    def rewind(self, stage: str, step: int) -> None:
        """Forget logged steps of `stage` after `step`: the run goes on from there."""
        for name in ("metrics.jsonl", "timings.jsonl"):
            path = self.folder / name
            if path.exists():
                kept = [row for row in read_json_lines(path) if row["stage"] != stage or row["step"] <= step]
                write_text(path, "".join(json.dumps(row, allow_nan=False) + "\n" for row in kept))

    def keep_launch(self, launch: Launch) -> None:
        """Settle a launch setting that was left open, in this process and on disk."""
        self.launch = launch
        write_json(self.folder / "facts.json", facts(self.recipe, launch))

    def _append(self, name: str, row: Mapping[str, Any]) -> None:
        try:
            with (self.folder / name).open("a", encoding="utf-8") as file:
                file.write(json.dumps(row, allow_nan=False) + "\n")
        except OSError as error:
            raise RunFailed(f"cannot append to {self.folder / name}: {error.strerror}; the last checkpoint is untouched") from error


def discard(run: Run) -> None:
    """Remove a run folder in which nothing was done yet, so that a refused recipe does not stand in the way of the corrected one."""
    if {path.name for path in run.folder.iterdir()} <= {"recipe.json", "facts.json", ".lock"}:
        shutil.rmtree(run.folder)


def create(folder: Path, recipe: Recipe, launch: Launch) -> Run:
    """A new run folder with recipe.json and facts.json.

    Raises:
        BadInput: the folder already holds a run, or is none; or a number of the recipe is not finite.
        RunFailed: the disk is full.
    """
    if (folder / "recipe.json").exists():
        raise BadInput("--out", str(folder), f"already holds a run; resume it with `meno train --resume {folder}` or choose another folder")
    made = facts(recipe, launch)
    make_folder(folder)
    write_json(folder / "facts.json", made)
    write_text(folder / "recipe.json", to_json(recipe) + "\n")  # last: a folder with a recipe is a whole run, wherever its making was cut off
    return Run(folder, recipe, launch)


def open_run(folder: Path, recipe: Recipe | None = None) -> Run:
    """An existing run, to resume or to read.

    Args:
        folder: a run folder.
        recipe: what the caller means to carry out, if anything; must equal the run's own.

    Raises:
        BadInput: not a run folder, a damaged one, or another recipe (says which fields differ).
    """
    path = folder / "recipe.json"
    if not path.is_file():
        raise BadInput("run", str(folder), "is not a run folder (it has no recipe.json)")
    try:
        own = from_data(json.loads(path.read_text(encoding="utf-8")))
        stored = json.loads((folder / "facts.json").read_text(encoding="utf-8"))
        launch = Launch(**stored["launch"])
        if not isinstance(own, Recipe):
            raise TypeError("it holds no recipe")
    except (OSError, ValueError, KeyError, TypeError) as error:
        if isinstance(error, BadInput):
            raise
        raise BadInput("run", str(folder), f"recipe.json or facts.json is damaged ({error})") from error
    if recipe is not None and recipe != own:
        raise BadInput("--resume", str(folder), _differs(differences(own, recipe)))
    return Run(folder, own, launch)


def _differs(found: list[str]) -> str:
    more = f"; and {len(found) - 5} more" if len(found) > 5 else ""
    return f"the run's recipe differs; leave the options out, or start a new run ({'; '.join(found[:5])}{more})"


def differences(old: Any, new: Any, path: str = "") -> list[str]:
    """Where two recipes differ, as `loss.surrogate.high: 0.2 -> 0.28`."""
    from dataclasses import fields, is_dataclass

    if old == new:
        return []
    if not is_dataclass(old) or type(old) is not type(new):
        return [f"{path}: {old!r} -> {new!r}"]
    return [d for f in fields(old) for d in differences(getattr(old, f.name), getattr(new, f.name), f"{path}.{f.name}".lstrip("."))]


def facts(recipe: Recipe, launch: Launch) -> dict[str, Any]:
    """Versions, hardware and launch settings: what may explain a difference between two runs of one recipe."""
    return {
        "format": FORMAT,
        "recipe_digest": recipe.digest,
        "versions": versions(),
        "hardware": hardware(),
        "command": sys.argv,
        "launch": asdict(launch),
    }


def ask_on_interrupt(run: Run) -> Callable[[], object]:
    """Let the first Ctrl-C ask the run to stop after its step and the second one stop at once; returns a function that undoes this."""
    if threading.current_thread() is not threading.main_thread():
        return lambda: None
    old = signal.getsignal(signal.SIGINT)

    def on_interrupt(signum: int, frame: Any) -> None:
        if run.stop_asked.is_set():
            raise KeyboardInterrupt
        run.stop_asked.set()

    signal.signal(signal.SIGINT, on_interrupt)
    return lambda: signal.signal(signal.SIGINT, old)
