from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from fake_run import write
from fakes import FakeEngine, Sums, sums
from menolab.cli.main import main
from menolab.engines.decoding import Decoding
from menolab.evaluation.evaluate import evaluate
from menolab.evaluation.record import save
from menolab.keys import Key


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("runs")
    write(folder / "one", problems=20, samples=2, steps=1)
    shutil.copytree(folder / "one", folder / "two")
    return folder


def words(*parts: object) -> list[str]:
    return ["compare", *map(str, parts)]


def test_json_is_one_document_of_the_promised_shape(runs: Path, capsys: pytest.CaptureFixture[str]):
    records = runs / "one" / "evaluation" / "sums"
    assert main(words(records / "base.json", records / "trained.json", "--json")) == 0
    data = json.loads(capsys.readouterr().out)
    task = data["tasks"]["sums"]
    assert {"a", "b", "difference", "p", "flips"} <= task.keys()
    assert {"mean", "low", "high"} <= task["difference"].keys() and set(task["flips"]) == {"gained", "lost"}
    assert task["difference"]["mean"] == pytest.approx(task["b"]["mean"] - task["a"]["mean"])
    assert {"problem", "gold", "answer_a", "answer_b"} <= task["flips"]["gained"][0].keys()
    assert "B is better than A" in data["verdict"]


def test_a_run_stands_for_its_trained_model(runs: Path, capsys: pytest.CaptureFixture[str]):
    assert main(words(runs / "one", runs / "two", "--json")) == 0
    assert json.loads(capsys.readouterr().out)["tasks"]["sums"]["difference"]["mean"] == 0.0


def test_the_table_has_intervals_and_shares(runs: Path, capsys: pytest.CaptureFixture[str]):
    records = runs / "one" / "evaluation" / "sums"
    assert main(words(records / "base.json", records / "trained.json")) == 0
    said = capsys.readouterr().out
    for part in ("20 problems x 2 samples", "pass@1", "pass@2", "truncated", "unparsed", "undecided", "errored", "gained", "lost", "sums:"):
        assert part in said


def test_three_paths_are_two_comparisons_adjusted_for_both(runs: Path, capsys: pytest.CaptureFixture[str]):
    records = runs / "one" / "evaluation" / "sums"
    assert main(words(records / "base.json", records / "cold_start.json", records / "trained.json", "--json")) == 0
    data = json.loads(capsys.readouterr().out)
    ps = [data["tasks"]["sums"], data["more"][0]["tasks"]["sums"]]
    assert data["more"][0]["b"].endswith("trained.json")
    assert min(t["p_holm"] / t["p"] for t in ps) >= 1 and max(t["p_holm"] / t["p"] for t in ps) == pytest.approx(2)


def test_different_settings_are_refused_then_forced(runs: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    other = save(tmp_path, "other", evaluate(FakeEngine(0.5), Sums(), sums(20), Decoding(max_tokens=99), 2, Key.root(0)))
    record = runs / "one" / "evaluation" / "sums" / "trained.json"
    assert main(words(record, other)) == 2
    assert "decoding" in capsys.readouterr().err
    assert main(words(record, other, "--force", "--json")) == 0
    assert any("decoding differ" in w for w in json.loads(capsys.readouterr().out)["tasks"]["sums"]["warnings"])


@pytest.mark.parametrize(("paths", "said"), [
    (["one"], "two results or more"),
    (["none", "none"], "no such file"),
    (["one/recipe.json", "one"], "not a whole"),
    (["one/empty", "one"], "no result record"),
])  # fmt: skip
def test_bad_paths(runs: Path, capsys: pytest.CaptureFixture[str], paths: list[str], said: str):
    (runs / "one" / "empty").mkdir(exist_ok=True)
    assert main(words(*(runs / path for path in paths))) == 2
    assert said in capsys.readouterr().err


def test_no_task_in_common(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    for folder, names in (("a", ("x", "y")), ("b", ("z",))):
        for name in names:
            result = evaluate(FakeEngine(0.5), Sums(), sums(3), Decoding(), 1, Key.root(0))
            path = save(tmp_path / folder, name, result)
            path.write_text(path.read_text().replace('"task": "sums"', f'"task": "{name}"'))
    assert main(words(tmp_path / "a", tmp_path / "b")) == 2
    assert "same tasks" in capsys.readouterr().err
