"""The ledger as a picture: every method's difference in pass@1 with its interval, best first, as a standalone SVG."""

from __future__ import annotations

import math
from collections.abc import Sequence
from html import escape

from menolab.ledger.table import NO_CLAIM, NOT_SEEN, OPPOSITE, SEEN, Line
from menolab.reports.chart import nice_ticks

ROW, LEFT, RIGHT, TOP = 18, 170, 24, 46
WIDTH = 720
COLOURS = {SEEN: "#2e7048", NOT_SEEN: "#857f77", OPPOSITE: "#a63d36", NO_CLAIM: "#1d5f91"}


def forest(lines: Sequence[Line], title: str) -> str:
    """The SVG of a forest plot: a dot a method, a bar for its 95% interval, coloured by verdict; small grey dots are its seeds."""
    ends = [e for line in lines for d in (line.differences["pass@1"],) for e in (d.low, d.high, *_seeds(line)) if math.isfinite(e)]
    ticks = nice_ticks(min([0.0, *ends]) * 100, max([0.0, *ends]) * 100)
    height = TOP + ROW * len(lines) + 34

    def x(points: float) -> float:
        return LEFT + (points - ticks[0]) / (ticks[-1] - ticks[0]) * (WIDTH - LEFT - RIGHT)

    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" font-family="system-ui, sans-serif" font-size="12">',
        f"<title>{escape(title)}</title>",
        f'<rect width="{WIDTH}" height="{height}" fill="#fdfcf9"/>',
        f'<text x="12" y="20" font-size="13" font-weight="600" fill="#22211f">{escape(title)}</text>',
        *(_legend(i, verdict) for i, verdict in enumerate(COLOURS)),
    ]
    for tick in ticks:
        shade = "#22211f" if tick == 0 else "#e3dfd7"
        parts.append(f'<line x1="{x(tick):.1f}" x2="{x(tick):.1f}" y1="{TOP}" y2="{height - 30}" stroke="{shade}"/>')
        parts.append(f'<text x="{x(tick):.1f}" y="{height - 14}" text-anchor="middle" fill="#6d6963">{tick:+g}</text>')
    for i, line in enumerate(lines):
        parts += _row(line, TOP + ROW * i + ROW / 2, x)
    return "\n".join([*parts, "</svg>"]) + "\n"


def _row(line: Line, y: float, x) -> list[str]:
    d, colour = line.differences["pass@1"], COLOURS[line.verdict]
    marks = [f'<text x="{LEFT - 10}" y="{y + 4:.1f}" text-anchor="end" fill="#22211f">{escape(line.entry.method)}</text>']
    if math.isfinite(d.low):
        marks.append(f'<line x1="{x(100 * d.low):.1f}" x2="{x(100 * d.high):.1f}" y1="{y:.1f}" y2="{y:.1f}" stroke="{colour}" stroke-width="3"/>')
    marks += [f'<circle cx="{x(100 * v):.1f}" cy="{y:.1f}" r="2" fill="#6d6963" opacity="0.6"/>' for v in _seeds(line)]
    return [*marks, f'<circle cx="{x(100 * d.mean):.1f}" cy="{y:.1f}" r="4.5" fill="{colour}"/>']


def _seeds(line: Line) -> list[float]:
    return [d for t in line.entry.trials if (d := t.difference("pass@1")) is not None]


def _legend(i: int, verdict: str) -> str:
    x = 12 + 150 * i
    return f'<circle cx="{x + 4}" cy="35" r="4.5" fill="{COLOURS[verdict]}"/><text x="{x + 14}" y="39" fill="#6d6963">{escape(verdict)}</text>'
