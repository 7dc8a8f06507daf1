"""The viewer of samples as a page: with a server behind it, or as one file that holds a bounded share of the samples."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from menolab.errors import BadInput
from menolab.files import write_text
from menolab.reports.report import HERE, environment, style
from menolab.reports.samples import Source, Table, described, sources

MOST_SAMPLES = 512
"""Samples of one table that a file holds."""
MOST_OF_PROBLEM = 8
"""Samples of one problem (and training step) that a file holds."""
MOST_BYTES = 24 * 2**20
"""Bytes of samples that a file holds, all tables together."""


def save(path: Path) -> Path:
    """Write the viewer as one file: rollouts.html in a run folder, NAME.html beside a record. No network, no other file.

    Raises:
        BadInput: there are no samples (see `samples.sources`).
        RunFailed: the page cannot be written.
    """
    path = Path(path)
    out = path / "rollouts.html" if path.is_dir() else path.with_suffix(".html")
    write_text(out, offline(path))
    return out


def offline(path: Path) -> str:
    """The page of `save` as text."""
    found, notes = readable(sources(path))
    held = embedded(found)
    title = path.resolve().name if path.is_dir() else path.stem
    return page(title, [table.source for table in found], {"tables": held, "notes": notes})


def page(title: str, shown: Sequence[Source], data: Mapping[str, Any], links: Sequence[tuple[str, str]] = ()) -> str:
    """The page as text.

    Args:
        data: ``tables`` (embedded) or ``api`` and ``run`` (served), and ``notes``.
        links: (text, address), before the title.
    """
    look, script = style("page.css", "viewer.css"), (HERE / "viewer.js").read_text(encoding="utf-8")
    listed = [{"id": s.id, "kind": s.kind, "task": s.task, "name": s.name} for s in shown]
    return environment().get_template("viewer.html").render(
        title=title,
        policy=policy(look, script, connect="'self'" if "api" in data else "'none'"),
        style=look,
        script=script,
        links=links,
        data=as_script({"sources": listed, **data}),
    )


def policy(style: str, script: str, connect: str) -> str:
    """The Content-Security-Policy of a page: its own style and script by their hashes, and nothing else that runs, loads or is sent anywhere."""
    style_hash, script_hash = (base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() for text in (style, script))
    return f"default-src 'none'; style-src 'sha256-{style_hash}'; script-src 'sha256-{script_hash}'; connect-src {connect}; base-uri 'none'; form-action 'none'"


def as_script(data: Any) -> str:
    """JSON that may stand in a script element: no text in it can end the element or begin a comment."""
    text = json.dumps(data, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")


def readable(found: Sequence[Source]) -> tuple[list[Table], list[str]]:
    """The tables that can be opened, and what is wrong with the others, one clause each."""
    tables, notes = [], []
    for source in found:
        try:
            tables.append(Table(source))
        except BadInput as error:
            notes.append(f"{source.id}: {error}")
    return tables, notes


def rivals(tables: Sequence[Table], source: Source) -> dict[str, Table]:
    """The tables of the models that answered a source's task, by the model's name; the source itself too. Training stands alone."""
    return {t.source.name: t for t in tables if t.source.kind == "evaluation" and t.source.task == source.task} if source.kind == "evaluation" else {}


def embedded(tables: Sequence[Table]) -> dict[str, Any]:
    """By source: the index and the rows of as many samples as a file may hold. The same problems are taken of all models of a task, spread evenly."""
    held = {}
    for table in tables:
        index = described(table, rivals(tables, table.source))
        room = MOST_BYTES // len(tables)
        kept, rows = [], []
        for at in chosen(index["columns"]):
            row = table.row(at)
            room -= len(json.dumps(row))
            if room < 0 and rows:
                break
            kept.append(at)
            rows.append(row)
        held[table.source.id] = {"index": restricted(index, kept), "rows": rows}
    return held


def chosen(columns: Mapping[str, Sequence[Any] | None]) -> list[int]:
    """Rows that a file holds: the first samples of problems (in training: of a step's problems) that lie evenly in the table, none of them partly."""
    problems, steps = columns["problem"], columns["step"]
    assert problems is not None
    groups: dict[tuple[Any, Any], list[int]] = {}
    for at, problem in enumerate(problems):
        groups.setdefault((steps[at] if steps else None, problem), []).append(at)
    every = [rows[:MOST_OF_PROBLEM] for rows in groups.values()]
    count = max(1, MOST_SAMPLES // max(1, max((len(rows) for rows in every), default=1)))
    places = range(len(every)) if len(every) <= count else np.unique(np.linspace(0, len(every) - 1, count).astype(int)).tolist()
    return [at for place in places for at in every[place]]


def restricted(index: Mapping[str, Any], rows: Sequence[int]) -> dict[str, Any]:
    """The index of some rows of a table, with only their problems."""
    old = [index["columns"]["problem"][at] for at in rows]
    used = list(dict.fromkeys(old))
    number = {problem: i for i, problem in enumerate(used)}
    columns = {name: [column[at] for at in rows] if column is not None else None for name, column in index["columns"].items()}
    pick = {name: [index[name][problem] for problem in used] for name in ("problems", "titles")}
    rights = {name: [pairs[problem] for problem in used] for name, pairs in index["rights"].items()}
    return {**index, **pick, "columns": {**columns, "problem": [number[problem] for problem in old]}, "rights": rights}
