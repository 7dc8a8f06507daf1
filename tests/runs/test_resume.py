"""Killed at any instant and resumed, a run gives bit for bit what an uninterrupted one gives.

Children are forked, so that a trial costs a second and not an interpreter's start, and are killed with SIGKILL: at random instants, at every
kind of disk operation (inside checkpoint writes too), and after the last step.
"""

from __future__ import annotations

import hashlib
import json
import os
import random
import shutil
import signal
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

from menolab import files
from menolab.errors import BadInput, RunFailed
from menolab.evaluation.record import load_record
from menolab.keys import Key
from menolab.losses.penalty import KLToReference
from menolab.losses.policy_loss import PolicyLoss
from menolab.methods.ppo import ppo
from menolab.methods.prime import prime
from menolab.models.checkpoint import Checkpoint
from menolab.models.lora import LoRA
from menolab.rewards.accuracy import Accuracy
from menolab.runs.pipeline import carry_out
from menolab.runs.run import Interrupted, Launch, Listener, Run, open_run
from menolab.runs.setup import EvaluationPlan
from menolab.runs.stage import NoTraining
from menolab.tasks.countdown import Countdown
from tiny import Variety, tiny_method, tiny_run


def fingerprint(folder: Path) -> dict[str, str]:
    """Hashes of everything that identical recipes must make identical: metrics, weights, samples, but not seconds."""
    found = {"metrics": (folder / "metrics.jsonl").read_text()}
    for weights in sorted(folder.glob("models/*/model.safetensors")):
        tensors = load_file(weights)
        found[str(weights.relative_to(folder))] = hashlib.sha256(b"".join(tensors[k].numpy().tobytes() for k in sorted(tensors))).hexdigest()
    for sampled in sorted([*folder.glob("evaluation/*/*.parquet"), *folder.glob("rollouts/*.parquet")]):
        found[str(sampled.relative_to(folder))] = hashlib.sha256(sampled.read_bytes()).hexdigest()
    return found


def in_child(work: Callable[[], None], kill_after: float | None = None) -> int:
    """Do `work` in a forked child, killed after so many seconds; the child's exit status, negative for a signal."""
    child = os.fork()
    if child == 0:
        try:
            work()
            os._exit(0)
        except BaseException:
            os._exit(1)
    if kill_after is not None:
        time.sleep(kill_after)
        os.kill(child, signal.SIGKILL)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def go_on(folder: Path) -> None:
    carry_out(open_run(folder))


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, float]:
    """An uninterrupted run, and the seconds that such a run takes in a forked child (all imports done)."""
    base = tmp_path_factory.mktemp("whole")
    carry_out(tiny_run(base / "run"))
    tiny_run(base / "timed")
    began = time.perf_counter()
    assert in_child(lambda: go_on(base / "timed")) == 0
    return base / "run", time.perf_counter() - began


def test_the_uninterrupted_run_trains(whole: tuple[Path, float]) -> None:
    rows = [json.loads(line) for line in (whole[0] / "metrics.jsonl").read_text().splitlines()]
    assert [(r["stage"], r["step"]) for r in rows] == [("cold_start", i) for i in range(1, 6)] + [("reinforce", i) for i in range(1, 6)]
    assert all(r["grad_norm"] > 0 for r in rows), "a run that learns nothing proves nothing"
    assert len(fingerprint(whole[0])) == 1 + 2 + 3 + 4


def test_one_seed_one_curve_another_seed_another(whole: tuple[Path, float], tmp_path: Path) -> None:
    carry_out(tiny_run(tmp_path / "same"))
    assert fingerprint(tmp_path / "same") == fingerprint(whole[0])
    carry_out(tiny_run(tmp_path / "other", seed=1))
    assert fingerprint(tmp_path / "other") != fingerprint(whole[0])


def test_killed_at_random_instants(whole: tuple[Path, float], tmp_path: Path) -> None:
    rng = random.Random(0)
    kills = trial = 0
    while kills < 6 and trial < 12:  # how many kills a run takes depends on how busy the machine is
        folder = tmp_path / f"run{trial}"
        tiny_run(folder)
        for _ in range(20):
            status = in_child(lambda folder=folder: go_on(folder), kill_after=rng.uniform(0.05, 0.6) * whole[1])
            kills += status == -signal.SIGKILL
            if status == 0:
                break
        else:
            assert in_child(lambda folder=folder: go_on(folder)) == 0
        assert fingerprint(folder) == fingerprint(whole[0])
        trial += 1
    assert kills >= 6


def _die_at(operation: str, count: int) -> None:
    """Kill this process right before its `count`-th call of a disk operation."""
    owner = {"fsync": os, "rename": Path, "replace": Path, "rmtree": files.shutil}[operation]
    real, calls = getattr(owner, operation), [0]

    def fatal(*args, **kwargs):
        calls[0] += 1
        if calls[0] == count:
            os.kill(os.getpid(), signal.SIGKILL)
        return real(*args, **kwargs)

    setattr(owner, operation, fatal)


@pytest.mark.parametrize("operation", ["fsync", "rename", "replace", "rmtree"])
def test_killed_inside_writes(whole: tuple[Path, float], tmp_path: Path, operation: str) -> None:
    """Every child dies at a later call of the operation, until one gets through: so the run dies inside many different writes."""
    folder = tmp_path / "run"
    tiny_run(folder)

    def work(count: int) -> None:
        _die_at(operation, count)
        go_on(folder)

    statuses = []
    for count in range(1, 60):
        statuses.append(in_child(lambda count=count: work(count)))
        assert statuses[-1] in (0, -signal.SIGKILL)
        if statuses[-1] == 0:
            break
    assert statuses[-1] == 0 and -signal.SIGKILL in statuses
    assert fingerprint(folder) == fingerprint(whole[0])
    assert not list(folder.rglob(".*tmp*"))


def test_killed_after_the_last_step_before_the_model_is_written(whole: tuple[Path, float], tmp_path: Path) -> None:
    folder = tmp_path / "run"
    shutil.copytree(whole[0], folder)
    shutil.rmtree(folder / "models" / "trained")
    shutil.rmtree(folder / "evaluation")
    with (folder / "metrics.jsonl").open("a") as file:
        file.write('{"stage": "reinforce", "st')  # a torn last line
    go_on(folder)
    assert fingerprint(folder) == fingerprint(whole[0])


@pytest.mark.parametrize(
    "method",
    [
        tiny_method(adapter=LoRA(rank=4, alpha=8.0)),
        tiny_method(loss=PolicyLoss(penalty=KLToReference(0.1)), epochs=2, minibatches=2),
        replace(ppo(), rewards=(Accuracy(), Variety())),
        replace(ppo(), rewards=(Accuracy(), Variety()), adapter=LoRA(rank=4, alpha=8.0)),
        replace(prime(), rewards=(Accuracy(), Variety()), filters=()),
    ],
    ids=["lora", "reference", "critic", "critic-lora", "process"],
)
def test_whatever_learns_beside_the_policy_resumes_too(method, tmp_path: Path) -> None:
    carry_out(tiny_run(tmp_path / "whole", method=method))
    run = tiny_run(tmp_path / "cut", method=method)
    with pytest.raises(Interrupted):
        run.listener = _StopAt(run, "reinforce", 3)
        carry_out(run)
    beside = {path.parent.name for path in (tmp_path / "cut" / "checkpoints" / "reinforce").glob("step-*/*/weights.safetensors")}
    assert beside == {name for name, made in (("critic", method.critic), ("process", method.process)) if made.provides}
    go_on(tmp_path / "cut")
    assert fingerprint(tmp_path / "cut") == fingerprint(tmp_path / "whole")


class _StopAt(Listener):
    def __init__(self, run: Run, stage: str, step: int):
        self.run, self.at = run, (stage, step)

    def step(self, stage, step, metrics) -> None:
        if (stage, step) == self.at:
            os.kill(os.getpid(), signal.SIGINT)  # what Ctrl-C sends


def test_interrupt_saves_the_step_and_resumes(whole: tuple[Path, float], tmp_path: Path) -> None:
    run, before = tiny_run(tmp_path / "run"), signal.getsignal(signal.SIGINT)
    run.listener = _StopAt(run, "cold_start", 3)
    with pytest.raises(Interrupted, match="cold_start step 3; state saved"):
        carry_out(run)
    assert (tmp_path / "run" / "checkpoints" / "cold_start" / "step-000003" / "state.json").exists()
    assert signal.getsignal(signal.SIGINT) is before
    go_on(tmp_path / "run")
    assert fingerprint(tmp_path / "run") == fingerprint(whole[0])


def test_another_recipe_is_refused(whole: tuple[Path, float], tmp_path: Path) -> None:
    other = tiny_run(tmp_path / "other", lr=2e-3).recipe
    with pytest.raises(BadInput, match=r"setup\.lr: 0\.001 -> 0\.002"):
        open_run(whole[0], other)


def test_folders_that_are_no_runs(tmp_path: Path, whole: tuple[Path, float]) -> None:
    with pytest.raises(BadInput, match=r"no recipe\.json"):
        open_run(tmp_path)
    (tmp_path / "facts.json").write_bytes((whole[0] / "facts.json").read_bytes())
    for damaged in ('{"@": "menolab.runs.re', "null"):
        (tmp_path / "recipe.json").write_text(damaged)
        with pytest.raises(BadInput, match="damaged"):
            open_run(tmp_path)
    with pytest.raises(BadInput, match="already holds a run"):
        tiny_run(whole[0])


def test_a_folder_whose_making_was_cut_off_can_be_used_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from menolab.runs import run as module

    real = module.write_json
    for name in ("write_json", "write_text"):
        monkeypatch.setattr(module, name, lambda *a: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            tiny_run(tmp_path / "run")
        monkeypatch.setattr(module, "write_json", real)
    monkeypatch.undo()
    assert open_run(tiny_run(tmp_path / "run").folder).launch.threads == 1


@pytest.mark.parametrize(
    ("launch", "said"),
    [({"checkpoint_every": -1}, "--checkpoint-every = -1"), ({"threads": -1}, "--threads = -1"), ({"threads": 10**8}, "--threads = 100000000"),
     ({"rollouts_every": -1}, "--rollouts-every = -1"),
     ({"micro_tokens": -1}, "--micro-tokens = -1"), ({"device": "toaster"}, "--device = 'toaster': this machine cannot use it")],
)  # fmt: skip
def test_launch_settings_that_cannot_work(launch: dict, said: str) -> None:
    with pytest.raises(BadInput, match=said):
        Launch(**launch)


def test_two_evaluation_tasks_of_one_name_are_refused(tmp_path: Path) -> None:
    plan = EvaluationPlan(tasks=(Countdown(numbers=2, largest=20), Countdown(numbers=2, largest=30)), problems=2)
    with pytest.raises(BadInput, match="two tasks of one name"):
        carry_out(tiny_run(tmp_path / "run", evaluation=plan))


def test_a_model_keeps_its_dtype_from_stage_to_stage(tmp_path: Path) -> None:
    tiny_run(tmp_path / "start").setup.base(Key.root(0)).save(tmp_path / "base")
    base = Checkpoint(str(tmp_path / "base"), dtype="bfloat16")
    run = tiny_run(tmp_path / "run", base=base, cold_start=NoTraining(), steps=1)
    carry_out(run)
    path = run.folder / "evaluation" / "countdown" / "trained.json"
    assert load_record(path).dtype == "bfloat16"


def test_nan_stops_the_run_and_keeps_the_last_good_checkpoint(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run = tiny_run(tmp_path / "run")
    run.listener = _StopAt(run, "reinforce", 2)
    with pytest.raises(Interrupted):
        carry_out(run)
    from menolab.stages import learner

    real = learner.score
    monkeypatch.setattr(learner, "score", lambda *a, **k: type(real(*a))(real(*a).logprobs_BT * float("nan"), None))
    monkeypatch.setattr(type(PolicyLoss()), "silent_without_credit", property(lambda self: False))
    with pytest.raises(RunFailed, match=r"reinforce step 3: .*not finite; no step was taken; its rollouts are in"):
        go_on(tmp_path / "run")
    assert [p.name for p in (tmp_path / "run" / "checkpoints" / "reinforce").iterdir()] == ["step-000002"]
    assert (tmp_path / "run" / "rollouts" / "step-000003.parquet").exists(), "the step was not due to be saved, but it is what has to be looked at"
    monkeypatch.undo()
    go_on(tmp_path / "run")
    assert (tmp_path / "run" / "models" / "trained" / "model.safetensors").exists()


def test_full_disk_keeps_the_last_checkpoint(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, whole: tuple[Path, float]) -> None:
    from menolab.runs import checkpoint

    run = tiny_run(tmp_path / "run")
    real, calls = checkpoint.save_file, [0]

    def full(tensors, path):
        calls[0] += 1
        if calls[0] == 4:  # the optimiser's file of the second checkpoint
            raise OSError(28, "No space left on device")
        real(tensors, path)

    monkeypatch.setattr(checkpoint, "save_file", full)
    with pytest.raises(RunFailed, match="No space left on device; free some space"):
        carry_out(run)
    assert [p.name for p in (tmp_path / "run" / "checkpoints" / "cold_start").iterdir()] == ["step-000001"]
    monkeypatch.undo()
    go_on(tmp_path / "run")
    assert fingerprint(tmp_path / "run") == fingerprint(whole[0])


def test_threads_are_part_of_the_launch_that_is_kept(whole: tuple[Path, float]) -> None:
    assert json.loads((whole[0] / "facts.json").read_text())["launch"]["threads"] == 1
    assert open_run(whole[0]).launch.threads == 1
    assert torch.get_num_threads() == 1


@pytest.mark.parametrize("name", ["state.json", "weights.safetensors", "optimizer.safetensors"])
@pytest.mark.parametrize("content", [b"", b"\0" * 100, None], ids=["empty", "garbage", "missing"])
def test_a_damaged_checkpoint_is_named_and_what_to_do(tmp_path: Path, whole: tuple[Path, float], name: str, content: bytes | None) -> None:
    shutil.copytree(whole[0], tmp_path / "run")
    shutil.rmtree(tmp_path / "run" / "models" / "trained")
    folder = tmp_path / "run" / "checkpoints" / "reinforce" / "step-000005"
    (folder / name).unlink()
    if content is not None:
        (folder / name).write_bytes(content)
    with pytest.raises(BadInput, match=r"step-000005': the checkpoint is damaged .*delete that folder"):
        go_on(tmp_path / "run")


def test_two_processes_cannot_carry_out_one_run(tmp_path: Path) -> None:
    run = tiny_run(tmp_path / "run")
    with files.locked(run.folder):
        child = os.fork()
        if child == 0:
            try:
                go_on(tmp_path / "run")
            except BadInput as error:
                os._exit(3 if "another process" in str(error) else 4)
            os._exit(0)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 3
    go_on(tmp_path / "run")
