from __future__ import annotations

import os
from pathlib import Path

from menolab.sandbox.zygote import clear


def test_clear_removes_what_resists(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "kept").write_text("x")
    folder = tmp_path / "folder"
    (folder / "a" / "b" / "c").mkdir(parents=True)
    (folder / "a" / "b" / "file").write_text("x")
    (folder / "link").symlink_to(outside)
    (folder / "a" / "link").symlink_to(outside)
    os.mkfifo(folder / "pipe")
    (folder / "a" / "b").chmod(0)
    (folder / "a").chmod(0o500)
    clear(folder)
    assert list(folder.iterdir()) == [] and (outside / "kept").read_text() == "x"
