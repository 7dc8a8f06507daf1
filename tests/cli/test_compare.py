from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from fake_run import write
from fakes import FakeEngine, Sums, sums
from imports_logs import inspect_log, lm_harness
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
    (["one/recipe.json", "one"], "is not a result record"),
    (["one/empty", "one"], "no result record"),
])  # fmt: skip
def test_bad_paths(runs: Path, capsys: pytest.CaptureFixture[str], paths: list[str], said: str):
    (runs / "one" / "empty").mkdir(exist_ok=True)
    assert main(words(*(runs / path for path in paths))) == 2
    assert said in capsys.readouterr().err


def test_paths_of_nothing(capsys: pytest.CaptureFixture[str]):
    for nothing in (",", ""):
        assert main(words(nothing, nothing)) == 2
        assert f"paths = {nothing!r}: names no result" in capsys.readouterr().err


def test_no_task_in_common(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    for folder, names in (("a", ("x", "y")), ("b", ("z",))):
        for name in names:
            result = evaluate(FakeEngine(0.5), Sums(), sums(3), Decoding(), 1, Key.root(0))
            path = save(tmp_path / folder, name, result)
            path.write_text(path.read_text().replace('"task": "sums"', f'"task": "{name}"'))
    assert main(words(tmp_path / "a", tmp_path / "b")) == 2
    assert "same tasks" in capsys.readouterr().err


def test_paths_joined_by_commas_are_runs_of_one_model(runs: Path, capsys: pytest.CaptureFixture[str]):
    records = [runs / "one" / "evaluation" / "sums" / f"{state}.json" for state in ("base", "cold_start", "trained")]
    assert main(words(records[0], f"{records[1]},{records[2]}", "--json")) == 0
    task = json.loads(capsys.readouterr().out)["tasks"]["sums"]
    assert len(task["runs"]["a"]) == 1 and len(task["runs"]["b"]) == 2 and task["runs"]["spread"] >= 0
    assert task["difference"]["mean"] == pytest.approx(sum(task["runs"]["b"]) / 2 - task["runs"]["a"][0])
    assert main(words(records[0], f"{records[1]},{records[2]}")) == 0
    said = capsys.readouterr().out
    assert "standard deviation between runs" in said and "these runs" in said


def test_points_say_what_would_show_them(runs: Path, capsys: pytest.CaptureFixture[str]):
    records = runs / "one" / "evaluation" / "sums"
    assert main(words(records / "base.json", records / "cold_start.json", "--points", 2, "--json")) == 0
    needs = json.loads(capsys.readouterr().out)["tasks"]["sums"]["needs"]
    assert needs["problems"] > 20 and needs["more_problems"] == needs["problems"] - 20 and needs["samples"] is None
    assert main(words(records / "base.json", records / "cold_start.json", "--points", 2)) == 0
    assert "to show 2 points" in capsys.readouterr().out


def test_all_pairs_and_the_ranking(runs: Path, capsys: pytest.CaptureFixture[str]):
    paths = [runs / "one" / "evaluation" / "sums" / f"{state}.json" for state in ("base", "cold_start", "trained")]
    assert main(words(*paths, "--all-pairs", "--json")) == 0
    data = json.loads(capsys.readouterr().out)
    assert [(data["a"], data["b"]), *((d["a"], d["b"]) for d in data["more"])] == [(str(paths[i]), str(paths[j])) for i, j in ((0, 1), (0, 2), (1, 2))]
    assert [place["model"] for place in data["ranking"]] == [str(p) for p in paths]
    assert data["ranking"][2]["rank"] == 1 and data["ranking"][2]["first"] > 0.5
    assert main(words(*paths)) == 0
    assert "ranking (mean over tasks" in capsys.readouterr().out


def test_several_tasks_have_a_mean(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    for folder, skill in (("a", 0.2), ("b", 0.8)):
        for name, count in (("x", 30), ("y", 10)):
            result = evaluate(FakeEngine(skill), Sums(), sums(count), Decoding(), 2, Key.root(0).fold(folder))
            path = save(tmp_path / folder, name, result)
            path.write_text(path.read_text().replace('"task": "sums"', f'"task": "{name}"'))
    assert main(words(tmp_path / "a", tmp_path / "b", "--json")) == 0
    data = json.loads(capsys.readouterr().out)
    means = [task["difference"]["mean"] for task in data["tasks"].values()]
    assert data["overall"]["difference"]["mean"] == pytest.approx(sum(means) / 2) and data["overall"]["tasks"] == 2
    assert "Over 2 tasks: B is better" in data["verdict"]
    assert main(words(tmp_path / "a", tmp_path / "b")) == 0
    assert "mean over 2 tasks" in capsys.readouterr().out


def test_logs_of_another_program_are_compared_as_they_are(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    a, b = (lm_harness(tmp_path / name, [float(i % 10 < right) for i in range(40)], model=name) for name, right in (("one", 3), ("two", 8)))
    assert main(words(a, b, "--json")) == 0
    task = json.loads(capsys.readouterr().out)["tasks"]["gsm8k"]
    assert task["difference"]["mean"] == 0.5 and len(task["flips"]["gained"]) == 20 and task["length"] is None
    assert {f["answer_a"] for f in task["flips"]["gained"]} == {"I say [invalid]."} and task["shares"]["truncated"] == {"a": None, "b": None}
    assert main(words(tmp_path / "one", tmp_path / "two")) == 0
    assert "not told" in capsys.readouterr().out
    assert main(words(a, b, "--fields", "filter=flexible-extract", "--json")) == 0
    assert json.loads(capsys.readouterr().out)["tasks"]["gsm8k"]["flips"]["gained"][0]["answer_a"] == "77"


def test_a_log_and_another_programs_differ_in_their_graders(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    a = lm_harness(tmp_path, [1.0, 0.0, 1.0])
    b = tmp_path / "b.json"
    b.write_text(json.dumps(inspect_log({(i, 1): "C" for i in range(3)})))
    assert main(words(a, b)) == 2
    assert "task = " in (said := capsys.readouterr().err) and "verifier" in said and "decoding" in said
    assert main(words(a, b, "--force", "--json")) == 0
    assert json.loads(capsys.readouterr().out)["tasks"]["gsm8k"]["difference"]["n"] == 3


def test_rows_of_two_files_are_one_task(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    for name, right in (("a", 5), ("b", 15)):
        rows = [{"doc": {"n": i}, "ok": i < right, "out": f"so {i}"} for i in range(20)]
        (tmp_path / f"{name}.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    paths, fields = (tmp_path / "a.jsonl", tmp_path / "b.jsonl"), "problem=doc.n,right=ok,text=out"
    assert main(words(*paths)) == 2
    assert "--fields problem=FIELD" in capsys.readouterr().err
    assert main(words(*paths, "--fields", fields, "--json")) == 0
    task = json.loads(capsys.readouterr().out)["tasks"]["b"]
    assert task["difference"]["mean"] == 0.5 and task["flips"]["gained"][0]["answer_b"] == "so 5"
    assert any("verifier not checked" in w for w in task["warnings"])
    assert main(words(paths[0], f"{paths[1]},{paths[0]}", "--fields", fields, "--json")) == 0
    assert next(iter(json.loads(capsys.readouterr().out)["tasks"].values()))["runs"]["b"] == [0.75, 0.25]


def test_broken_logs_are_refused_then_repaired_by_name(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    rows = [{"id": i, "sample": s, "correct": i % 2} for i in range(6) for s in range(2)]
    whole, cut = tmp_path / "a.jsonl", tmp_path / "b.jsonl"
    whole.write_text("".join(json.dumps(row) + "\n" for row in rows))
    more = [rows[0], {"id": 9, "sample": 0, "correct": None}, {"id": 9, "sample": 1, "correct": 1}]
    cut.write_text("".join(json.dumps(row) + "\n" for row in [*rows[:-1], *more]))
    assert main(words(whole, cut)) == 2
    assert "duplicates = 1: samples of B occur twice: 0" in capsys.readouterr().err
    assert main(words(whole, cut, "--keep", "first")) == 2
    assert "problems of B do not have 2 samples: 5 (1)" in capsys.readouterr().err
    assert main(words(whole, cut, "--keep", "first", "--intersect", "--json")) == 0
    task = json.loads(capsys.readouterr().out)["tasks"]["b"]
    assert task["difference"]["n"] == 5 and task["difference"]["mean"] == 0.0
    assert set(task["dropped"].values()) == {1} and len(task["dropped"]) == 4


def test_scores_between_wrong_and_right(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    for name, score in (("a", 0.25), ("b", 0.75)):
        (tmp_path / f"{name}.jsonl").write_text("".join(json.dumps({"id": i, "f1": score + i / 100}) + "\n" for i in range(8)))
    paths = (tmp_path / "a.jsonl", tmp_path / "b.jsonl", "--fields", "right=f1")
    assert main(words(*paths)) == 2
    assert "--score compares mean scores" in capsys.readouterr().err
    assert main(words(*paths, "--score", "--json")) == 0
    assert json.loads(capsys.readouterr().out)["tasks"]["b"]["difference"]["mean"] == pytest.approx(0.5)


def test_two_results_of_one_task_in_a_folder_are_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    for name in ("one", "two"):
        lm_harness(tmp_path / name, [1.0])
    assert main(words(tmp_path, tmp_path)) == 2
    assert "two results of gsm8k" in capsys.readouterr().err
