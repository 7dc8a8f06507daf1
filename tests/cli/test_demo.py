"""`meno demo`, on the smallest recipe: the JSON document that programs rely on, and what a person sees."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from menolab.cli.main import main
from menolab.runs.recipe import Recipe
from menolab.setups import laptop
from tiny import tiny_method, tiny_setup


@pytest.fixture(autouse=True)
def _tiny(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(laptop, "demo_recipe", lambda *, small, seed: Recipe(tiny_method(), tiny_setup(), seed))


def test_json_shape(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["demo", "--out", str(tmp_path / "run"), "--json"]) == 0
    out, err = capsys.readouterr()
    found = json.loads(out)
    assert err == ""
    for model in ("base", "cold_start", "trained"):
        assert set(found[model]["pass@1"]) == {"mean", "low", "high", "n"}
    assert {"mean", "low", "high"} <= set(found["difference"]["pass@1"]) and found["difference"]["from"] == "cold_start"
    assert {"cold_start", "reinforce", "evaluate", "total"} <= set(found["seconds"])
    assert found["peak_rss_bytes"] > 10**7 and Path(found["report"]).is_file() and Path(found["run"]) == tmp_path / "run"


def test_what_a_person_sees_fits_80_columns(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["demo", "--out", str(tmp_path / "run")]) == 0
    out, err = capsys.readouterr()
    assert "cold start" in err and "5/5" in err
    table = [line for line in out.splitlines() if line.startswith(("base ", "cold start ", "trained ")) and "[" in line]
    assert len(table) == 3 and all(len(line.rstrip()) <= 80 and "…" not in line for line in table)
    assert "report.html" in out.replace("\n", "") and "meno solve" in out.replace("\n", " ")
