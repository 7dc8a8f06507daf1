"""Carrying out a recipe: base -> cold start -> method, each measured on the same problems. Every part that is done is on disk and is not done again."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import torch

from menolab.engines.torch_engine import TorchEngine
from menolab.errors import BadInput
from menolab.evaluation import record
from menolab.evaluation.evaluate import evaluate
from menolab.files import locked, remove_scratch
from menolab.heap import keep_freed
from menolab.load import FreeProcessors
from menolab.models.checkpoint import Checkpoint
from menolab.models.lean import native
from menolab.models.policy import Policy
from menolab.runs.run import Run, ask_on_interrupt
from menolab.runs.stage import NoTraining, Stage

STAGES = ("cold_start", "trained")
"""Names of the models a run makes, in order; "base" is the one it starts from."""


def carry_out(run: Run) -> None:
    """Do whatever of the run is not done yet.

    Raises:
        BadInput: the recipe cannot work (found before any training).
        RunFailed: it could not go on; the last good state is on disk.
        Interrupted: Ctrl-C, after saving.
    """
    restore = ask_on_interrupt(run)
    try:
        with locked(run.folder):
            remove_scratch(run.folder)
            _carry_out(run)
    finally:
        restore()


def _carry_out(run: Run) -> None:
    keep_freed()
    policy = run.setup.base(run.key.fold("base"))
    settle_threads(run, policy)
    check(run, policy)
    policy.model.to(run.device)
    measure(run, "base", policy)
    for name, stage in zip(STAGES, (run.setup.cold_start, run.recipe.method), strict=True):
        if not isinstance(stage, NoTraining):
            policy = train(run, name, stage, policy)
            measure(run, name, policy)


SMALL = 2_000_000
"""Parameters below which torch runs a model on one thread."""
MOST = 4
"""Threads of the kernels of such a model: its work is soon too little to share."""


def settle_threads(run: Run, policy: Policy) -> None:
    """Fix the number of torch's CPU threads for good, since its sums depend on it in the last bit: a resumed run keeps it.

    A small model gets one: torch's many small operations gain little from a second and lose much when anything else runs, because OpenMP's threads wait
    for one another at each (0.5M parameters: 200 instead of 36 ms a step beside one busy process). The kernels, whose results do not depend on threads,
    take the processors that others leave free meanwhile.
    """
    threads, small = run.launch.threads, sum(p.numel() for p in policy.model.parameters()) < SMALL
    native.staff(FreeProcessors(MOST) if small and not threads else torch.get_num_threads)
    torch.set_num_threads(threads or (1 if small else torch.get_num_threads()))
    if not threads and not small:
        run.keep_launch(replace(run.launch, threads=torch.get_num_threads()))


def train(run: Run, name: str, stage: Stage, policy: Policy) -> Policy:
    """The stage's model, trained or loaded if it is already there.

    It is loaded from its folder in both cases: what the next stage starts from then never depends on whether the run was interrupted.
    """
    folder = run.model_folder(name)
    if not folder.is_dir():
        stage(run, policy).save(folder)
    trained = Checkpoint(str(folder), dtype="auto", chat=policy.chat)(run.key)
    trained.model.to(run.device)
    return trained


def measure(run: Run, name: str, policy: Policy) -> None:
    """Evaluate a model on the run's evaluation problems, unless its records are there."""
    for task, problems in run.evaluation:
        if (record_path(run.folder, task.name, name)).exists():
            continue
        label, parts = f"evaluate {name}", record_path(run.folder, task.name, f".{name}.parts").with_suffix("")
        run.listener.begin(label, len(problems), 0)
        result = evaluate(
            TorchEngine(policy),
            task,
            problems,
            run.setup.evaluation_decoding,
            run.setup.evaluation.samples,
            run.key.fold("evaluation", "samples"),
            progress=lambda done, total, label=label: run.listener.step(label, done, {}),
            model=name,
            parts=parts,
        )
        record.save(record_path(run.folder, task.name, name).parent, name, result)
        shutil.rmtree(parts)
        run.listener.end(label)


def record_path(folder: Path, task: str, name: str) -> Path:
    """Where a model's result record on a task is."""
    return folder / "evaluation" / task / f"{name}.json"


def check(run: Run, policy: Policy) -> None:
    """Refuse a recipe that cannot work, before any training.

    Raises:
        BadInput: names the field; prompts that do not fit are counted and named.
    """
    setup, limit = run.setup, run.setup.decoding.max_tokens
    names = [task.name for task, _ in run.evaluation]
    if len(set(names)) < len(names):
        raise BadInput("evaluation.tasks", names, "two tasks of one name: their records would be one; leave one out, or evaluate it with `meno evaluate`")
    listed = setup.task.listed() or ()
    problems = {p.id: p for p in (*listed, *(p for _, found in run.evaluation for p in found))}
    lengths = {p.id: len(policy.encode(p.prompt)) for p in problems.values()}
    long = [f"{name} ({length} tokens)" for name, length in lengths.items() if length + limit > policy.context]
    if long:
        shown = ", ".join(long[:3]) + (" ..." if len(long) > 3 else "")
        remedy = f"{len(long)} of {len(lengths)} prompts leave no room for a response of {limit} tokens in a context of {policy.context}: {shown}; "
        raise BadInput("decoding.max_tokens", limit, remedy + "shorten the prompts, lower decoding.max_tokens or use a model with a longer context")
    next(run.problems(run.key.fold("probe")))  # raises where the training side is empty
    for stage in (setup.cold_start, run.recipe.method):
        stage.check(run)


def model_of(name: str) -> Path | str:
    """What a MODEL argument means: a run folder stands for its last model, anything else for itself (a folder or a Hub name).

    Raises:
        BadInput: a run folder without a finished model.
    """
    folder = Path(name)
    if not (folder / "recipe.json").is_file():
        return name
    for made in reversed(STAGES):
        if (folder / "models" / made).is_dir():
            return folder / "models" / made
    raise BadInput("MODEL", name, f"the run has no finished model yet; go on with `meno train --resume {name}`")
