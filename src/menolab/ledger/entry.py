"""What an entry of the ledger is: one method measured over seeds on one ground, as a small JSON file."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from menolab.errors import BadInput
from menolab.files import finite, write_json
from menolab.pieces import CHECKOUT, published_names
from menolab.runs.stage import Stage

FOLDER = CHECKOUT / "ledger"
"""Where the stored entries are."""
YARDSTICK = "grpo"
"""What every other method is compared with; its own entry is compared with the cold start."""
START = "start"
"""The cold-started model of a seed."""


@dataclass(frozen=True)
class Trial:
    """One seed of a method beside the yardstick's same seed: same cold start, same held-out problems, same number of drawn tokens."""

    seed: int
    steps: int
    """Updates of the method, so many that it draws as many tokens as the yardstick."""
    tokens: int
    """Response tokens drawn in training."""
    seconds: float
    """Sampling, verifying and updating, without evaluations."""
    start: Mapping[str, float | None]
    """Metrics of the cold-started model: pass@1, pass@K, maj@K, length, entropy, truncated, unparsed."""
    yardstick: Mapping[str, float | None]
    """Of the model that GRPO made; of the cold start in GRPO's own entry."""
    after: Mapping[str, float | None]
    """Of the model that the method made."""
    yardstick_tokens: int
    yardstick_seconds: float
    interval: Sequence[float]
    """95% of after - yardstick in pass@1, paired by problem: what other problems would do to this seed's difference."""

    def difference(self, metric: str) -> float | None:
        """after - yardstick; None where either is not known."""
        a, b = self.after[metric], self.yardstick[metric]
        return None if a is None or b is None else a - b


@dataclass(frozen=True)
class Entry:
    """One method on one ground."""

    method: str
    ground: str
    against: str
    """`YARDSTICK`, or `START` in the yardstick's own entry."""
    problems: int
    samples: int
    """K, samples a problem."""
    trials: tuple[Trial, ...]
    date: str
    versions: Mapping[str, str] = field(default_factory=dict)
    hardware: Mapping[str, Any] = field(default_factory=dict)
    remark: str = ""
    """What differs from the paper, or must be known to read the figures."""

    @property
    def marks(self) -> Mapping[str, Any]:
        """Paper, claim and effect as the method's file has them."""
        maker = published_names(Stage).get(self.method)
        return maker.__published__ if maker else {"paper": "", "claim": "", "effect": ""}  # type: ignore[attr-defined]


def save(entry: Entry, folder: Path = FOLDER) -> Path:
    """Write the entry's file, replacing an older one of the method on this ground; its remark stays unless the new one brings its own.

    Raises:
        RunFailed: the disk refused.
    """
    path = folder / f"{entry.method}-{entry.ground}.json"
    data = finite(asdict(entry))
    if path.exists() and not entry.remark:
        data["remark"] = load(path).remark
    folder.mkdir(parents=True, exist_ok=True)
    write_json(path, data)
    return path


def load(path: Path) -> Entry:
    """The entry in a file.

    Raises:
        BadInput: it is not one.
    """
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        return Entry(**{**data, "trials": tuple(Trial(**trial) for trial in data["trials"])})
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise BadInput("ledger", str(path), f"is not a ledger entry ({type(error).__name__}: {error}); measure it again with `meno ledger run`") from error


def entries(folder: Path = FOLDER) -> list[Entry]:
    """All stored entries, by ground and method."""
    found = [load(path) for path in sorted(folder.glob("*.json"))]
    return sorted(found, key=lambda entry: (entry.ground, entry.against != "start", entry.method))
