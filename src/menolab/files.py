"""Writing to disk so that a crash at any instant leaves either the old file or the new one."""

from __future__ import annotations

import contextlib
import json
import math
import os
import shutil
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from menolab.errors import BadInput, RunFailed


def write_file(path: Path, fill: Callable[[Path], object]) -> None:
    """Replace a file atomically: `fill` writes a scratch sibling, which is synced to disk and renamed.

    Raises:
        RunFailed: the disk is full or read-only; the old file is untouched.
    """
    scratch = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        fill(scratch)
        sync(scratch)
        scratch.replace(path)
        sync(path.parent)
    except OSError as error:
        with contextlib.suppress(OSError):
            scratch.unlink(missing_ok=True)
        raise RunFailed(f"cannot write {path}: {error.strerror or error}; free some space or choose another folder with --out") from error


def write_text(path: Path, text: str) -> None:
    """Replace a text file atomically. Raises as `write_file` does."""
    write_file(path, lambda scratch: scratch.write_text(text, encoding="utf-8"))


def write_json(path: Path, data: Any) -> None:
    """Replace a JSON file atomically. NaN and infinities are refused: they are not JSON."""
    write_text(path, json.dumps(data, indent=2, allow_nan=False) + "\n")


def write_folder(path: Path, fill: Callable[[Path], object]) -> None:
    """Create a folder atomically: `fill` writes into a scratch sibling, which is synced to disk and renamed. An existing folder is replaced.

    Raises:
        RunFailed: the disk is full or read-only; an existing folder is untouched.
    """
    scratch = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        shutil.rmtree(scratch, ignore_errors=True)
        scratch.mkdir(parents=True)
        fill(scratch)
        for file in (f for f in scratch.rglob("*") if f.is_file()):
            sync(file)
        _swap_in(scratch, path)
        sync(path.parent)
    except OSError as error:
        shutil.rmtree(scratch, ignore_errors=True)
        raise RunFailed(f"cannot write {path}: {error.strerror or error}; free some space or choose another folder with --out") from error


def _swap_in(new: Path, path: Path) -> None:
    """Rename `new` to `path`; a folder already there steps aside first, since a folder cannot be renamed onto a full one, and comes back if it fails."""
    old = path.with_name(f".{path.name}.old")
    if path.exists():
        shutil.rmtree(old, ignore_errors=True)
        path.rename(old)
    try:
        new.rename(path)
    except OSError:
        if old.exists():
            old.rename(path)
        raise
    shutil.rmtree(old, ignore_errors=True)


def make_folder(path: Path) -> None:
    """Make the folder that the user named with --out, before anything is computed for it.

    Raises:
        BadInput: it cannot be made, or not be written in.
    """
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise BadInput("--out", str(path), f"cannot be made a folder ({error.strerror}); choose another") from error
    if not os.access(path, os.W_OK):
        raise BadInput("--out", str(path), "cannot be written in; choose another folder")


def finite(value: Any) -> Any:
    """`value` with NaN and infinities as None, since JSON has neither."""
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if isinstance(value, Mapping):
        return {k: finite(v) for k, v in value.items()}
    if isinstance(value, (list, tuple)):
        return [finite(v) for v in value]
    return value


def remove_scratch(folder: Path) -> None:
    """Clear up after killed writers: unfinished files and folders go, a folder that had stepped aside comes back if nothing took its place."""
    for left in folder.rglob(".*.tmp"):
        shutil.rmtree(left) if left.is_dir() else left.unlink(missing_ok=True)
    for aside in folder.rglob(".*.old"):
        path = aside.with_name(aside.name.removeprefix(".").removesuffix(".old"))
        shutil.rmtree(aside) if path.exists() else aside.rename(path)


def read_json_lines(path: Path) -> list[dict[str, Any]]:
    """The complete lines of a JSON-lines file; a last line without newline is a writer that was killed, and is dropped."""
    if not path.exists():
        return []
    return [json.loads(line) for line in path.read_text(encoding="utf-8").split("\n")[:-1] if line]


def sync(path: Path) -> None:
    """Push a file's content, or a folder's renames, to disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextlib.contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Hold a folder for this process alone. The lock goes with the process, however it ends.

    Raises:
        BadInput: another process holds it.
    """
    import fcntl

    with (folder / ".lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise BadInput("run", str(folder), "another process is carrying it out; wait for it or stop it") from error
        yield
