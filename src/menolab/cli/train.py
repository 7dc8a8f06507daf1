"""`meno train`: two stages, since the options depend on the parts chosen.

First the words that choose: METHOD, --on SETUP, part=Piece, --data, --model. Then tyro reads the numbers of the recipe that results.
"""

from __future__ import annotations

import argparse
import dataclasses
import inspect
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from menolab.errors import BadInput

if TYPE_CHECKING:
    from menolab.runs.recipe import Recipe
    from menolab.runs.run import Launch

USAGE = "meno train METHOD [--on SETUP] [part=Piece ...] [--field value ...]   |   meno train --resume RUN"


@dataclass(frozen=True)
class Args:
    """What to carry out and how."""

    recipe: Recipe | None
    """None: that of the run to resume."""
    launch: Launch
    out: Path | None
    resume: Path | None
    json: bool


def _chooser() -> argparse.ArgumentParser:
    """The options that are not numbers of the recipe."""
    parser = argparse.ArgumentParser(prog="meno train", usage=USAGE, add_help=False, allow_abbrev=False)
    parser.add_argument("--on", default="laptop", metavar="SETUP", help="the ground: a setup's published name (default laptop)")
    parser.add_argument("--model", metavar="MODEL", help="start from this model: a folder, a run, or a Hub name; skips the cold start")
    parser.add_argument("--data", metavar="FILE", help="train on your own problems: JSONL, JSON, CSV, Parquet, or hub:owner/name")
    parser.add_argument("--kind", default="auto", metavar="LAYOUT", help="what --data is: auto tells by the columns; `meno tasks` lists them")
    parser.add_argument("--prompt-field", default="prompt", metavar="NAME")
    parser.add_argument("--answer-field", default="answer", metavar="NAME")
    parser.add_argument("--id-field", default="", metavar="NAME", help="ids in --data; without it the prompt is the identity")
    parser.add_argument("--demonstration-field", default="", metavar="NAME", help="worked responses in --data, for a cold start from nothing")
    parser.add_argument("--verifier", default="Exact", metavar="NAME", help="what checks answers to --data (default Exact)")
    parser.add_argument("--eval-data", metavar="FILE", help="evaluate on these, never train on them; same fields and verifier (default: a held-out tenth)")
    parser.add_argument("--out", type=Path, metavar="FOLDER", help="run folder (default runs/METHOD-TIME)")
    parser.add_argument("--resume", type=Path, metavar="RUN", help="go on with a run exactly where it was")
    parser.add_argument("--device", default="auto")
    parser.add_argument("--threads", type=int, default=0)
    parser.add_argument("--checkpoint-every", type=float, default=15.0, metavar="SECONDS", help="time between checkpoints; 0 saves after every step")
    parser.add_argument("--rollouts-every", type=int, default=10, metavar="STEPS", help="save sampled rollouts; 0 saves none")
    parser.add_argument("--micro-tokens", type=int, default=0, metavar="N", help="tokens in one forward pass of the update: memory against speed")
    parser.add_argument("--activation-checkpointing", action="store_true", help="less memory in the update for a third more work")
    parser.add_argument("--json", action="store_true", help="one JSON document on stdout and nothing else")
    return parser


def parse(argv: Sequence[str]) -> Args:
    """The recipe and launch settings that the words name.

    Raises:
        BadInput: a method, setup, part or field that does not exist (with the nearest names), or a value out of range.
    """
    from menolab.runs.run import Launch

    if not argv:
        raise BadInput("METHOD", "", f"say which; usage: {USAGE}; `meno catalogue --family stage` lists methods")
    chooser = _chooser()
    chosen, rest = chooser.parse_known_args(argv)
    cadence = (chosen.checkpoint_every, chosen.rollouts_every)
    launch = Launch(chosen.device, chosen.threads, *cadence, chosen.micro_tokens, chosen.activation_checkpointing)
    words = [w for w in rest if not w.startswith("-") and "=" in w]
    method = rest[0] if rest and not rest[0].startswith("-") and "=" not in rest[0] else None
    numbers = [w for w in rest[1 if method else 0 :] if w.startswith("-") or "=" not in w]
    if method is None:
        if {"-h", "--help"} & set(rest):
            chooser.print_help()
            print("\nmeno train METHOD --help shows the method's own fields; `meno catalogue --family stage` lists the methods")
            raise SystemExit(0)
        if chosen.resume is None:
            raise BadInput("METHOD", rest[0] if rest else "", f"the first word is the method; usage: {USAGE}")
        ignored = [name for name, value in vars(chosen).items() if name not in ("resume", "json") and value != chooser.get_default(name)]
        if words or numbers or ignored:
            given = " ".join([*(f"--{name.replace('_', '-')}" for name in ignored), *rest])
            raise BadInput("--resume", given, "a resumed run keeps its recipe and launch settings; leave the options out, or start a new run")
        return Args(None, launch, None, chosen.resume, chosen.json)
    recipe = tuned(choose(method, chosen, words), numbers, method)
    return Args(recipe, launch, chosen.out or default_folder(method), chosen.resume, chosen.json)


def choose(method: str, chosen: argparse.Namespace, swaps: Sequence[str]) -> Recipe:
    """Method x setup with the parts swapped."""
    from menolab.models.checkpoint import Checkpoint
    from menolab.pieces import find, swap
    from menolab.runs.pipeline import model_of
    from menolab.runs.recipe import Recipe
    from menolab.runs.setup import Setup
    from menolab.runs.stage import NoTraining, Stage

    stage, setup = find(Stage, method, "METHOD"), find(Setup, chosen.on, "--on")
    assert isinstance(stage, Stage) and isinstance(setup, Setup)
    if chosen.model is not None:
        setup = dataclasses.replace(setup, base=Checkpoint(str(model_of(chosen.model))), cold_start=NoTraining())
    if chosen.data is not None:
        setup = dataclasses.replace(setup, task=own_problems(chosen, chosen.data, "--data"))
    if chosen.eval_data is not None:
        plan = dataclasses.replace(setup.evaluation, tasks=(own_problems(chosen, chosen.eval_data, "--eval-data"),))
        setup = dataclasses.replace(setup, evaluation=plan)
    recipe = Recipe(stage, setup)
    for word in swaps:
        path, _, name = word.partition("=")
        recipe = swap(recipe, _rooted(recipe, path), name)
    return recipe


def own_problems(chosen: argparse.Namespace, path: str, option: str) -> Any:
    """The task of a user's own file, which `option` names."""
    from menolab.pieces import find
    from menolab.tasks.layouts import file_task
    from menolab.verifiers.verifier import Verifier

    if not path:
        raise BadInput(option, path, "names no file")  # a shell variable that is not set; as a path it would be the current folder
    verifier = find(Verifier, chosen.verifier, "--verifier")
    assert isinstance(verifier, Verifier)
    fields = {name: getattr(chosen, name) for name in ("prompt_field", "answer_field", "id_field", "demonstration_field")}
    task = file_task(path, chosen.kind, verifier=verifier, **fields)
    task.listed()  # read it now: a bad file is an error before any compute
    return task


def _rooted(recipe: Recipe, path: str) -> str:
    """`loss.surrogate` names a part of the method, `task` one of the setup: the whole path from the recipe."""
    from menolab.errors import unknown

    head = path.partition(".")[0]
    parts = {f.name: owner for owner in ("setup", "method") for f in dataclasses.fields(getattr(recipe, owner))}
    if head not in parts:
        raise unknown("part", head, parts)
    return f"{parts[head]}.{path}"


def tuned(recipe: Recipe, numbers: Sequence[str], method: str) -> Recipe:
    """The recipe with the fields that `--path.field value` words set; --help prints them all under the method's docstring."""
    import tyro

    from menolab.pieces import find
    from menolab.runs.recipe import Recipe
    from menolab.runs.setup import Setup
    from menolab.runs.stage import Stage

    flat = tyro.conf.arg(name="")
    shape = dataclasses.make_dataclass(
        "Tuned",
        [
            ("method", Annotated[type(recipe.method), flat], dataclasses.field(default=recipe.method)),
            ("setup", Annotated[Setup, flat], dataclasses.field(default=recipe.setup)),
            ("seed", Annotated[int, tyro.conf.arg(help="Seed of all randomness.")], dataclasses.field(default=recipe.seed)),
        ],
        frozen=True,
    )
    if any(w in ("-h", "--help") for w in numbers):
        _chooser().print_help()
        print()
    maker = _docstring_of(Stage, method) or inspect.getdoc(find(Stage, method)) or ""
    found = tyro.cli(shape, args=list(numbers), prog=f"meno train {method}", description=maker, default=shape())
    return Recipe(found.method, found.setup, found.seed)


def _docstring_of(family: type, name: str) -> str | None:
    from menolab.pieces import plain_name, published_names

    maker = {plain_name(known): maker for known, maker in published_names(family).items()}.get(plain_name(name))
    return inspect.getdoc(maker) if maker else None


def default_folder(method: str) -> Path:
    """runs/METHOD-TIME, not yet taken."""
    stem = Path("runs", f"{method}-{time.strftime('%Y%m%d-%H%M%S')}")
    taken = [stem, *(stem.with_name(f"{stem.name}-{i}") for i in range(2, 100))]
    return next(path for path in taken if not path.exists())


def run(args: Args) -> int:
    """Carry out the recipe, then write the report."""
    from menolab.cli.board import carry_out_live
    from menolab.cli.output import emit_json
    from menolab.runs.run import create, discard, open_run

    opened = open_run(args.resume, args.recipe) if args.resume else create(_needed(args.out), _needed(args.recipe), args.launch)
    try:
        summary = carry_out_live(opened, quiet=args.json)
    except BadInput:
        if not args.resume:
            discard(opened)
        raise
    if args.json:
        emit_json(summary)
    else:
        print(f"\nreport: {summary['report']}", file=sys.stdout)
    return 0


def _needed(value: Any) -> Any:
    assert value is not None
    return value
