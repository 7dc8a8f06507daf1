"""`meno evaluate`: sample answers, verify them, write result records."""

from __future__ import annotations

import dataclasses
import math
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import tyro

from menolab.errors import BadInput, check_range

if TYPE_CHECKING:
    from menolab.engines.decoding import Decoding
    from menolab.evaluation.metrics.metric import Metric
    from menolab.evaluation.record import Record, Result
    from menolab.evaluation.statistics import Estimate
    from menolab.records import Problem
    from menolab.runs.setup import Setup
    from menolab.tasks.task import Task


@dataclass(frozen=True)
class Args:
    """Sample answers to the problems of one or more tasks, verify them, and write one record a task: every score with its interval and what produced it.

    Writes OUT/TASK.json and OUT/TASK.parquet (one row a sample); `meno compare` reads them. One seed gives the same problems to every model.
    """

    model: Annotated[str, tyro.conf.Positional, tyro.conf.arg(metavar="MODEL")] = ""
    """A model folder, a Hub name, or a run folder (its last model, on the recipe's tasks and decoding unless told otherwise)."""
    on: tuple[str, ...] = ()
    """Tasks by name (see `meno tasks`), or files or folders of problems: JSONL, JSON, CSV, Parquet, hub:owner/name[/configuration][@revision][:split]."""
    samples: int = 8
    """Answers to each problem."""
    problems: int = 256
    """At most so many problems a task."""
    temperature: float = 1.0
    """0 for the most probable token each time."""
    max_tokens: int | None = None
    """Limit of a response in tokens; by default the run's own, or 512."""
    seed: int = 0
    """Which problems and which draws."""
    out: Path | None = None
    """Folder of the records; default runs/evaluate-TIME. After a kill the same command with the same --out goes on where it was."""
    entropy: bool = False
    """Also store of each token the entropy of the distribution it was drawn from, for the viewer's colours: one more forward pass."""
    reference: str = ""
    """A model (folder, Hub name or run) under which each drawn token is scored too: the viewer then colours by the log-ratio, which averages to the KL."""
    metrics: tuple[str, ...] = ()
    """Metrics beside the standard ones, e.g. GPassAtK Diversity Calibration SelfCorrection Posterior (`meno catalogue --family metric`)."""
    shard: str = ""
    """K/N: every N-th problem from the K-th on, for N machines; put the N records together with --merge."""
    merge: tuple[Path, ...] = ()
    """Records of shards to put together instead of evaluating anything."""
    rescore: tuple[Path, ...] = ()
    """Records whose samples are judged again by the task's present rules (or --verifier), or logs of other programs (by --verifier), instead of evaluating
    anything."""
    fields: tuple[str, ...] = ()
    """Where a log of another program keeps what, for --rescore: problem=doc_id,text=resps,gold=target (see `meno compare`)."""
    intersect: bool = False
    """Leave out problems of such a log that have fewer samples than the others, and say how many."""
    keep: Literal["first", "last"] | None = None
    """Which of several samples of such a log with one number counts; without it duplicates are refused."""
    prompt_field: str = "prompt"
    """Where a file keeps the prompt."""
    answer_field: str = "answer"
    """Where a file keeps the right answer."""
    id_field: str = ""
    """Where a file keeps ids; without it the prompt is the identity."""
    verifier: str = "Exact"
    """What checks answers to the problems of a file or of another program's log."""
    kind: str = "auto"
    """What a file is: "problems" for prompts with answers, or a published benchmark (see `meno tasks`); auto tells by the columns."""
    json: bool = False
    """Print one JSON document and nothing else."""


def run(args: Args) -> int:
    """Evaluate on each task in turn; a record is on disk as soon as its task is done."""
    check_range("samples", args.samples, 1)
    check_range("problems", args.problems, 1)
    metrics = chosen_metrics(args)
    if args.merge or args.rescore:
        return _stored(args, metrics)
    if args.fields or args.intersect or args.keep:
        raise BadInput("--fields, --intersect, --keep", "", "are of logs of other programs; name those with --rescore")
    if not args.model:
        raise BadInput("MODEL", "", "say which model: a folder, a Hub name or a run; or name records with --rescore or --merge")
    place = shard_of(args.shard)
    from menolab.keys import Key
    from menolab.runs.pipeline import model_of
    from menolab.tasks.task import evaluation_problems

    setup = run_setup(args.model)
    decoding = choose_decoding(args, setup)
    tasks = choose_tasks(args, setup)
    key = Key.root(args.seed).fold("evaluation")
    own = setup.task if setup is not None else None
    # All problems are read before the model is: a bad file is an error before any compute.
    found = [(task, evaluation_problems(task, args.problems, key.fold("problems"), trained_on=task == own)) for task in tasks]
    found = [(task, problems[place[0] :: place[1]]) for task, problems in found]
    work = [(task, problems, contaminated(setup, task, problems)) for task, problems in found]
    return _measure(args, str(model_of(args.model)), decoding, work, key.fold("samples"), metrics)


def _measure(args: Args, model: str, decoding: Decoding, work: Sequence[tuple[Task, Any, tuple[str, ...]]], key: Any, metrics: Sequence[Metric]) -> int:
    import torch
    from rich.progress import Progress

    from menolab.cli.output import console, emit_json, progress_console
    from menolab.engines.torch_engine import TorchEngine
    from menolab.evaluation.evaluate import evaluate
    from menolab.evaluation.record import save
    from menolab.files import locked, make_folder
    from menolab.models.checkpoint import Checkpoint
    from menolab.runs.pipeline import model_of

    out = _folder(args, [task.name for task, _, _ in work])
    policy = Checkpoint(model)(key)
    device = "cuda" if torch.cuda.is_available() else "cpu"
    policy.model.to(device)
    engine, reference = TorchEngine(policy), None
    if args.reference:
        other = Checkpoint(str(model_of(args.reference)))(key)
        other.model.to(device)
        reference = (args.reference, TorchEngine(other))
    documents = {}
    for task, problems, warnings in work:
        parts = out / f".{task.name}.parts"
        make_folder(parts)
        with locked(parts), Progress(console=progress_console(), disable=not progress_console().is_terminal, transient=True) as bars:
            bar = bars.add_task(task.name, total=len(problems))
            result = evaluate(
                engine,
                task,
                problems,
                decoding,
                args.samples,
                key,
                lambda done, _, bars=bars, bar=bar: bars.update(bar, completed=done),
                model=args.model,
                metrics=metrics,
                parts=parts,
                entropy=args.entropy,
                reference=reference,
            )
            result = dataclasses.replace(result, record=dataclasses.replace(result.record, warnings=(*result.record.warnings, *warnings)))
            path = save(out, task.name, result)
            shutil.rmtree(parts)
        documents[task.name] = {"record": str(path), **result.record.to_data()}
        if not args.json:
            show(result.record)
            console().print(f"record: {path}", markup=False, soft_wrap=True)
    if args.json:
        emit_json({"model": args.model, "out": str(out), "tasks": documents})
    return 0


def _folder(args: Args, names: Sequence[str]) -> Path:
    """Where the records of these names go: --out, which must be without them and writable, or a folder of its own."""
    from menolab.cli.train import default_folder
    from menolab.files import make_folder

    if args.out is None:
        return default_folder("evaluate")
    if taken := [name for name in names if (args.out / f"{name}.json").exists()]:
        raise BadInput("--out", str(args.out), f"already holds a record of {', '.join(taken)}; choose another folder")
    make_folder(args.out)
    return args.out


def chosen_metrics(args: Args) -> tuple[Metric, ...]:
    """The standard metrics and those that --metrics names.

    Raises:
        BadInput: a metric that does not exist (with the nearest names).
    """
    from menolab.evaluation.evaluate import STANDARD
    from menolab.evaluation.metrics.metric import Metric
    from menolab.pieces import find

    return (*STANDARD, *(find(Metric, name, "--metrics") for name in args.metrics))  # type: ignore[arg-type]


def shard_of(text: str) -> tuple[int, int]:
    """First index and stride of a shard "K/N"; all problems for an empty text.

    Raises:
        BadInput: not of that form, or K not in 1..N.
    """
    if not text:
        return 0, 1
    k, _, n = text.partition("/")
    if not (k.isdecimal() and n.isdecimal() and 1 <= int(k) <= int(n)):
        raise BadInput("--shard", text, "say K/N with 1 <= K <= N, e.g. 2/4")
    return int(k) - 1, int(n)


def _stored(args: Args, metrics: Sequence[Metric]) -> int:
    """Judge stored samples again, or put shards together; the new record is written to --out under the task's name."""
    from menolab.cli.output import console, emit_json
    from menolab.evaluation.imports.log import parse_fields
    from menolab.evaluation.imports.read import read_whole
    from menolab.evaluation.record import load, save
    from menolab.evaluation.rescore import merge, rescore

    if args.model or (args.merge and args.rescore):
        given = ("MODEL", args.model) if args.model else ("--merge", "and --rescore")
        raise BadInput(*given, "records are judged again or put together by themselves; give one of the two alone")
    fields = parse_fields(args.fields)
    stored = [load(path, tokens=True) for path in args.merge]
    stored += [read_whole(path, fields, intersect=args.intersect, keep=args.keep) for path in args.rescore]
    tasks = [_task_of(args, result) for result in stored]
    made: list[Result] = [merge(stored, tasks[0], metrics)] if args.merge else [rescore(r, t, metrics) for r, t in zip(stored, tasks, strict=True)]
    names = [result.record.task.replace("/", "_") for result in made]  # another program's task may be called "set/task"
    if repeated := next((name for name in names if names.count(name) > 1), None):
        raise BadInput("--rescore", repeated, "is the task of two records, and their new records would overwrite one another; use two commands")
    out = _folder(args, names)
    documents = {}
    for name, result in zip(names, made, strict=True):
        path = save(out, name, result)
        documents[result.record.task] = {"record": str(path), **result.record.to_data()}
        if not args.json:
            show(result.record)
            console().print(f"record: {path}", markup=False, soft_wrap=True)
    if args.json:
        emit_json({"model": made[0].record.model, "out": str(out), "tasks": documents})
    return 0


def _task_of(args: Args, result: Result) -> Task:
    """The task that a record was made on, with the verifier that --verifier names in place of its own; that verifier alone for another program's log."""
    from menolab.evaluation.imports.imported import Imported
    from menolab.pieces import find, from_data, swap
    from menolab.verifiers.verifier import Verifier

    if result.record.task_piece is None:
        verifier = find(Verifier, args.verifier, "--verifier")
        assert isinstance(verifier, Verifier)
        return Imported(result.record.task, verifier)
    task = from_data(result.record.task_piece)
    if args.verifier == Args.verifier:
        return task
    if not any(field.name == "verifier" for field in dataclasses.fields(task)):
        raise BadInput("--verifier", args.verifier, f"{type(task).__name__} has rules of its own and takes no verifier")
    return swap(task, "verifier", args.verifier)


def contaminated(setup: Setup | None, task: Task, problems: Sequence[Problem]) -> tuple[str, ...]:
    """A warning where the run may have trained on some of the problems: on a task that its recipe does not evaluate, nothing kept it from them."""
    from menolab.tasks.task import met_in_training

    if setup is None or task == setup.task or task in setup.evaluation.tasks:
        return ()
    met = met_in_training(setup.task, problems)
    remedy = "for a clean score give the file to `meno train --eval-data`, which keeps it out of training"
    return (f"{met} of {len(problems)} problems are ones that the run's training may have met; {remedy}",) if met else ()


def run_setup(model: str) -> Setup | None:
    """The setup of the run that MODEL names; None if it names no run.

    Raises:
        BadInput: a recipe that this version cannot load.
    """
    import json

    from menolab.pieces import from_data

    path = Path(model) / "recipe.json"
    if not path.is_file():
        return None
    try:
        return from_data(json.loads(path.read_bytes())).setup
    except (ValueError, AttributeError, TypeError) as error:
        raise error if isinstance(error, BadInput) else BadInput("MODEL", str(path), f"is not a recipe ({error})") from error


def choose_decoding(args: Args, setup: Setup | None) -> Decoding:
    """The run's decoding (its stops and limit) or the default one, at the temperature asked for."""
    from menolab.engines.decoding import Decoding
    from menolab.evaluation.evaluate import MAX_TOKENS

    base = setup.evaluation_decoding if setup is not None else Decoding(max_tokens=MAX_TOKENS)
    limit = base.max_tokens if args.max_tokens is None else args.max_tokens
    return dataclasses.replace(base, temperature=args.temperature, max_tokens=limit)


def choose_tasks(args: Args, setup: Setup | None) -> list[Task]:
    """The tasks that --on names, or the run's own.

    Raises:
        BadInput: unknown task, missing file, two tasks of one name (their records would overwrite one another).
    """
    if not args.on and setup is None:
        raise BadInput("--on", "", "say on what: a task's name (see `meno tasks`) or a file of problems")
    tasks = [_task(args, name) for name in args.on] or list(setup.evaluation.tasks or (setup.task,) if setup is not None else ())
    names = [task.name for task in tasks]
    for name in names:
        if names.count(name) > 1:
            raise BadInput("--on", name, "names two tasks alike, and their records would overwrite one another; evaluate them with two commands")
    return tasks


def _task(args: Args, name: str) -> Task:
    from menolab.cli.tasks import is_path, named_task
    from menolab.pieces import find
    from menolab.tasks.layouts import file_task
    from menolab.verifiers.verifier import Verifier

    if not is_path(name):
        return named_task(name, "auto", "--on")
    if not name.startswith("hub:") and not Path(name).exists():
        raise BadInput("--on", name, "no such file; a task is named without a suffix, see `meno tasks`")
    verifier = find(Verifier, args.verifier, "--verifier")
    assert isinstance(verifier, Verifier)
    return file_task(name, args.kind, prompt_field=args.prompt_field, answer_field=args.answer_field, id_field=args.id_field, verifier=verifier)


def show(record: Record) -> None:
    """Print one record: every number with its interval, and what was not judged."""
    from rich.table import Table

    from menolab.cli.output import console

    temperature = record.decoding.get("temperature")
    told = "not told" if temperature is None else f"{temperature:g}"  # by a log of another program
    title = f"{record.task}: {record.problems} problems x {record.samples} samples, temperature {told}, {record.model}"
    console().print(title, markup=False, soft_wrap=True)
    table = Table(box=None, padding=(0, 2, 0, 0))
    table.add_column("")
    table.add_column("", justify="right")
    table.add_column("95%")
    top = record.samples
    first = ["pass@1", "pass@1_finished", *([f"pass@{top}", f"maj@{top}"] if top > 1 else []), "truncated", "unparsed", "undecided", "errored"]
    for name in first:
        table.add_row(name.replace("_", " "), *_percent(record.metrics[name]), style="bold" if name == "pass@1" else None)
    others = {name: e for name, e in record.metrics.items() if name not in first and name.partition("@")[0] not in ("pass", "maj")}
    for name, e in others.items():
        if e is not None:
            table.add_row(name.replace("_", " "), *_number(e))
    console().print(table)
    if unknown := [name.replace("_", " ") for name, e in others.items() if e is None]:
        console().print(f"not known: {', '.join(unknown)}", markup=False)
    for warning in record.warnings:
        console().print(f"warning: {warning}", style="yellow", markup=False)


def _percent(e: Estimate | None) -> tuple[str, str]:
    return ("not known", "") if e is None else (f"{e.mean:.1%}", f"{100 * e.low:.1f} to {100 * e.high:.1f}")


def _number(e: Estimate) -> tuple[str, str]:
    digits = ".3f" if abs(e.mean) < 100 else ",.0f" if abs(e.mean) < 1e6 else ".3g"
    return f"{e.mean:{digits}}", "" if math.isnan(e.low) else f"{e.low:{digits}} to {e.high:{digits}}"
