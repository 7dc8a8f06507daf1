"""Writes that a crash cannot tear."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from menolab import files
from menolab.errors import BadInput, RunFailed


def test_a_failed_write_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.json"
    files.write_json(path, {"a": 1})
    monkeypatch.setattr(files, "sync", lambda p: (_ for _ in ()).throw(OSError(28, "No space left on device")))
    with pytest.raises(RunFailed, match=r"a\.json: No space left on device; free some space"):
        files.write_json(path, {"a": 2})
    assert json.loads(path.read_text()) == {"a": 1} and [p.name for p in tmp_path.iterdir()] == ["a.json"]


def test_json_refuses_what_is_not_json(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="JSON compliant"):
        files.write_json(tmp_path / "a.json", {"a": float("nan")})
    assert not (tmp_path / "a.json").exists()


def _fill(text: str):
    return lambda folder: (folder / "x").write_text(text)


def test_folders_are_replaced_whole(tmp_path: Path) -> None:
    files.write_folder(tmp_path / "f", _fill("one"))
    (tmp_path / "f" / "y").write_text("left over")
    files.write_folder(tmp_path / "f", _fill("two"))
    assert [p.name for p in (tmp_path / "f").iterdir()] == ["x"] and (tmp_path / "f" / "x").read_text() == "two"
    assert [p.name for p in tmp_path.iterdir()] == ["f"]


def test_a_folder_that_stepped_aside_comes_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Killed between the two renames: the old folder is under its other name, the new one unfinished in scratch."""
    files.write_folder(tmp_path / "f", _fill("one"))
    (tmp_path / "f").rename(tmp_path / ".f.old")
    (tmp_path / ".f.123.tmp").mkdir()
    files.remove_scratch(tmp_path)
    assert (tmp_path / "f" / "x").read_text() == "one" and [p.name for p in tmp_path.iterdir()] == ["f"]


def test_a_failed_rename_puts_the_old_folder_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files.write_folder(tmp_path / "f", _fill("one"))
    real = Path.rename

    def fail(self: Path, target: Path) -> Path:
        if self.name.endswith(".tmp"):
            raise OSError(30, "Read-only file system")
        return real(self, target)

    monkeypatch.setattr(Path, "rename", fail)
    with pytest.raises(RunFailed, match="Read-only file system"):
        files.write_folder(tmp_path / "f", _fill("two"))
    assert (tmp_path / "f" / "x").read_text() == "one"


def test_torn_last_lines_are_dropped(tmp_path: Path) -> None:
    path = tmp_path / "m.jsonl"
    path.write_text('{"a": 1}\n{"a": "\u2028"}\n{"a": 3')
    assert files.read_json_lines(path) == [{"a": 1}, {"a": "\u2028"}]
    assert files.read_json_lines(tmp_path / "none.jsonl") == []


def test_a_lock_is_let_go_with_its_holder(tmp_path: Path) -> None:
    with files.locked(tmp_path):
        child = os.fork()
        if child == 0:
            try:
                with files.locked(tmp_path):
                    os._exit(0)
            except BadInput:
                os._exit(7)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 7
    with files.locked(tmp_path):
        pass


def test_a_folder_that_cannot_be_made_or_written_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files.make_folder(tmp_path / "a" / "b")
    files.make_folder(tmp_path / "a" / "b")
    (tmp_path / "file").touch()
    for bad in ("file", "file/below"):
        with pytest.raises(BadInput, match=f"--out = .*{bad}.*cannot be made a folder"):
            files.make_folder(tmp_path / bad)
    monkeypatch.setattr(os, "access", lambda *a: False)  # root may write anywhere
    with pytest.raises(BadInput, match="cannot be written in"):
        files.make_folder(tmp_path / "a")
