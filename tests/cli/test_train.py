"""`meno train`: words to recipe, errors before compute, and a run from the user's own file."""

from __future__ import annotations

import json
import shlex
from pathlib import Path

import pytest

from menolab.advantages.leave_one_out import LeaveOneOut
from menolab.cli.main import main
from menolab.cli.train import parse
from menolab.errors import BadInput
from menolab.losses.aggregation import TokenMean
from menolab.losses.surrogate import Clip
from menolab.methods.grpo import grpo
from menolab.models.checkpoint import Checkpoint
from menolab.runs.pipeline import carry_out
from menolab.runs.run import open_run
from menolab.runs.stage import NoTraining
from menolab.setups.laptop import laptop
from menolab.stages.reinforce import Reinforce
from tiny import tiny_run


def _method(argv: str) -> Reinforce:
    recipe = parse(argv.split()).recipe
    assert recipe is not None and isinstance(recipe.method, Reinforce)
    return recipe.method


def test_a_method_alone_is_the_method_on_the_laptop() -> None:
    args = parse(["grpo"])
    assert args.recipe is not None
    assert args.recipe.method == grpo() and args.recipe.setup == laptop() and args.recipe.seed == 0
    assert args.out is not None and args.out.parent == Path("runs") and args.out.name.startswith("grpo-")


def test_parts_and_numbers() -> None:
    method = _method("rloo loss.aggregate=TokenMean --lr 3e-4")
    assert method.loss.aggregate == TokenMean()  # type: ignore[attr-defined]
    words = ["dr-grpo", "advantage=LeaveOneOut", "loss.surrogate=Clip", "--loss.surrogate.high", "0.28", "--lr", "1e-4"]
    args = parse([*words, "--steps", "7", "--seed", "3", "--sampler.group", "4"])
    assert args.recipe is not None
    method = args.recipe.method
    assert isinstance(method, Reinforce)
    assert method.advantage == LeaveOneOut() and method.loss.surrogate == Clip(0.2, 0.28)  # type: ignore[attr-defined]
    assert (args.recipe.setup.lr, args.recipe.setup.steps, args.recipe.seed, method.sampler.group) == (1e-4, 7, 3, 4)


def test_a_number_inside_a_tuple_of_parts() -> None:
    method = _method("grpo --advantage.parts.1.epsilon 0.5")
    assert method.advantage.parts[1].epsilon == 0.5  # type: ignore[attr-defined]


def test_help_without_a_method(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stop:
        parse(["--help"])
    out, err = capsys.readouterr()
    assert stop.value.code == 0 and not err
    assert "meno train METHOD" in out and "--resume" in out and "meno catalogue --family stage" in out


@pytest.mark.parametrize(
    ("argv", "message"),
    [
        ("", "say which"),
        ("gropo", "METHOD = 'gropo': did you mean grpo"),
        ("grpo --on laptpo", "--on = 'laptpo': did you mean laptop"),
        ("grpo los.aggregate=TokenMean", "did you mean loss"),
        ("grpo loss.aggregate=TokenMaen", "did you mean TokenMean"),
        ("grpo --loss.surrogate.low 1.5", "clip.low = 1.5: must be >= 0.0 and <= 1.0"),
        ("grpo --lr -1", "lr = -1.0: must be > 0.0"),
        ("grpo --rollouts 0", "rollouts = 0: must be >= 1"),
        ("grpo --betas 0.9 1.0", "betas = 1.0: must be"),
        ("grpo --decoding.temperature 0", "decoding.temperature = 0.0: must be > 0.0"),
        ("grpo --data nowhere.jsonl", "nowhere.jsonl"),
        ("grpo --model nowhere/at/all --data x.jsonl", "x.jsonl"),
        ("--resume somewhere --lr 1e-3", "keeps its recipe"),
        ("--resume somewhere --data x.jsonl --device cpu", "--data --device"),
        ("grpo --checkpoint-every -1", "--checkpoint-every = -1"),
        ("grpo task.styles.0=Uniform", "styles holds values, not pieces"),
        ("grpo --lr inf", "lr = inf: must be > 0.0 and finite"),
        ("grpo --model ''", "model = '': give a folder or a Hub name"),
        ("grpo --data ''", "--data = '': names no file"),
        ("grpo --eval-data ''", "--eval-data = '': names no file"),
    ],
)
def test_bad_words_are_refused_with_a_remedy(argv: str, message: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Those that name parts by our own error, those in numbers by tyro's, which quotes ours; both exit with 2."""
    with pytest.raises((BadInput, SystemExit)) as stop:
        parse(shlex.split(argv))
    said = str(stop.value) if isinstance(stop.value, BadInput) else " ".join(capsys.readouterr().err.replace("│", " ").split())
    assert message in said
    assert isinstance(stop.value, BadInput) or stop.value.code == 2


def test_unknown_options_exit_with_two(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stop:
        parse(["grpo", "--loss.surrogate.hihg", "0.28"])
    assert stop.value.code == 2
    assert "--loss.surrogate.high" in capsys.readouterr().err


def test_help_carries_the_docstring_of_the_method_and_of_swapped_parts(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stop:
        parse(["rloo", "loss.surrogate=Clip", "--help"])
    shown = " ".join(capsys.readouterr().out.split())
    assert stop.value.code == 0
    assert "Back to Basics" in shown and "--loss.surrogate.high" in shown and "--model" in shown


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("base") / "run"
    carry_out(tiny_run(folder))
    return folder


def _own_file(tmp_path: Path, rows: int = 60) -> Path:
    path = tmp_path / "own.jsonl"
    path.write_text("".join(json.dumps({"question": f"{i} + 1 =\n", "result": str(i + 1)}) + "\n" for i in range(rows)))
    return path


def test_own_problems_from_a_trained_model(trained: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["train", "grpo", "--model", str(trained), "--data", str(_own_file(tmp_path)), "--prompt-field", "question", "--answer-field", "result"]
    words += ["--verifier", "Numeric", "--steps", "2", "--rollouts", "16", "--decoding.max-tokens", "12", "--evaluation.samples", "2"]
    out = tmp_path / "out"
    assert main([*words, "--out", str(out), "--threads", "1", "--json"]) == 0
    summary = json.loads(capsys.readouterr().out)
    assert {"base", "trained", "difference", "seconds", "peak_rss_bytes", "run", "report"} <= set(summary)
    assert set(summary["base"]["pass@1"]) == {"mean", "low", "high", "n"} and set(summary["difference"]["pass@1"]) >= {"mean", "low", "high"}
    assert Path(summary["report"]).read_text().startswith("<!doctype html>") or "<html" in Path(summary["report"]).read_text()[:200]
    run = open_run(out)
    assert run.setup.base == Checkpoint(str(trained / "models" / "trained")) and run.setup.cold_start == NoTraining()
    evaluated = {p.prompt for _, problems in run.evaluation for p in problems}
    stream = run.problems(run.key)
    assert evaluated and not evaluated & {next(stream).prompt for _ in range(500)}


def test_existing_run_folder_is_not_overwritten(trained: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["train", "grpo", "--out", str(trained)]) == 2
    assert "already holds a run" in capsys.readouterr().err
    assert main(["train", "grpo", "--out", str(trained / "recipe.json")]) == 2
    assert "--out" in capsys.readouterr().err


def test_a_number_that_no_recipe_can_keep_leaves_no_folder(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["train", "grpo", "--weights", "nan", "--out", str(tmp_path / "out")]) == 2
    assert "Reinforce.weights = nan: must be finite" in capsys.readouterr().err and not (tmp_path / "out").exists()


def test_prompts_that_do_not_fit_are_counted_and_named(trained: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "long.jsonl"
    rows = [{"id": f"p{i}", "prompt": f"{i} " + "1 " * (100 if i % 2 else 3), "answer": "2"} for i in range(40)]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    code = main(["train", "grpo", "--model", str(trained), "--data", str(path), "--out", str(tmp_path / "out"), "--threads", "1"])
    message = capsys.readouterr().err
    assert code == 2 and "20 of 40 prompts leave no room" in message and "context of 128" in message
    assert not (tmp_path / "out").exists(), "a refused recipe must not stand in the way of the corrected one"


def test_a_file_without_demonstrations_cannot_cold_start(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["train", "grpo", "--data", str(_own_file(tmp_path)), "--prompt-field", "question", "--answer-field", "result"]
    assert main([*words, "--out", str(tmp_path / "out"), "--threads", "1"]) == 2
    assert "--model" in capsys.readouterr().err
    assert not (tmp_path / "out" / "evaluation").exists(), "refused before compute is spent"


def test_resume_says_what_differs(trained: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["train", "grpo", "--resume", str(trained)]) == 2
    assert "the run's recipe differs" in capsys.readouterr().err
