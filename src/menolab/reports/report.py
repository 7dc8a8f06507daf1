"""The verb `report`: a run folder becomes one HTML file that needs nothing else: no script, no font, no network."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from menolab import __version__
from menolab.errors import BadInput
from menolab.evaluation.compare import Comparison, Flip, adjusted, compare
from menolab.evaluation.record import Record, Result
from menolab.evaluation.statistics import Estimate, p_value
from menolab.files import write_text
from menolab.reports.chart import Line, chart
from menolab.reports.rollouts import Pair, pairs
from menolab.reports.run import STUDY_PAGE, Run, read_run

if TYPE_CHECKING:
    import jinja2

HERE = Path(__file__).parent
STATE_NAMES = {"base": "base", "cold_start": "cold start", "trained": "trained"}
STAGE_NAMES = {"supervised": "Cold start", "cold_start": "Cold start", "reinforce": "Reinforcement"}
STEP_PARTS = ("sample", "verify", "update", "other")

PANELS = {
    "reward": ("reward", "number"),
    "pass_rate": ("pass rate in training", "share"),
    "length": ("response length, tokens", "number"),
    "entropy": ("entropy, nats a token", "number"),
    "truncated": ("truncated", "share"),
    "unparsed": ("unparsed", "share"),
    "dead_groups": ("dead groups", "share"),
    "loss": ("loss", "number"),
    "grad_norm": ("gradient norm", "number"),
    "drift": ("drift from the sampler, nats", "number"),
    "clipped": ("clipped tokens", "share"),
}
"""Learning curves: metric -> (title, how its values read)."""
FLIPS = 25
"""Problems gained, and problems lost, that the page lists."""


def report(folder: Path, *, samples: str = "") -> Path:
    """Write ``report.html`` in a run folder from what lies in it; parts that are missing are named on the page.

    Args:
        samples: address of the viewer of the run's samples, for links; empty for none.

    Raises:
        BadInput: not a run folder.
        RunFailed: the page cannot be written.
    """
    run = read_run(Path(folder))
    path = run.folder / "report.html"
    write_text(path, render(run, samples=samples))
    return path


def environment() -> jinja2.Environment:
    """What all pages are written with: templates and styles of this folder, everything escaped, numbers written alike."""
    import jinja2

    found = jinja2.Environment(
        loader=jinja2.FileSystemLoader(HERE), autoescape=True, trim_blocks=True, lstrip_blocks=True, undefined=jinja2.StrictUndefined
    )
    found.filters |= {"percent": percent, "interval": interval, "points": points, "number": number, "p": p_value, "duration": duration, "signed": signed}
    return found


def style(*names: str) -> str:
    """Style sheets of this folder, one after the other."""
    return "".join((HERE / name).read_text(encoding="utf-8") for name in names)


def _study_file(folder: str) -> str:
    """Where a study's page lies, from the run's folder."""
    return f"studies/{quote(folder)}/{STUDY_PAGE}"


def render(run: Run, *, links: Sequence[tuple[str, str]] = (), samples: str = "", study_link: Callable[[str], str] = _study_file) -> str:
    """The page as text.

    Args:
        links: (text, address) that the page begins with.
        samples: as for `report`.
        study_link: address of the page of a study, by the name of its folder.
    """
    links = [*links, *([("every sample", samples)] if samples else [])]
    tasks = _tasks(run)
    return environment().get_template("page.html").render(
        style=style("page.css"),
        title=run.folder.resolve().name,
        tasks=tasks,
        stages=_stages(run),
        times=_times(run),
        recipe=json.dumps(run.recipe, indent=2, ensure_ascii=False) if run.recipe is not None else None,
        facts=list(_flat(run.facts)),
        missing=run.missing,
        state_names=STATE_NAMES,
        version=__version__,
        links=links,
        samples=samples,
        studies=run.studies,
        study_link=study_link,
    )


# ---- outcomes ----------------------------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class TaskView:
    """What the page says of one task."""

    name: str
    records: Mapping[str, Record]
    """By state."""
    comparisons: Mapping[tuple[str, str], Comparison]
    """By (before, after)."""
    headline: Comparison | None
    """The comparison that the page opens with: trained against what it was trained from."""
    before: str
    after: str
    scale: float
    """Right end of the axis of pass rates."""
    curve: str
    """pass@k chart; empty for one sample a problem."""
    falls: Sequence[str]
    """Where pass@k got worse, in words."""
    pairs: Sequence[Pair]
    flips: Mapping[str, Sequence[Flip]]
    """gained and lost of the headline, the largest `FLIPS` of each."""
    prompts: Mapping[str, str]
    """Of the problems in `flips`."""
    notes: Sequence[str]


def _tasks(run: Run) -> list[TaskView]:
    views = [_task(task, results) for task, results in run.results.items()]
    headlines = adjusted([view.headline for view in views if view.headline is not None])
    by_task = {c.task: c for c in headlines}
    return [_replaced(view, by_task.get(view.headline.task)) if view.headline else view for view in views]


def _replaced(view: TaskView, headline: Comparison | None) -> TaskView:
    return TaskView(**{**vars(view), "headline": headline or view.headline})


def _task(task: str, results: Mapping[str, Result]) -> TaskView:
    comparisons: dict[tuple[str, str], Comparison] = {}
    notes = []
    states = list(results)
    for i, before in enumerate(states):
        for after in states[i + 1 :]:
            try:
                comparisons[before, after] = compare(results[before], results[after])
            except BadInput as error:
                notes.append(f"{STATE_NAMES[before]} and {STATE_NAMES[after]} cannot be compared: {error}")
    notes += [f"{STATE_NAMES[s]}: {w}" for s, result in results.items() for w in result.record.warnings]
    before, after = (states[-2], states[-1]) if len(states) > 1 else ("", "")
    headline = comparisons.get((before, after))
    flips = {"gained": headline.gained[:FLIPS], "lost": headline.lost[:FLIPS]} if headline else {}
    asked = {row.problem: row.prompt for row in results[before].rows} if headline else {}
    highest = max(e.high for result in results.values() if (e := result.record.metrics["pass@1"]) is not None)
    return TaskView(
        name=task,
        records={state: result.record for state, result in results.items()},
        comparisons=comparisons,
        headline=headline,
        before=before,
        after=after,
        scale=min(1.0, math.ceil(highest * 1.05 * 10) / 10),
        curve=pass_chart([(STATE_NAMES[state], state, result) for state, result in results.items()]),
        falls=_falls(comparisons),
        pairs=pairs(results[before], results[after], headline) if headline else [],
        flips=flips,
        prompts={flip.problem: asked[flip.problem] for several in flips.values() for flip in several},
        notes=list(dict.fromkeys(notes)),
    )


def pass_chart(shown: Sequence[tuple[str, str, Result]]) -> str:
    """pass@k over k on a logarithmic axis, bands = 95% intervals; empty for one sample a problem. `shown`: label, CSS class and result of each line."""
    lines = []
    for label, look, result in shown:
        curve = [e for k in range(1, result.record.samples + 1) if (e := result.record.metrics[f"pass@{k}"]) is not None]
        ks = [math.log2(k) for k in range(1, len(curve) + 1)]
        lines.append(Line(label, look, ks, [e.mean for e in curve], [e.low for e in curve], [e.high for e in curve]))
    most = max(result.record.samples for _, _, result in shown)
    if most == 1:
        return ""
    ticks = [(float(i), str(2**i)) for i in range(int(math.log2(most)) + 1)]
    return chart(lines, describe="pass@k against k", y_text=lambda v: f"{v:.0%}", x_ticks=ticks, x_label="k, samples a problem", y_low=0.0, margin=78)


def _falls(comparisons: Mapping[tuple[str, str], Comparison]) -> list[str]:
    """Every k at which a later state's interval lies below the earlier one's, one sentence a pair."""
    said = []
    for (before, after), comparison in comparisons.items():
        worse = {k: d for k, d in comparison.pass_at_k.items() if d.high < 0}
        if worse:
            k, d = min(worse.items(), key=lambda item: item[1].mean)
            where = f"k = {min(worse)}" if len(worse) == 1 else f"k = {min(worse)} to {max(worse)}"
            ends = f"{points(d.low)} to {points(d.high)}"
            said.append(f"{STATE_NAMES[after]} is below {STATE_NAMES[before]} at {where}; at k = {k} by {points(d.mean)} points ({ends}).")
    return said


# ---- learning curves and time ------------------------------------------------------------------------------------------------------------------


def _stages(run: Run) -> list[dict[str, Any]]:
    """Small multiples of a stage's metrics."""
    stages = []
    for stage in dict.fromkeys(str(row["stage"]) for row in run.metrics):
        rows = [row for row in run.metrics if row["stage"] == stage]
        terms = dict.fromkeys(key for row in rows for key in row if key.startswith("reward/"))
        shown = {"reward": PANELS["reward"], **({key: (f"reward term {key[7:]}", "number") for key in terms} if len(terms) > 1 else {}), **PANELS}
        panels = [panel for key, (title, reads) in shown.items() if (panel := _panel(rows, key, title, reads)) is not None]
        window = _window(len(rows))
        stages.append({"name": STAGE_NAMES.get(stage, stage), "steps": rows[-1]["step"], "window": window, "panels": panels})
    return stages


def _panel(rows: Sequence[Mapping[str, Any]], key: str, title: str, reads: str) -> dict[str, Any] | None:
    values = [_finite(row.get(key)) for row in rows]
    if not any(v is not None for v in values):
        return None
    write: Callable[[float], str] = (lambda v: f"{v:.0%}" if v >= 0.1 else f"{100 * v:.2g}%") if reads == "share" else number
    steps, window = [float(row["step"]) for row in rows], _window(len(rows))
    known = [v for v in values if v is not None]
    smooth = rolling_mean(values, window)
    xs, raw = thinned(steps, values)
    lines = [Line("", "faint", xs, raw)] if window > 1 else []
    lines.append(Line("", "ink", *thinned(steps, smooth)))
    low = 0.0 if reads == "share" or (min(known) >= 0 and key != "loss") else None
    high = 0.01 if reads == "share" and max(known) == 0 else None
    ends = [(x, f"{x:,.0f}") for x in dict.fromkeys((steps[0], steps[-1]))]
    svg = chart(lines, describe=f"{title} over steps", x_ticks=ends, x_label="step", y_text=write, y_low=low, y_high=high)
    last = [v for v in smooth if v is not None]
    return {"title": title, "first": write(last[0]), "last": write(last[-1]), "svg": svg}


def _window(steps: int) -> int:
    """Steps in the rolling mean: a twentieth of the stage, 1 (no smoothing) for short ones."""
    return max(1, steps // 20)


def rolling_mean(values: Sequence[float | None], window: int) -> list[float | None]:
    """Mean of the known values among the last `window`; None where there are none."""
    means: list[float | None] = []
    for i in range(len(values)):
        known = [v for v in values[max(0, i + 1 - window) : i + 1] if v is not None]
        means.append(sum(known) / len(known) if known else None)
    return means


def thinned(x: Sequence[float], y: Sequence[float | None], most: int = 400) -> tuple[list[float], list[float | None]]:
    """At most about `most` points of a long curve, the last one always kept, so that a page of many steps stays small."""
    stride = max(1, math.ceil(len(x) / most))
    keep = sorted({*range(0, len(x), stride), len(x) - 1})
    return [x[i] for i in keep], [y[i] for i in keep]


def _times(run: Run) -> list[dict[str, Any]]:
    """Seconds of each stage by part, and of the evaluations."""
    found = []
    for stage in dict.fromkeys(str(row["stage"]) for row in run.timings):
        rows = [row for row in run.timings if row["stage"] == stage]
        parts = {part: sum(_finite(row.get(part)) or 0.0 for row in rows) for part in STEP_PARTS}
        rates = [r for row in rows if (r := _finite(row.get("tokens_per_second"))) is not None]
        found.append(_time(STAGE_NAMES.get(stage, stage), parts, sum(rates) / len(rates) if rates else None))
    parts = {"sample": 0.0, "verify": 0.0, "other": 0.0}
    tokens = 0
    for record in (result.record for results in run.results.values() for result in results.values()):
        sample, verify = record.seconds["sample"], record.seconds["verify"]
        parts = {"sample": parts["sample"] + sample, "verify": parts["verify"] + verify, "other": parts["other"] + record.seconds["total"] - sample - verify}
        tokens += record.tokens["completion"]
    found.append(_time("Evaluation", parts, tokens / parts["sample"] if parts["sample"] > 0 else None))
    longest = max(time["total"] for time in found)
    return [{**time, "width": time["total"] / longest if longest else 0.0} for time in found if time["total"] > 0]


def _time(name: str, parts: Mapping[str, float], rate: float | None) -> dict[str, Any]:
    total = sum(parts.values())
    shown = [{"name": part, "seconds": duration(s), "share": s / total} for part, s in parts.items() if total > 0 and s / total >= 0.001]
    return {"name": name, "total": total, "duration": duration(total), "parts": shown, "rate": f"{rate:,.0f}" if rate is not None else None}


# ---- how things read -------------------------------------------------------------------------------------------------------------------------


def percent(value: float | Estimate | None) -> str:
    """0.4787 -> 47.9%."""
    value = value.mean if isinstance(value, Estimate) else value
    return "unknown" if value is None else f"{100 * value:.1f}%"


def interval(estimate: Estimate | None, scale: float = 100.0) -> str:
    """The ends of an interval, as in "45.1 to 50.7"; `scale` 100 for shares."""
    if estimate is None or math.isnan(estimate.low):
        return "no interval"
    return f"{scale * estimate.low:.1f} to {scale * estimate.high:.1f}"


def points(value: float) -> str:
    """A difference of shares in percentage points, with its sign: +14.8, and a true minus sign."""
    return f"{100 * value:+.1f}".replace("-", "\u2212")


def signed(value: float) -> str:
    """A plain difference with its sign: +3.2."""
    return f"{value:+.1f}".replace("-", "\u2212")


def number(value: float) -> str:
    """Three significant digits without exponents where that is short."""
    if value == 0:
        return "0"
    return (f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}").replace("-", "\u2212")


def duration(seconds: float) -> str:
    """12.3 s, 4 min 05 s, 2 h 10 min."""
    if seconds < 59.95:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest:02d} s" if minutes < 60 else f"{minutes // 60} h {minutes % 60:02d} min"


def _finite(value: Any) -> float | None:
    return float(value) if isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value) else None


def _flat(data: Any, path: str = "") -> list[tuple[str, str]]:
    """Nested facts as rows."""
    if isinstance(data, Mapping):
        return [row for key, value in data.items() for row in _flat(value, f"{path}.{key}" if path else str(key))]
    if isinstance(data, list):
        data = " ".join(str(part) for part in data)
    return [(path, str(data))] if path and data is not None else []


