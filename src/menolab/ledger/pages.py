"""The pages made of the ledger and the catalogue: docs/ledger.md, its picture, and docs/methods.md."""

from __future__ import annotations

import dataclasses
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from menolab.evaluation.statistics import Difference
from menolab.files import write_text
from menolab.ledger.entry import FOLDER, START, YARDSTICK
from menolab.ledger.picture import forest
from menolab.ledger.table import OPPOSITE, SEEN, Line, tables
from menolab.pieces import CHECKOUT, Piece, published_names, summary
from menolab.runs.stage import Stage
from menolab.stages.reinforce import Reinforce

LEDGER = """# Ledger

What papers claim, and what we saw: every method on one ground, from the same cold-started models, on the same held-out problems, at the same number of
drawn tokens. Failures are kept. This page and its picture are made by `meno ledger write` from the files in [`ledger/`](../ledger), which hold each
seed's figures, versions and hardware; `meno ledger run METHOD` makes an entry again, `meno ledger` prints the table.
"""

READING = """**How to read it.** pass@1 at temperature 1 on held-out problems. Differences are method minus GRPO of the same seed, points of per cent, with 95 %
intervals over seeds; the run-to-run deviation is pooled over all methods of the ground. Length is in tokens, entropy in nats a token; tokens and seconds are
shares of GRPO's (seconds by the clock, so they mean little where the machine was shared). The verdict is what the interval of the *claimed* quantity says: on
the claimed side of zero (effect seen), on the other side (opposite), or around zero (effect not seen, which at this size is no proof of absence). All methods
have the ground's learning rate and the paper's own other numbers; none was tuned. A small model on one arithmetic game is not the paper's setting: an effect
not seen here is not a claim refuted there.
"""

METHODS = """# Methods

Every published name, made by `meno ledger write` from the code. `meno train NAME` trains it, `meno train NAME --help` shows its numbers, any part can be
swapped (`meno train gspo advantage=Rloo`). [objectives.md](objectives.md) explains the parts on one sheet; [ledger.md](ledger.md) holds what was
measured.
"""


def write(folder: Path = CHECKOUT, stored: Path = FOLDER) -> list[Path]:
    """Write all pages under `folder`/docs; returns their paths.

    Raises:
        BadInput: a stored entry is damaged.
        RunFailed: the disk refused.
    """
    by_ground = tables(stored)
    pages = {Path("docs/ledger.md"): ledger_page(by_ground), Path("docs/methods.md"): methods_page(by_ground)}
    for ground, table in by_ground.items():
        pages[Path(f"docs/images/ledger-{ground}.svg")] = forest([x for x in table if x.entry.against != START], f"pass@1 against GRPO on `{ground}`, points")
    for path, text in pages.items():
        write_text(folder / path, text)
    return [folder / path for path in pages]


def ledger_page(by_ground: Mapping[str, Sequence[Line]]) -> str:
    """docs/ledger.md: a table a ground, best difference first, what is pending, and the remarks."""
    return "\n".join([LEDGER, READING, *(_ground(ground, table) for ground, table in by_ground.items())])


def _ground(ground: str, table: Sequence[Line]) -> str:
    first = table[0].entry
    k = first.samples
    rows = [
        f"## `{ground}`: {first.problems} problems x {k} samples, {len(first.trials)} seeds\n",
        f"![Differences with intervals](images/ledger-{ground}.svg)\n",
        f"| method | pass@1 % | difference | pass@{k} | length | entropy | tokens | seconds | claim | verdict |",
        "|---|---|---|---|---|---|---|---|---|---|",
        *(_row(line, k) for line in table),
    ]
    if start := next((line for line in table if line.entry.against == START), None):
        rows.append(f"\nThe cold-started models they begin with: {100 * start.mean('pass@1', 'start'):.1f} %.")
    compared = [line for line in table if line.entry.against != START]
    firm = [line.entry.method for line in compared if line.p_holm < 0.05]
    if compared:
        chance = f"Methods compared: {len(compared)}; about {len(compared) / 20:.0f} intervals would miss zero by chance."
        rows.append(f"{chance} After Holm's adjustment for that, pass@1 differs for: {', '.join(firm) or 'none'}.")
    pending = [name for name in reinforcing() if name not in {line.entry.method for line in table}]
    rows.append(f"Not measured yet: {', '.join(pending) or 'none'}.")
    rows += [f"\n**{line.entry.method}.** {line.entry.remark}" for line in table if line.entry.remark]
    return "\n".join(rows) + "\n"


def _row(line: Line, k: int) -> str:
    d, entry = line.differences, line.entry
    mark = {SEEN: "**effect seen**", OPPOSITE: "**opposite**"}.get(line.verdict, line.verdict)
    against = " (against the start)" if entry.against == START else ""
    shares = f"{line.tokens:.2f} | {line.seconds:.2f}"
    figures = f"{points(d['pass@1'])}{against} | {points(d[f'pass@{k}'])} | {_plain(d['length'])} | {_plain(d['entropy'], 2)}"
    return f"| {_link(entry.method)} | {100 * line.mean('pass@1'):.1f} | {figures} | {shares} | {entry.marks['claim']} | {mark} |"


def points(d: Difference) -> str:
    """A difference of shares in points of per cent with its interval."""
    return f"{100 * d.mean:+.1f}" + (f" ({100 * d.low:+.1f} to {100 * d.high:+.1f})" if math.isfinite(d.low) else "")


def _plain(d: Difference, digits: int = 1) -> str:
    return f"{d.mean:+.{digits}f}"


def _link(method: str) -> str:
    maker = published_names(Stage).get(method)
    found = re.match(r"arXiv:(\d{4}\.\d{5})", maker.__published__["paper"]) if maker else None  # type: ignore[attr-defined]
    return f"[{method}](https://arxiv.org/abs/{found[1]})" if found else method


def methods_page(by_ground: Mapping[str, Sequence[Line]]) -> str:
    """docs/methods.md: every published method with its paper, the parts in which it differs from GRPO, and what the ledger says."""
    verdicts = {line.entry.method: _status(line) for table in by_ground.values() for line in table}
    rows = [METHODS, "| method | what it is | parts other than GRPO's | ledger |", "|---|---|---|---|"]
    for name, maker in published_names(Stage).items():
        title = summary(maker).removesuffix(".")
        rows.append(f"| {_link(name)} | {title} | {'<br>'.join(parts(maker())) or '-'} | {verdicts.get(name, 'not measured')} |")
    return "\n".join(rows) + "\n"


def _status(line: Line) -> str:
    return f"{line.verdict} on `{line.entry.ground}`: {points(line.differences['pass@1'])}"


def parts(method: Piece) -> list[str]:
    """The parts of a method that are not GRPO's, as "slot: piece"."""
    yardstick = published_names(Stage)[YARDSTICK]()
    if type(method) is not type(yardstick):
        return [short(method)]
    return [f"{slot}: `{value}`" for slot, value in _differing(method, yardstick)]


def _differing(ours: Any, theirs: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """Slots of two pieces of one class whose values differ, into pieces of the same class and no deeper where the classes differ."""
    for field in dataclasses.fields(ours):
        a, b, slot = getattr(ours, field.name), getattr(theirs, field.name), f"{path}{field.name}"
        if a == b:
            continue
        if dataclasses.is_dataclass(a) and type(a) is type(b) and any(isinstance(getattr(a, f.name), Piece) for f in dataclasses.fields(a)):
            yield from _differing(a, b, f"{slot}.")
        else:
            yield slot, short(a)


def short(value: Any) -> str:
    """A piece as its source with only the fields that are not its class's defaults."""
    if isinstance(value, tuple):
        inner = ", ".join(short(v) for v in value)
        return f"({inner})" if len(value) != 1 else inner
    if not (isinstance(value, Piece) and dataclasses.is_dataclass(value)):
        return repr(value)
    own = []
    for field in dataclasses.fields(value):
        given = getattr(value, field.name)
        default = field.default if field.default is not dataclasses.MISSING else None
        if given != default:
            own.append(short(given) if isinstance(given, tuple) else f"{field.name}={short(given)}")
    return f"{type(value).__name__}({', '.join(own)})" if own else type(value).__name__


def reinforcing() -> list[str]:
    """Published names of the reinforcement loop: what can be compared with GRPO."""
    return [name for name, maker in published_names(Stage).items() if isinstance(maker(), Reinforce)]
