"""Small line charts as inline SVG: no script, no font, no file besides the page.

A chart is drawn on a 360 by 216 canvas, about the width of a phone, and its colours are CSS classes, so one drawing serves small and large, light and dark.
Lines are labelled where they end.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape

WIDTH, HEIGHT = 360, 216
LEFT, TOP, BOTTOM = 40, 10, 28
GAP = 14
"""Least distance between two labels, in canvas units."""


@dataclass(frozen=True)
class Line:
    """One line of a chart. Entries of `y` that are None or not finite are gaps."""

    label: str
    """Written where the line ends; empty for no label."""
    style: str
    """CSS class that colours it."""
    x: Sequence[float]
    y: Sequence[float | None]
    low: Sequence[float] = ()
    """Lower edge of the band around it, as long as x, or empty for no band."""
    high: Sequence[float] = ()


def chart(
    lines: Sequence[Line],
    *,
    describe: str,
    y_text: Callable[[float], str],
    x_ticks: Sequence[tuple[float, str]],
    x_label: str = "",
    y_low: float | None = None,
    y_high: float | None = None,
    margin: int = 14,
) -> str:
    """The SVG of a line chart.

    Args:
        describe: what a screen reader says.
        y_text: writes a tick of the y axis.
        x_ticks: (place, text).
        y_low, y_high: ends of the y axis; None follows the data.
        margin: room for labels at the right, in canvas units.
    """
    values = [v for line in lines for ys in (line.y, line.low, line.high) for v in ys if v is not None and math.isfinite(v)]
    if not values:
        return '<p class="missing">no finite values</p>'
    xs = [x for line in lines for x in line.x]
    ticks = nice_ticks(min(values) if y_low is None else y_low, max(values) if y_high is None else y_high)
    place = _places(min(xs), max(xs), ticks[0], ticks[-1], margin)
    parts = [f'<svg class="chart" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{escape(describe)}">']
    for tick in ticks:
        y = place(xs[0], tick)[1]
        parts.append(f'<line class="grid" x1="{LEFT}" x2="{WIDTH - margin}" y1="{y:.1f}" y2="{y:.1f}"/>')
        parts.append(f'<text class="tick" x="{LEFT - 6}" y="{y + 3.5:.1f}" text-anchor="end">{escape(y_text(tick))}</text>')
    for x, text in x_ticks:
        parts.append(f'<text class="tick" x="{place(x, ticks[0])[0]:.1f}" y="{HEIGHT - BOTTOM + 14}" text-anchor="middle">{escape(text)}</text>')
    if x_label:
        parts.append(f'<text class="tick" x="{(LEFT + WIDTH - margin) / 2:.0f}" y="{HEIGHT - 1}" text-anchor="middle">{escape(x_label)}</text>')
    parts += [_band(line, place) for line in lines if line.low]
    parts += [_stroke(line, place) for line in lines]
    parts += _labels(lines, place)
    return "".join([*parts, "</svg>"])


def nice_ticks(low: float, high: float, count: int = 4) -> list[float]:
    """About `count` round numbers that cover [low, high]: steps of 1, 2, 2.5 or 5 times a power of ten."""
    if high - low < 1e-12 * max(1.0, abs(high)):
        pad = abs(high) * 0.5 or 0.5
        low, high = low - pad, high + pad
    rough = (high - low) / count
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(m * power for m in (1, 2, 2.5, 5, 10) if m * power >= rough * 0.999)
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    return [round(i * step, 12) for i in range(first, last + 1)]


Place = Callable[[float, float], tuple[float, float]]


def _places(x0: float, x1: float, y0: float, y1: float, margin: int) -> Place:
    def place(x: float, y: float) -> tuple[float, float]:
        u = (x - x0) / (x1 - x0) if x1 > x0 else 0.5
        return LEFT + u * (WIDTH - margin - LEFT), TOP + (y1 - y) / (y1 - y0) * (HEIGHT - TOP - BOTTOM)

    return place


def _stroke(line: Line, place: Place) -> str:
    """The line, broken at gaps; a point on its own is a dot."""
    runs: list[list[tuple[float, float]]] = [[]]
    for x, y in zip(line.x, line.y, strict=True):
        if y is None or not math.isfinite(y):
            runs.append([])
        else:
            runs[-1].append(place(x, y))
    drawn = []
    for run in runs:
        if len(run) == 1:
            drawn.append(f'<circle class="dot {line.style}" cx="{run[0][0]:.1f}" cy="{run[0][1]:.1f}" r="2.5"/>')
        elif run:
            drawn.append(f'<polyline class="stroke {line.style}" points="{" ".join(f"{x:.1f},{y:.1f}" for x, y in run)}"/>')
    return "".join(drawn)


def _band(line: Line, place: Place) -> str:
    edge = [place(x, y) for x, y in zip(line.x, line.high, strict=True)] + [place(x, y) for x, y in zip(line.x, line.low, strict=True)][::-1]
    return f'<polygon class="band {line.style}" points="{" ".join(f"{x:.1f},{y:.1f}" for x, y in edge)}"/>'


def _labels(lines: Sequence[Line], place: Place) -> list[str]:
    """Names beside the ends of their lines, pushed apart where they would overlap."""
    ends = []
    for line in lines:
        known = [(x, y) for x, y in zip(line.x, line.y, strict=True) if y is not None and math.isfinite(y)]
        if line.label and known:
            ends.append((place(*known[-1]), line))
    ends.sort(key=lambda end: end[0][1])
    parts: list[str] = []
    heights = spread([y for (_, y), _ in ends], TOP + 4, HEIGHT - BOTTOM)
    for ((x, _), line), y in zip(ends, heights, strict=True):
        parts.append(f'<text class="label {line.style}" x="{x + 6:.1f}" y="{y + 4:.1f}">{escape(line.label)}</text>')
    return parts


def spread(heights: Sequence[float], low: float, high: float) -> list[float]:
    """Heights in order, pushed down until they lie `GAP` apart, and up again where that goes past `high`."""
    placed: list[float] = []
    for y in heights:
        placed.append(max(y, placed[-1] + GAP if placed else low))
    limit = high
    for i in reversed(range(len(placed))):
        placed[i] = min(placed[i], limit)
        limit = placed[i] - GAP
    return placed
