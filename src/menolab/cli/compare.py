"""`meno compare`: paired statistics on results."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import combinations
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import tyro

from menolab.errors import BadInput, check_range

if TYPE_CHECKING:
    from menolab.evaluation.compare import Comparison, Flip, Overall, Rules
    from menolab.evaluation.ranking import Place
    from menolab.evaluation.samples import Samples
    from menolab.evaluation.statistics import Difference, Estimate

FLIPS_SHOWN = 5
Model = Mapping[str, "list[Samples]"]
"""Task -> the runs of one model."""


@dataclass(frozen=True)
class Args:
    """Compare results on the same problems: paired difference with interval and p-value, pass@k, lengths, problems gained and lost.

    The first path is A; every further one is compared with it. Paths joined by commas (run1,run2,run3) are runs of one model under several seeds, and the
    spread between runs then counts beside that between problems. p-values are adjusted (Holm) for the number of comparisons made. Logs of
    lm-evaluation-harness, inspect_ai and lighteval and plain rows (JSONL, JSON, Parquet) are read as they are.
    """

    paths: Annotated[tuple[str, ...], tyro.conf.Positional, tyro.conf.arg(metavar="A B ...")]
    """Run folders (each stands for its last model), folders of results, or single ones: records of `meno evaluate` (JSON) or logs of other programs."""
    force: bool = False
    """Compare results whose prompts, golds, verifier, decoding or samples differ, with warnings."""
    intersect: bool = False
    """Compare the problems and samples that all have, and say how many were left out."""
    keep: Literal["first", "last"] | None = None
    """Which of several samples with one number counts; without it duplicates are refused."""
    score: bool = False
    """Compare mean scores (partial credit) instead of the share of right answers."""
    points: float | None = None
    """Say how many problems, or samples, would show a difference of so many percentage points."""
    all_pairs: bool = False
    """Compare every two, not only each with the first."""
    fields: tuple[str, ...] = ()
    """Where logs of other programs keep what: problem=doc_id,text=resps,right=acc; a.b goes inward, a|b takes the first that is there."""
    json: bool = False
    """Print one JSON document and nothing else."""


def run(args: Args) -> int:
    """Compare and print."""
    if len(args.paths) < 2:
        raise BadInput("paths", list(args.paths), "give two results or more: meno compare A B")
    if args.points is not None:
        check_range("--points", args.points, 0.0, 100.0, open_low=True)
    from menolab.cli.output import emit_json
    from menolab.evaluation.compare import Rules

    rules = Rules(args.force, args.intersect, args.keep, "score" if args.score else "right")
    models = [read_model(path, args.fields) for path in args.paths]
    pairs = list(combinations(range(len(models)), 2)) if args.all_pairs else [(0, i) for i in range(1, len(models))]
    compared = compare_pairs(models, pairs, rules)
    places = rank(models, rules) if len(models) > 2 else []
    documents = [document(args, pair, *found) for pair, found in zip(pairs, compared, strict=True)]
    if args.json:
        emit_json(documents[0] | ({"more": documents[1:]} if documents[1:] else {}) | ranking_data(args, places))
        return 0
    for (i, j), (comparisons, whole) in zip(pairs, compared, strict=True):
        show(args, (i, j), comparisons, whole)
        _only_one(models[i], models[j])
        _print(verdict_of(comparisons, whole))
    _show_ranking(args, places)
    return 0


def compare_pairs(models: Sequence[Model], pairs: Sequence[tuple[int, int]], rules: Rules) -> list[tuple[list[Comparison], Overall | None]]:
    """Every pair's comparisons by task and over all tasks, p-values adjusted for all that are made."""
    from dataclasses import replace

    from menolab.evaluation.compare import adjusted, compare, overall
    from menolab.evaluation.statistics import holm

    by_pair = [[compare(a, b, rules) for a, b in matched(models[i], models[j])] for i, j in pairs]
    together = iter(adjusted([c for comparisons in by_pair for c in comparisons]))
    by_pair = [[next(together) for _ in comparisons] for comparisons in by_pair]
    wholes = [overall(comparisons) if len(comparisons) > 1 else None for comparisons in by_pair]
    ps = iter(holm([whole.difference.p for whole in wholes if whole is not None]))
    return list(zip(by_pair, [None if whole is None else replace(whole, p_holm=next(ps)) for whole in wholes], strict=True))


def read_model(text: str, fields: Sequence[str] = ()) -> dict[str, list[Samples]]:
    """Results by task of a path, or of several runs' paths joined by commas.

    Raises:
        BadInput: nothing there, a broken file, or runs that were evaluated on different tasks.
    """
    from menolab.evaluation.imports.log import parse_fields

    places = parse_fields(fields)
    runs = [read(path, places) for path in ([Path(text)] if text and Path(text).exists() else [Path(part) for part in text.split(",") if part])]
    if not runs:
        raise BadInput("paths", text, "names no result")
    if all(len(found) == 1 for found in runs):
        single = [next(iter(found.values())) for found in runs]
        return {single[0].record.task: [single[0], *_renamed(single[1:], single[:1])]}
    if len({frozenset(found) for found in runs}) > 1:
        raise BadInput("paths", text, "its runs were evaluated on different tasks; evaluate all of them on the same")
    return {task: [found[task] for found in runs] for task in runs[0]}


def read(path: Path, fields: Mapping[str, str] | None = None) -> dict[str, Samples]:
    """Results by task: of one file, of a folder of them, or of a run's last model.

    Raises:
        BadInput: nothing there, a broken file, or two results of one task.
    """
    from menolab.evaluation.imports.read import SUFFIXES
    from menolab.evaluation.imports.read import read as read_file
    from menolab.reports.run import STATES

    if not path.exists():
        raise BadInput("result", str(path), "no such file or folder; give a run folder, or a folder or record that `meno evaluate` wrote")
    if path.is_file():
        samples = read_file(path, fields)
        return {samples.record.task: samples}
    if (path / "evaluation").is_dir():
        last = [[task / f"{s}.json" for s in STATES if (task / f"{s}.json").is_file()] for task in sorted((path / "evaluation").iterdir())]
        files = [states[-1] for states in last if states]
    else:
        files = [f for f in sorted(path.glob("*")) or [] if f.suffix in SUFFIXES] or [f for f in sorted(path.rglob("*")) if f.suffix in SUFFIXES]
        records = {f.with_suffix(".parquet") for f in files if f.suffix == ".json"}  # a record's own table of samples
        files = [f for f in files if f not in records and not f.name.startswith(("results_", "."))]
    if not files:
        raise BadInput("result", str(path), "holds no result record; give a run folder, or a folder or record that `meno evaluate` wrote")
    found: dict[str, Samples] = {}
    for file in files:
        samples = read_file(file, fields)
        if samples.record.task in found:
            raise BadInput("result", str(path), f"holds two results of {samples.record.task}; name one of the files")
        found[samples.record.task] = samples
    return found


def matched(a: Model, b: Model) -> list[tuple[list[Samples], list[Samples]]]:
    """Pairs of results on one task. Two single results are a pair in any case: comparing them says what differs.

    Raises:
        BadInput: no task in common.
    """
    if len(a) == len(b) == 1:
        (ours, *_), (theirs, *_) = a.values(), b.values()
        return [(_renamed(ours, theirs), theirs)]
    shared = [task for task in a if task in b]
    if not shared:
        raise BadInput("tasks", sorted(b), f"none of them is a task of A ({', '.join(sorted(a))}); evaluate both on the same tasks")
    return [(a[task], b[task]) for task in shared]


def _renamed(ours: list[Samples], theirs: list[Samples]) -> list[Samples]:
    """Rows under a file's name have no task of their own: a.jsonl against b.jsonl is one task, which takes `theirs`' name."""
    from dataclasses import replace

    task = theirs[0].record.task
    if all(s.record.engine == "rows" for s in ours) or all(s.record.engine == "rows" for s in theirs):
        return [replace(s, record=replace(s.record, task=task)) for s in ours]
    return ours


def rank(models: Sequence[Model], rules: Rules) -> list[Place]:
    """The places of all models on the tasks that all have."""
    from menolab.evaluation.compare import scores_together
    from menolab.evaluation.ranking import ranking
    from menolab.keys import Key

    single = all(len(model) == 1 for model in models)
    tasks = [None] if single else [task for task in models[0] if all(task in model for model in models)]
    if not tasks:
        return []
    sides = [[next(iter(model.values())) if task is None else model[task] for model in models] for task in tasks]
    return ranking([scores_together([_renamed(s, runs[0]) for s in runs], rules) for runs in sides], Key.root(0).fold("compare", "ranking"))


def verdict_of(comparisons: Sequence[Comparison], whole: Overall | None) -> str:
    """The pair in words."""
    from menolab.evaluation.compare import verdict

    return verdict(comparisons, whole)


def document(args: Args, pair: tuple[int, int], comparisons: Sequence[Comparison], whole: Overall | None) -> dict[str, Any]:
    """One pair as JSON data."""
    data: dict[str, Any] = {"a": args.paths[pair[0]], "b": args.paths[pair[1]], "tasks": {c.task: as_data(c, args.points) for c in comparisons}}
    if whole is not None:
        data["overall"] = {**asdict(whole), "p": whole.difference.p}
    return data | {"verdict": verdict_of(comparisons, whole)}


def as_data(c: Comparison, points: float | None = None) -> dict[str, Any]:
    """One task's comparison as JSON data."""
    shares = {name: {"a": None if a is None else asdict(a), "b": None if b is None else asdict(b)} for name, (a, b) in c.shares.items()}
    data: dict[str, Any] = {
        "a": asdict(c.a),
        "b": asdict(c.b),
        "difference": asdict(c.difference),
        "p": c.difference.p,
        "p_holm": c.p_holm,
        "samples": c.samples,
        "flips": {"gained": [asdict(f) for f in c.gained], "lost": [asdict(f) for f in c.lost]},
        "pass@k": {str(k): asdict(v) for k, v in c.pass_at_k.items()},
        "length": None if c.length is None else asdict(c.length),
        "shares": shares,
        "runs": None if c.runs is None else asdict(c.runs),
        "dropped": dict(c.dropped),
        "warnings": list(c.warnings),
    }
    return data | ({"needs": needs(c, points)} if points is not None else {})


def needs(c: Comparison, points: float) -> dict[str, Any] | None:
    """Problems at these samples, or samples at these problems (None: no number is enough), that would show a difference of `points`; None for one problem."""
    if c.power is None:
        return None
    drawn = c.samples * min(c.a_RP.shape[0], c.b_RP.shape[0])
    problems, samples = c.power.problems_for(points / 100, drawn), c.power.samples_for(points / 100, c.difference.n)
    return {"points": points, "problems": problems, "samples": samples, "more_problems": max(0, problems - c.difference.n)}


def ranking_data(args: Args, places: Sequence[Place]) -> dict[str, Any]:
    """The ranking as JSON data, in the order of the paths."""
    return {"ranking": [{"model": path, **asdict(place)} for path, place in zip(args.paths, places, strict=True)]} if places else {}


def show(args: Args, pair: tuple[int, int], comparisons: Sequence[Comparison], whole: Overall | None) -> None:
    """Print the tables of one pair."""
    from menolab.cli.output import console

    _print(f"A = {args.paths[pair[0]]}\nB = {args.paths[pair[1]]}")
    for c in comparisons:
        _print(f"{c.task}: {c.difference.n} problems x {c.samples} samples")
        console().print(_table(c, "score" if args.score else "pass@1"))
        if c.runs is not None:
            _print(f"runs: A {_list(c.runs.a)}, B {_list(c.runs.b)}; one standard deviation between runs {100 * c.runs.spread:.1f} points")
        if args.points is not None:
            _print(_needs(c, args.points))
        if not args.score:
            _flips("gained", c.gained)
            _flips("lost", c.lost)
        for warning in c.warnings:
            console().print(f"warning: {warning}", style="yellow", markup=False)
    if whole is not None:
        difference, interval, p = _difference(whole.difference)
        _print(f"mean over {whole.tasks} tasks: A {100 * whole.a:.1f}, B {100 * whole.b:.1f}, B - A {difference} (95% {interval}), p {p}")


def _table(c: Comparison, name: str) -> Any:
    from rich.table import Table

    table = Table(box=None, padding=(0, 1, 0, 0))
    for column in ("%", "A", "B", "B - A", "95%", "p"):
        table.add_column(column, justify="left" if column == "%" else "right")
    table.add_row(name, _share(c.a), _share(c.b), *_difference(c.difference), style="bold")
    if c.runs is not None:
        table.add_row("  these runs", "", "", *_difference(c.runs.same_runs))
    top = max(c.pass_at_k)
    for k in sorted({k for k in (2, 4, 8, 16, 32, 64, 128, top) if 1 < k <= top}):
        table.add_row(f"pass@{k}", "", "", *_difference(c.pass_at_k[k]))
    if c.length is not None:
        table.add_row("tokens", "", "", f"{c.length.mean:+.1f}", f"{c.length.low:+.1f} to {c.length.high:+.1f}", _p(c.length.p))
    for share, (a, b) in c.shares.items():
        moved = "" if a is None or b is None else f"{100 * (b.mean - a.mean):+.1f}"
        table.add_row(share, _share(a), _share(b), moved)
    return table


def _needs(c: Comparison, points: float) -> str:
    found = needs(c, points)
    if found is None:
        return "one problem says nothing of what more would show"
    more = f"{found['problems']} problems ({found['more_problems']} more) with as many samples"
    samples = f"{found['samples']} samples of each of these problems" if found["samples"] else "no number of samples of these problems"
    return f"to show {points:g} points four times out of five: {more}, or {samples}"


def _show_ranking(args: Args, places: Sequence[Place]) -> None:
    if not places:
        return
    _print("ranking (mean over tasks; ranks in 95% of resamples of problems; how often first):")
    for path, place in sorted(zip(args.paths, places, strict=True), key=lambda item: item[1].rank):
        _print(f"  {place.rank} ({place.low} to {place.high})  {100 * place.score:.1f}  first in {place.first:.0%}  {path}")


def _only_one(a: Model, b: Model) -> None:
    from menolab.cli.output import console

    for task in sorted(set(a) ^ set(b)) if len(a) + len(b) > 2 else []:
        console().print(f"{task}: only one of the two was evaluated on it", style="yellow", markup=False)


def _flips(kind: str, flips: Sequence[Flip]) -> None:
    more = f", the {FLIPS_SHOWN} largest" if len(flips) > FLIPS_SHOWN else ""
    _print(f"{kind} {len(flips)} problems{more}{':' if flips else ''}")
    for f in flips[:FLIPS_SHOWN]:
        answers = f"A {f.answer_a or 'nothing'} ({f.a:.0%} right), B {f.answer_b or 'nothing'} ({f.b:.0%} right)"
        _print(f"  {f.problem[:60]}: {answers}; a right answer {f.gold[:40] or 'not told'}")


def _print(text: str) -> None:
    from menolab.cli.output import console

    console().print(text, markup=False, soft_wrap=True)


def _share(e: Estimate | None) -> str:
    return "not told" if e is None else f"{100 * e.mean:.1f} [{100 * e.low:.1f}, {100 * e.high:.1f}]"


def _list(scores: Sequence[float]) -> str:
    return " ".join(f"{100 * score:.1f}" for score in scores)


def _difference(d: Difference) -> tuple[str, str, str]:
    return f"{100 * d.mean:+.1f}", f"{100 * d.low:+.1f} to {100 * d.high:+.1f}", _p(d.p)


def _p(p: float) -> str:
    """For a column that is headed p."""
    from menolab.evaluation.statistics import p_value

    return p_value(p).removeprefix("p ").removeprefix("= ")
