from __future__ import annotations

import json
import subprocess
import sys

import pytest

from menolab.cli import sandbox as verb
from menolab.cli.main import main
from menolab.sandbox import selftest
from menolab.sandbox.level import LEVELS


def test_probe_for_people_and_programs(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["sandbox", "--json"]) == 0
    facts = json.loads(capsys.readouterr().out)
    assert facts["level"] in LEVELS and facts["untrusted"] == (facts["level"] != "process") and facts["rows"] == []
    assert main(["sandbox"]) == 0
    shown = capsys.readouterr().out
    assert f"level {facts['level']}" in shown and "untrusted programs" in shown


def test_selftest_exits_with_1_if_anything_escapes(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    good = tuple(case for case in selftest.CASES if case.name in ("an honest program passes", "memory", "an object equal to everything", "fork"))
    assert len(good) == 4
    monkeypatch.setattr(selftest, "CASES", good)
    monkeypatch.setattr(selftest.run, "__defaults__", (good,))
    assert main(["sandbox", "--selftest", "--level", "process", "--json"]) == 0
    rows = json.loads(capsys.readouterr().out)["rows"]
    assert [row["result"] for row in rows] == ["held", "not applicable", "held", "held"]
    bad = selftest.Case("a hole", "escape", "process", lambda sandbox, lure: "out")
    monkeypatch.setattr(selftest.run, "__defaults__", ((*good, bad),))
    assert main(["sandbox", "--selftest", "--level", "process"]) == 1
    shown = capsys.readouterr().out
    assert "a hole" in shown and "3 held; 1 escaped; 1 not applicable" in shown


def test_unknown_level(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["sandbox", "--level", "perfect"]) == 2
    assert "contained" in capsys.readouterr().err


def test_starts_without_torch() -> None:
    code = "import sys; from menolab.cli.main import main; main(['sandbox']); assert not {'torch', 'numpy', 'pyarrow'} & set(sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True, capture_output=True)
    assert verb.Args().level == ""
