from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from menolab.sandbox import landlock, libc


def in_a_child(action: Callable[[], bool]) -> bool:
    """What `action` says in a process of its own, which keeps the restrictions to itself."""
    pid = os.fork()
    if pid == 0:
        try:
            os._exit(0 if action() else 1)
        except BaseException:
            os._exit(2)
    return os.waitpid(pid, 0)[1] == 0


def can(path: Path, flags: int) -> bool:
    try:
        os.close(os.open(path, flags, 0o600))
    except PermissionError:
        return False
    return True


@pytest.mark.skipif(landlock.version() < landlock.ENOUGH, reason=f"Landlock ABI {landlock.version()}, {landlock.ENOUGH} is needed")
def test_only_what_is_named_stays_open(tmp_path: Path) -> None:
    read, write, closed = (tmp_path / name for name in ("read", "write", "closed"))
    for folder in (read, write, closed):
        folder.mkdir()
        (folder / "file").write_text("x")

    def action() -> bool:
        libc.no_new_privileges()
        landlock.restrict((str(read), str(tmp_path / "missing")), (str(write),))
        good = can(read / "file", os.O_RDONLY) and can(write / "file", os.O_RDWR) and can(write / "new", os.O_CREAT | os.O_WRONLY)
        bad = can(read / "file", os.O_WRONLY) or can(read / "new", os.O_CREAT | os.O_WRONLY)
        return good and not bad and not can(closed / "file", os.O_RDONLY) and not can(closed / "file", os.O_WRONLY)

    assert in_a_child(action)


def test_capabilities_and_privileges_are_given_up_for_good() -> None:
    def action() -> bool:
        libc.no_new_privileges()
        libc.drop_capabilities()
        status = Path("/proc/self/status").read_text()
        return "NoNewPrivs:\t1" in status and all(f"{name}:\t0000000000000000" in status for name in ("CapEff", "CapPrm", "CapInh", "CapAmb"))

    assert in_a_child(action)


def test_a_refused_call_is_an_error() -> None:
    with pytest.raises(OSError, match="prctl"):
        libc.prctl(9999)
