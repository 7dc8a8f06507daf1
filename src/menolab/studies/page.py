"""Findings as one HTML page that needs nothing else: no script, no font, no network."""

from __future__ import annotations

import json
import math
from pathlib import Path

from menolab import __version__, reports
from menolab.reports.chart import Line, chart, nice_ticks
from menolab.studies.findings import Findings, Number, Plot, Unit

STYLES = {"base": "base", "cold_start": "cold_start", "trained": "trained"}
"""Labels that have a colour of their own, everywhere the same; the others take turns."""
TURNS = ("trained", "cold_start", "s2", "s3", "s4", "base")


def page(found: Findings) -> str:
    """The page as text."""
    import jinja2

    environment = jinja2.Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True, undefined=jinja2.StrictUndefined)
    environment.tests["number"] = lambda value: isinstance(value, Number)
    environment.filters["cell"] = cell
    template = (Path(__file__).parent / "page.html").read_text(encoding="utf-8")
    return environment.from_string(template).render(
        style=(Path(reports.__path__[0]) / "page.css").read_text(encoding="utf-8"),
        found=found,
        paper=_address(str(found.facts.get("paper", ""))),
        charts=[(plot.title, svg(plot)) for plot in found.charts],
        facts=json.dumps(found.to_data()["facts"], indent=2, ensure_ascii=False, default=str),
        version=__version__,
    )


def _address(paper: str) -> str:
    """Where a paper is read: arXiv:2504.13837 and addresses; empty for anything else."""
    if paper.startswith("arXiv:"):
        return f"https://arxiv.org/abs/{paper.removeprefix('arXiv:')}"
    return paper if paper.startswith("https://") else ""


def cell(value: object) -> str:
    """What a table's cell says."""
    if value is None:
        return ""
    return f"{value:.4g}" if isinstance(value, float) else str(value)


def svg(plot: Plot) -> str:
    """The chart of a plot."""
    place = math.log2 if plot.x_log else float
    styles = _styles([series.label for series in plot.series])
    lines = [
        Line(series.label, styles[i], [place(x) for x in series.x], series.y, series.low, series.high) for i, series in enumerate(plot.series) if series.x
    ]
    if not lines:
        return '<p class="missing">nothing to draw</p>'
    xs = [x for line in lines for x in line.x]
    shares = plot.unit == "share"
    return chart(
        lines,
        describe=plot.title,
        y_text=_axis(plot.unit),
        x_ticks=_ticks(plot, min(xs), max(xs)),
        x_label=plot.x_label,
        y_low=0.0 if shares else None,
        margin=14 + 7 * max((len(series.label) for series in plot.series), default=0),
    )


def _axis(unit: Unit):
    if unit in ("share", "points"):
        return lambda v: f"{100 * v:.0f}%"
    return lambda v: f"{v:g}"


def _ticks(plot: Plot, low: float, high: float) -> list[tuple[float, str]]:
    if plot.x_names:
        return [(float(i), name) for i, name in enumerate(plot.x_names)]
    if plot.x_log:
        step = max(1, math.ceil((high - low) / 6))
        return [(float(i), str(2**i)) for i in range(math.ceil(low), math.floor(high) + 1, step)]
    return [(x, f"{x:g}") for x in nice_ticks(low, high) if low - 1e-9 <= x <= high + 1e-9]


def _styles(labels: list[str]) -> list[str]:
    free = [style for style in TURNS if style not in {STYLES.get(label) for label in labels}]
    taken = iter([*free, *TURNS] * (1 + len(labels)))
    return [STYLES[label] if label in STYLES else next(taken) for label in labels]
