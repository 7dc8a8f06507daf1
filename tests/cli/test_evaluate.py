from __future__ import annotations

import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from imports_logs import inspect_log, inspect_zip, lighteval, lm_harness, lm_harness_choices
from menolab.cli.main import main
from menolab.evaluation.record import load
from menolab.files import locked, write_text
from menolab.keys import Key
from menolab.models.fresh import Fresh
from menolab.pieces import to_json
from tiny import tiny_run, tiny_setup


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("model") / "m"
    tiny_setup().base(Key.root(0)).save(folder)
    return folder


def evaluate(*words: object) -> int:
    return main(["evaluate", *map(str, words), "--samples", "2", "--problems", "5"])


def test_a_task_by_name(model: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    out = tmp_path / "out"
    assert evaluate(model, "--on", "Countdown", "--max-tokens", 8, "--out", out, "--json") == 0
    data = json.loads(capsys.readouterr().out)
    result = load(out / "countdown.json")
    assert data["tasks"]["countdown"]["metrics"]["pass@1"].keys() == {"mean", "low", "high", "n"}
    assert len(result.rows) == 10 and all((row.tokens or 0) <= 8 for row in result.rows)
    assert result.record.engine == "TorchEngine" and result.record.dtype == "float32"
    e = result.record.metrics["entropy"]
    assert e is not None and e.mean > 0


def test_the_seed_names_the_problems_and_the_draws(model: Path, tmp_path: Path):
    for name, seed in (("a", 0), ("b", 0), ("c", 1)):
        assert evaluate(model, "--on", "countdown", "--max-tokens", 8, "--out", tmp_path / name, "--seed", seed, "--json") == 0
    a, b, c = (load(tmp_path / name / "countdown.json") for name in "abc")
    assert a.rows == b.rows and a.record.problems_hash != c.record.problems_hash


def test_the_table_has_intervals_and_shares(model: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    assert evaluate(model, "--on", "Countdown", "--max-tokens", 8, "--out", tmp_path) == 0
    said = capsys.readouterr().out
    for part in ("5 problems x 2 samples", "pass@1 finished", "maj@2", "truncated", "unparsed", "undecided", "errored", " to ", "warning: ", "record: "):
        assert part in said


def test_numbers_of_tokens(model: Path, tmp_path: Path):
    words = (model, "--on", "countdown", "--max-tokens", 8, "--entropy", "--reference", model, "--json")
    assert evaluate(*words, "--out", tmp_path / "out") == 0
    result = load(tmp_path / "out" / "countdown.json", tokens=True)
    assert result.record.reference == str(model)
    for row in result.rows:
        assert row.entropy is not None and row.reference is not None and row.logprobs is not None
        assert len(row.entropy) == row.tokens and max(row.entropy) > 0
        assert list(row.reference) == pytest.approx(list(row.logprobs), rel=2**-9)  # the model under itself


def test_a_users_file(model: Path, tmp_path: Path):
    path = tmp_path / "mine.jsonl"
    path.write_text("".join(json.dumps({"question": f"{i} 1 = {i + 1}", "gold": str(i)}) + "\n" for i in range(3)))
    assert evaluate(model, "--on", path, "--prompt-field", "question", "--answer-field", "gold", "--max-tokens", 8, "--out", tmp_path / "out") == 0
    assert load(tmp_path / "out" / "mine.json").record.problems == 3


def test_a_published_file(model: Path, tmp_path: Path, shared_data: Path):
    path = shared_data / "countdown" / "countdown_cd3_test.jsonl"
    assert evaluate(model, "--on", path, "--kind", "countdown", "--max-tokens", 8, "--out", tmp_path) == 0
    assert load(tmp_path / "countdown.json").record.problems == 5


def test_a_run_brings_its_task_and_its_decoding(model: Path, tmp_path: Path):
    run = tiny_run(tmp_path / "run")
    (run.folder / "models").mkdir(exist_ok=True)
    (run.folder / "models" / "trained").symlink_to(model)
    assert evaluate(run.folder, "--out", tmp_path / "out") == 0
    record = load(tmp_path / "out" / "countdown.json").record
    assert record.decoding["max_tokens"] == 16 and record.task_piece["numbers"] == 2


def test_problems_that_the_run_may_have_trained_on_are_a_warning(model: Path, tmp_path: Path):
    run = tiny_run(tmp_path / "run")
    (run.folder / "models").mkdir(exist_ok=True)
    (run.folder / "models" / "trained").symlink_to(model)
    stream = run.problems(Key.root(3))
    trained = [next(stream) for _ in range(4)]
    for name, problems in (("mixed", [*trained, *run.evaluation[0][1][:1]]), ("clean", run.evaluation[0][1])):
        rows = [{"input": ",".join(map(str, p.facts["numbers"])), "output": str(p.facts["target"])} for p in {p.id: p for p in problems}.values()]
        (tmp_path / f"{name}.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
        assert evaluate(run.folder, "--on", tmp_path / f"{name}.jsonl", "--kind", "countdown", "--out", tmp_path / name) == 0
    said = {name: [w for w in load(tmp_path / name / "countdown.json").record.warnings if "training may have met" in w] for name in ("mixed", "clean")}
    distinct = len({p.id for p in trained})
    assert not said["clean"] and said["mixed"][0].startswith(f"{distinct} of {distinct + 1} problems")


def test_bad_words(model: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    cases = [
        ([model], "say on what"),
        ([model, "--on", "Countdwon"], "Countdown"),
        ([model, "--on", tmp_path / "none.jsonl"], "no such file"),
        ([model, "--on", "Countdown", "countdown"], "two tasks alike"),
        ([tmp_path / "none", "--on", "Countdown"], "no such folder"),
        ([model, "--on", "Countdown", "--temperature", "-1"], "temperature"),
        ([model, "--on", "Countdown", "--out", model / "config.json" / "x"], "cannot be made a folder"),
    ]
    for words, said in cases:
        assert evaluate(*words) == 2, words
        assert said in capsys.readouterr().err


def test_a_broken_recipe(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    for text in ("{", to_json(tiny_setup().task), '{"@": "menolab.runs.recipe:Recipe", "setup": {"@": "menolab.runs.setup:Setup", "steps": "x"}}'):
        write_text(tmp_path / "recipe.json", text)
        assert evaluate(tmp_path, "--on", "Countdown") == 2
        assert "is not a recipe" in capsys.readouterr().err


def test_shards_put_together_are_the_whole(model: Path, tmp_path: Path):
    words = (model, "--on", "countdown", "--max-tokens", 8, "--json")
    assert evaluate(*words, "--out", tmp_path / "whole") == 0
    for k in (1, 2):
        assert evaluate(*words, "--shard", f"{k}/2", "--out", tmp_path / str(k)) == 0
    records = [tmp_path / str(k) / "countdown.json" for k in (1, 2)]
    assert main(["evaluate", "--merge", *map(str, records), "--out", str(tmp_path / "merged")]) == 0
    whole, merged = (load(tmp_path / name / "countdown.json") for name in ("whole", "merged"))
    assert sorted(whole.rows, key=lambda r: (r.problem, r.sample)) == sorted(merged.rows, key=lambda r: (r.problem, r.sample))
    assert merged.record.metrics["pass@1"] == whole.record.metrics["pass@1"] and merged.record.tokens == whole.record.tokens


def test_stored_samples_are_judged_again(model: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    assert evaluate(model, "--on", "countdown", "--max-tokens", 8, "--out", tmp_path / "a", "--json") == 0
    capsys.readouterr()
    record = str(tmp_path / "a" / "countdown.json")
    assert main(["evaluate", "--rescore", record, "--metrics", "Diversity", "Posterior", "--out", str(tmp_path / "b")]) == 0
    said = capsys.readouterr().out
    assert "0 of 10 verdicts changed" in said and "bayes@2" in said
    assert [r.text for r in load(tmp_path / "b" / "countdown.json").rows] == [r.text for r in load(Path(record)).rows]


def _says(value: object) -> str:
    return f"Let me see. The answer is {value}."


def _log(kind: str, folder: Path) -> Path:
    """Two problems whose responses say 0 (right) and 5 (wrong), scored the other way round or not at all."""
    if kind == "lm-eval":
        path = lm_harness(folder, [0.0, 1.0])
        rows = [json.loads(line) for line in path.read_text().splitlines()]
        path.write_text("".join(json.dumps(row | {"resps": [[_says((0, 5)[row["doc_id"]])]]}) + "\n" for row in rows))
        return path
    if kind == "inspect":
        log = inspect_log({(0, 1): "I", (1, 1): "C"})
        for sample, said in zip(log["samples"], (0, 5), strict=True):
            sample["output"]["choices"][0]["message"]["content"] = _says(said)
        log["eval"]["task"] = "set/sums"
        return inspect_zip(folder / "log.eval", log)
    if kind == "lighteval":
        path = lighteval(folder, [0.0, 1.0])
        rows = pq.read_table(path).to_pylist()
        for row, said in zip(rows, (0, 5), strict=True):
            row["model_response"]["text"] = [_says(said)]
        pq.write_table(pa.Table.from_pylist(rows), path)
        return path
    path = folder / "mine.jsonl"
    rows = [{"id": i, "question": "?", "target": str(i), "output": [_says(said), _says(said)]} for i, said in ((0, 0), (1, 5))]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


@pytest.mark.parametrize(("kind", "name"), [("lm-eval", "gsm8k"), ("inspect", "set_sums"), ("lighteval", "aime24|0"), ("rows", "mine")])
def test_logs_of_other_programs_are_judged_by_a_verifier(kind: str, name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    path = _log(kind, tmp_path)
    assert main(["evaluate", "--rescore", str(path), "--verifier", "Numeric", "--out", str(tmp_path / "b")]) == 0
    said = " ".join(capsys.readouterr().out.split())
    result = load(tmp_path / "b" / f"{name}.json")
    assert [row.label for row in result.rows if row.sample == 0] == ["right", "wrong"] and "Numeric" in result.record.verifier
    assert result.record.samples == (2 if kind == "rows" else 1) and f"{len(result.rows)} of {len(result.rows)} verdicts changed" in said
    assert main(["compare", str(tmp_path / "b" / f"{name}.json"), str(tmp_path / "b" / f"{name}.json")]) == 0
    assert main(["evaluate", "--rescore", str(tmp_path / "b" / f"{name}.json"), "--out", str(tmp_path / "c")]) == 0  # the record is one as any other
    assert "0 of" in capsys.readouterr().out


def test_what_a_log_lacks_is_counted_and_repaired_by_a_flag(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    rows = [{"id": i, "n": s, "gold": str(i), "said": _says(i)} for i in range(4) for s in range(2)]
    path = tmp_path / "log.jsonl"

    def judged(rows: list[dict], *words: str) -> int:
        path.write_text("".join(json.dumps(row) + "\n" for row in rows))
        out = str(tmp_path / f"out-{len(list(tmp_path.iterdir()))}")
        return main(["evaluate", "--rescore", str(path), "--verifier", "Numeric", "--out", out, "--json", "--fields", *words])

    assert judged(rows, "text=said,sample=n") == 0
    assert json.loads(capsys.readouterr().out)["tasks"]["log"]["metrics"]["pass@1"]["mean"] == 1.0
    for bad, words, said, repair in (
        (rows, ("sample=n",), "text = 8: of 8 samples hold no response", ("text=said",)),
        ([row | {"gold": None} for row in rows], ("text=said,sample=n",), "gold = 8", ("gold=id",)),
        (rows + rows[:2], ("text=said,sample=n",), "duplicates = 2", ("--keep", "first")),
        (rows[:-1], ("text=said,sample=n",), "samples = 1", ("--intersect",)),
    ):
        assert judged(bad, *words) == 2
        assert said in capsys.readouterr().err, said
        assert judged(bad, *words, *repair) == 0, repair
        capsys.readouterr()


def test_choices_by_their_log_probability_cannot_be_judged(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    assert main(["evaluate", "--rescore", str(lm_harness_choices(tmp_path, [1, 0])), "--out", str(tmp_path / "b")]) == 2
    assert "nothing was written that could be judged" in capsys.readouterr().err


def test_a_killed_evaluation_goes_on(model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    from menolab.engines.torch_engine import TorchEngine
    from menolab.evaluation import evaluate as module

    monkeypatch.setattr(module, "CHUNK", 2)
    words = (model, "--on", "countdown", "--max-tokens", 8, "--json")
    generate, calls = TorchEngine.generate, []

    def dying(self, requests, *rest):
        calls.append(len(requests))
        if len(calls) == 2:
            raise KeyboardInterrupt
        return generate(self, requests, *rest)

    monkeypatch.setattr(TorchEngine, "generate", dying)
    assert evaluate(*words, "--out", tmp_path / "killed") == 130
    assert (tmp_path / "killed" / ".countdown.parts" / "0000000.parquet").exists() and not (tmp_path / "killed" / "countdown.json").exists()
    assert evaluate(*words, "--out", tmp_path / "killed") == 0 and calls == [4, 4, 4, 2]
    assert [p.name for p in sorted((tmp_path / "killed").iterdir())] == ["countdown.json", "countdown.parquet"]
    assert evaluate(*words, "--out", tmp_path / "whole") == 0
    assert load(tmp_path / "killed" / "countdown.json").rows == load(tmp_path / "whole" / "countdown.json").rows


def test_two_evaluations_into_one_folder_do_not_mix(model: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    (tmp_path / ".countdown.parts").mkdir()
    with locked(tmp_path / ".countdown.parts"):
        assert evaluate(model, "--on", "countdown", "--max-tokens", 8, "--out", tmp_path) == 2
    assert "another process is carrying it out" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((), "say which model"),
        (("m", "--shard", "3/2"), "--shard = '3/2'"),
        (("m", "--shard", "x"), "--shard"),
        (("m", "--metrics", "Diversty"), "did you mean Diversity"),
        (("--rescore", "nowhere.json"), "no such file"),
        (("m", "--rescore", "nowhere.json"), "by themselves"),
        (("m", "--intersect"), "name those with --rescore"),
        (("--rescore", "nowhere.json", "--fields", "txt=a"), "did you mean text"),
    ],
)
def test_bad_words_for_stored_samples(words: tuple[str, ...], said: str, capsys: pytest.CaptureFixture[str]):
    assert main(["evaluate", *words]) == 2
    assert said in capsys.readouterr().err


def test_published_benchmarks_end_to_end(tmp_path: Path, shared_data: Path):
    long = tmp_path / "long"
    Fresh(width=16, layers=1, heads=2, kv_heads=1, head_width=8, mlp=32, context=4096)(Key.root(0)).save(long)
    files = [shared_data / "gsm8k/test.jsonl", shared_data / "olymmath/OlymMATH-EN-HARD.jsonl"]
    assert evaluate(long, "--on", *files, "--max-tokens", 4, "--out", tmp_path / "out") == 0
    for name in ("gsm8k", "olymmath-en-hard"):
        record = load(tmp_path / "out" / f"{name}.json").record
        assert record.problems == 5 and record.metrics["pass@1"] is not None
