from __future__ import annotations

import json
from pathlib import Path

import pytest

from menolab.cli.main import main
from menolab.keys import Key
from tiny import tiny_run, tiny_setup


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run folder with two models of different seeds and no stored samples."""
    folder = tmp_path_factory.mktemp("run") / "r"
    tiny_run(folder)
    for seed, state in enumerate(("cold_start", "trained")):
        tiny_setup().base(Key.root(seed)).save(folder / "models" / state)
    return folder


def study(capsys: pytest.CaptureFixture[str], *words: object) -> dict:
    assert main(["study", *map(str, words), "--json"]) == 0
    return json.loads(capsys.readouterr().out)


@pytest.mark.parametrize(
    ("words", "number"),
    [
        (("limit-of-rlvr", "--samples", 3, "--scored", 1), "perplexity of after"),
        (("echo-chamber", "--samples", 2, "--checked", 3), "its share after"),
        (("sober-look", "--samples", 2, "--temperatures", 0.5, "--wordings", "{prompt} "), "settings that move the score"),
        (("contamination", "--shares", 0.5, "--drawn", 30), "problems in training"),
    ],
    ids=lambda words: words[0] if isinstance(words, tuple) else "",
)
def test_studies_of_a_run(words: tuple, number: str, run: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    """Each study through the verb on a tiny run: JSON alone on stdout, a page and a record in the folder."""
    out = tmp_path / "out"
    data = study(capsys, words[0], run, *words[1:], "--problems", 3, "--max-tokens", 6, "--out", out)
    assert number in data["numbers"] and data["verdict"] and data["shows_not"]
    assert (out / "study.html").is_file() and json.loads((out / "findings.json").read_text())["numbers"] == data["numbers"]


def test_what_is_printed(run: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    out = tmp_path / "out"
    assert main(["study", "limit-of-rlvr", str(run), "--samples", "2", "--scored", "0", "--problems", "3", "--max-tokens", "4", "--out", str(out)]) == 0
    said = capsys.readouterr().out
    assert "pass@1 difference" in said and "not shown: " in said and "warning: 2 samples" in said and "study.html" in said


def test_the_list_and_the_errors(capsys: pytest.CaptureFixture[str]):
    assert {"LimitOfRlvr", "SoberLook", "EchoChamber", "Contamination"} <= {row["id"] for row in json_list(capsys)}
    assert main(["study"]) == 0 and "usage: meno study NAME" in capsys.readouterr().out
    assert main(["study", "limit-of-rlv", "x"]) == 2 and "did you mean LimitOfRlvr" in capsys.readouterr().err
    assert main(["study", "limit-of-rlvr"]) == 2 and "name what to study" in capsys.readouterr().err


def json_list(capsys: pytest.CaptureFixture[str]) -> list:
    assert main(["study", "--json"]) == 0
    return json.loads(capsys.readouterr().out)


def test_a_study_of_a_run_lies_in_the_run_and_its_report_links_to_it(run: Path, capsys: pytest.CaptureFixture[str]):
    words = ("first-try-matters", run, "--samples", 2, "--problems", 3, "--max-tokens", 6)
    first = study(capsys, *words)
    assert Path(first["out"]) == run / "studies" / "first-try-matters" and study(capsys, *words)["out"] == first["out"]  # the same study is the same folder
    other = study(capsys, *words, "--stops", 2)
    assert Path(other["out"]) == run / "studies" / "first-try-matters-2"
    assert main(["report", str(run), "--json"]) == 0
    page = (run / "report.html").read_text()
    assert 'href="studies/first-try-matters/study.html"' in page and 'href="studies/first-try-matters-2/study.html"' in page
    capsys.readouterr()
    (run / "studies" / "first-try-matters" / "findings.json").write_text("{")
    assert main(["study", *map(str, words)]) == 2 and "is not the findings of a study" in capsys.readouterr().err
