"""`meno compare`: paired statistics on results."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import tyro

from menolab.errors import BadInput

if TYPE_CHECKING:
    from menolab.evaluation.compare import Comparison, Flip
    from menolab.evaluation.record import Result

FLIPS_SHOWN = 5


@dataclass(frozen=True)
class Args:
    """Compare results on the same problems: paired difference with interval and p-value, pass@k, lengths, problems gained and lost.

    The first path is A; every further one is compared with it. p-values are adjusted (Holm) for the number of comparisons made.
    """

    paths: Annotated[tuple[Path, ...], tyro.conf.Positional, tyro.conf.arg(metavar="A B ...")]
    """Run folders (each stands for its last model), folders that `meno evaluate` wrote, or single result records (JSON)."""
    force: bool = False
    """Compare results whose problems, prompts, verifier, decoding or samples differ, with warnings."""
    json: bool = False
    """Print one JSON document and nothing else."""


def run(args: Args) -> int:
    """Compare and print."""
    if len(args.paths) < 2:
        raise BadInput("paths", [str(p) for p in args.paths], "give two results or more: meno compare A B")
    from menolab.cli.output import console, emit_json
    from menolab.evaluation.compare import adjusted, compare, verdict

    first, *others = [read(path) for path in args.paths]
    found = [(path, compare(a, b, force=args.force)) for path, other in zip(args.paths[1:], others, strict=True) for a, b in matched(first, other)]
    found = list(zip([path for path, _ in found], adjusted([c for _, c in found]), strict=True))
    documents = []
    for path, other in zip(args.paths[1:], others, strict=True):
        comparisons = [c for owner, c in found if owner is path]
        said = verdict(comparisons)
        documents.append({"a": str(args.paths[0]), "b": str(path), "tasks": {c.task: as_data(c) for c in comparisons}, "verdict": said})
        if not args.json:
            show(args.paths[0], path, comparisons)
            for task in sorted(set(first) ^ set(other)) if len(first) + len(other) > 2 else []:
                console().print(f"{task}: only one of the two was evaluated on it", style="yellow", markup=False)
            console().print(said, markup=False)
    if args.json:
        emit_json(documents[0] | ({"more": documents[1:]} if documents[1:] else {}))
    return 0


def read(path: Path) -> dict[str, Result]:
    """Results by task: of a record, of a folder of records, or of a run's last model.

    Raises:
        BadInput: nothing there, or a broken record.
    """
    from menolab.evaluation.record import load
    from menolab.reports.run import STATES

    if not path.exists():
        raise BadInput("result", str(path), "no such file or folder; give a run folder, or a folder or record that `meno evaluate` wrote")
    if path.is_file():
        result = load(path)
        return {result.record.task: result}
    if (path / "evaluation").is_dir():
        last = [[task / f"{s}.json" for s in STATES if (task / f"{s}.json").is_file()] for task in sorted((path / "evaluation").iterdir())]
        files = [states[-1] for states in last if states]
    else:
        files = sorted(path.glob("*.json"))
    if not files:
        raise BadInput("result", str(path), "holds no result record; give a run folder, or a folder or record that `meno evaluate` wrote")
    results = [load(file) for file in files]
    return {result.record.task: result for result in results}


def matched(a: Mapping[str, Result], b: Mapping[str, Result]) -> list[tuple[Result, Result]]:
    """Pairs of results on one task. Two single results are a pair in any case: comparing them says what differs.

    Raises:
        BadInput: no task in common.
    """
    if len(a) == len(b) == 1:
        return list(zip(a.values(), b.values(), strict=True))
    shared = [task for task in a if task in b]
    if not shared:
        raise BadInput("tasks", sorted(b), f"none of them is a task of A ({', '.join(sorted(a))}); evaluate both on the same tasks")
    return [(a[task], b[task]) for task in shared]


def as_data(c: Comparison) -> dict[str, Any]:
    """One task's comparison as JSON data."""
    d = asdict(c.difference)
    return {
        "a": asdict(c.a),
        "b": asdict(c.b),
        "difference": d,
        "p": c.difference.p,
        "p_holm": c.p_holm,
        "flips": {"gained": [asdict(f) for f in c.gained], "lost": [asdict(f) for f in c.lost]},
        "pass@k": {str(k): asdict(v) for k, v in c.pass_at_k.items()},
        "length": asdict(c.length),
        "shares": {name: {"a": asdict(a), "b": asdict(b)} for name, (a, b) in c.shares.items()},
        "warnings": list(c.warnings),
    }


def show(a: Path, b: Path, comparisons: Sequence[Comparison]) -> None:
    """Print the tables of one pair."""
    from rich.table import Table

    from menolab.cli.output import console

    console().print(f"A = {a}\nB = {b}", markup=False, soft_wrap=True)
    for c in comparisons:
        console().print(f"{c.task}: {c.difference.n} problems x {max(c.pass_at_k)} samples", markup=False, soft_wrap=True)
        table = Table(box=None, padding=(0, 1, 0, 0))
        for name in ("%", "A", "B", "B - A", "95%", "p"):
            table.add_column(name, justify="left" if name == "%" else "right")
        table.add_row("pass@1", _share(c.a), _share(c.b), *_difference(c.difference), style="bold")
        top = max(c.pass_at_k)
        for k in sorted({k for k in (2, 4, 8, 16, 32, 64, 128, top) if 1 < k <= top}):
            table.add_row(f"pass@{k}", "", "", *_difference(c.pass_at_k[k]))
        table.add_row("tokens", "", "", f"{c.length.mean:+.1f}", f"{c.length.low:+.1f} to {c.length.high:+.1f}", _p(c.length.p))
        for name, (share_a, share_b) in c.shares.items():
            table.add_row(name, _share(share_a), _share(share_b), f"{100 * (share_b.mean - share_a.mean):+.1f}")
        console().print(table)
        _flips("gained", c.gained)
        _flips("lost", c.lost)
        for warning in c.warnings:
            console().print(f"warning: {warning}", style="yellow", markup=False)


def _flips(kind: str, flips: Sequence[Flip]) -> None:
    from menolab.cli.output import console

    more = f", the {FLIPS_SHOWN} largest" if len(flips) > FLIPS_SHOWN else ""
    console().print(f"{kind} {len(flips)} problems{more}{':' if flips else ''}")
    for f in flips[:FLIPS_SHOWN]:
        answers = f"A {f.answer_a or 'nothing'} ({f.a:.0%} right), B {f.answer_b or 'nothing'} ({f.b:.0%} right)"
        console().print(f"  {f.problem[:60]}: {answers}; a right answer {f.gold[:40]}", markup=False)


def _share(e: Any) -> str:
    return f"{100 * e.mean:.1f} [{100 * e.low:.1f}, {100 * e.high:.1f}]"


def _difference(d: Any) -> tuple[str, str, str]:
    return f"{100 * d.mean:+.1f}", f"{100 * d.low:+.1f} to {100 * d.high:+.1f}", _p(d.p)


def _p(p: float) -> str:
    return "< 0.001" if p < 0.001 else f"{p:.3f}"
