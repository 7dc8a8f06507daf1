"""The parts of an evaluation that is going on: what is done survives a kill and is not done again."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from menolab.errors import BadInput
from menolab.evaluation.record import Row, load_notes, load_rows, save_rows
from menolab.files import remove_scratch, write_json


class Parts:
    """A folder with one file of rows for each chunk of problems, and plan.json, which says what they are parts of."""

    def __init__(self, folder: Path, plan: Mapping[str, Any]):
        """Open the folder, or make it.

        Raises:
            BadInput: it holds parts of another evaluation (names what differs).
        """
        self.folder = folder
        stored = folder / "plan.json"
        if stored.is_file():
            remove_scratch(folder)
            old, new = json.loads(stored.read_text(encoding="utf-8")), json.loads(json.dumps(plan))
            differing = sorted(name for name in {*old, *new} if old.get(name) != new.get(name))
            if differing:
                remedy = f"holds parts of an evaluation with another {', '.join(differing)}; remove the folder or choose another --out"
                raise BadInput("--out", str(folder), remedy)
        else:
            write_json(stored, plan)

    def get(self, start: int) -> tuple[list[Row], dict[str, float]] | None:
        """The rows of the chunk that begins with problem number `start`, and the seconds they took, if they are there."""
        path = self._path(start)
        return (list(load_rows(path)), json.loads(load_notes(path).get("seconds", "{}"))) if path.is_file() else None

    def put(self, start: int, rows: Sequence[Row], seconds: Mapping[str, float]) -> None:
        """Keep the rows of a chunk."""
        save_rows(self._path(start), rows, {"seconds": json.dumps(dict(seconds))})

    def remove(self) -> None:
        """Forget all parts: the whole is on disk."""
        shutil.rmtree(self.folder)

    def _path(self, start: int) -> Path:
        return self.folder / f"{start:07d}.parquet"
