"""The `meno` command itself: exit codes, start-up, help."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from menolab.cli import catalogue
from menolab.cli.main import VERBS, main
from menolab.errors import RunFailed


def test_help_names_every_verb(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--help"]) == 0 and main([]) == 0
    shown = capsys.readouterr().out
    assert all(f"  {verb} " in shown for verb in VERBS)
    modules = {p.stem for p in Path(sys.modules["menolab.cli"].__path__[0]).glob("*.py")}
    assert set(VERBS) <= modules


@pytest.mark.parametrize("verb", sorted(VERBS))
def test_every_verb_explains_itself(verb: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stop:
        main([verb, *(["grpo"] if verb == "train" else []), "--help"])
    assert stop.value.code == 0 and "--json" in capsys.readouterr().out


def test_unknown_verb(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["catalog"]) == 2
    assert "did you mean catalogue" in capsys.readouterr().err


@pytest.mark.parametrize(("error", "code"), [(RunFailed("no step was taken"), 1), (KeyboardInterrupt(), 130)])
def test_failures_have_their_own_codes(error: BaseException, code: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def fail(args: object) -> int:
        raise error

    monkeypatch.setattr(catalogue, "run", fail)
    assert main(["catalogue"]) == code
    assert capsys.readouterr().err.startswith("meno: ")


@pytest.mark.parametrize("words", [["--help"], ["tasks"], ["--version"]])
def test_light_verbs_import_nothing_heavy(words: list[str]) -> None:
    """Start-up is not timed here; what makes it slow is not imported."""
    code = f"import sys; from menolab.cli.main import main; main({words!r}); print('HEAVY', {{'torch', 'transformers', 'pyarrow', 'scipy'}} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env={**os.environ})
    assert done.stdout.rstrip().endswith("HEAVY set()"), done.stdout[-300:]
