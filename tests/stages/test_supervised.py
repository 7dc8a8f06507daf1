"""Cold start: what it learns from, and in which order."""

from __future__ import annotations

from dataclasses import replace
from itertools import islice

import pytest

from menolab.engines.decoding import Decoding
from menolab.errors import BadInput
from menolab.keys import Key
from menolab.runs.pipeline import carry_out
from menolab.stages.supervised import Order, Supervised, written
from menolab.tasks.task import held_out
from tiny import tiny_run, tiny_setup


def test_every_pass_takes_each_demonstration_once_in_a_new_order() -> None:
    order = Order(list(range(40)), 5, Key.root(0))
    steps = [order(step) for step in range(3 * 8)]
    passes = [[i for batch in steps[start : start + 8] for i in batch] for start in range(0, 24, 8)]
    assert all(sorted(p) == list(range(40)) for p in passes)
    assert len({tuple(p) for p in passes}) == 3


def test_a_step_takes_the_same_whatever_came_before() -> None:
    """A resumed run starts in the middle of a pass."""
    lengths = [(7 * i) % 31 for i in range(100)]
    whole = Order(lengths, 8, Key.root(1))
    taken = [whole(step) for step in range(40)]
    assert [Order(lengths, 8, Key.root(1))(step) for step in (39, 3, 12, 25)] == [taken[step] for step in (39, 3, 12, 25)]


def test_rows_of_a_batch_are_of_like_length() -> None:
    lengths = [(37 * i) % 64 for i in range(512)]
    order = Order(lengths, 16, Key.root(2))
    spread = [max(lengths[i] for i in order(s)) - min(lengths[i] for i in order(s)) for s in range(32)]
    assert sum(spread) / len(spread) < 10
    means = [sum(lengths[i] for i in order(s)) / 16 for s in range(32)]
    assert sorted(means) != means, "batches come in no order of length"


def test_demonstrations_end_with_the_end_token_and_fit(tmp_path) -> None:
    run = tiny_run(tmp_path / "run")
    policy = tiny_setup().base(Key.root(0))
    pool = written(tiny_setup().task, run.problems(Key.root(1)), policy, 50, 16, Key.root(2))
    assert len(pool) == 50
    for rollout in pool:
        assert rollout.tokens[-1] == policy.tokenizer.eos_token_id and len(rollout.tokens) <= 16
        assert policy.decode(rollout.tokens) == rollout.text


def test_chunks_of_demonstrations_leave_no_seam(tmp_path) -> None:
    """Skipping the long ones, over several calls of the tokenizer: each demonstration is keyed by its place in the stream of problems."""
    run, task, key, limit = tiny_run(tmp_path / "run"), tiny_setup().task, Key.root(2), 9
    policy = tiny_setup().base(Key.root(0))
    texts = (task.demonstrate(p, key.fold("demonstration", i)).text for i, p in enumerate(islice(run.problems(Key.root(1)), 5000)))
    fitting = [text for text in texts if len(policy.tokens([text])[0]) < limit]
    pool = written(task, run.problems(Key.root(1)), policy, 600, limit, key)
    assert [r.text for r in pool] == fitting[:600] and len(fitting) < 5000
    assert len(written(task, islice(run.problems(Key.root(1)), 20), policy, 600, 64, key)) == 20


def test_training_problems_are_never_held_out_ones(tmp_path) -> None:
    run = tiny_run(tmp_path / "run")
    evaluated = {p.id for _, problems in run.evaluation for p in problems}
    stream = run.problems(Key.root(5))
    trained = [next(stream) for _ in range(2000)]
    assert not any(held_out(p) or p.id in evaluated for p in trained)
    assert all(held_out(p) for _, problems in run.evaluation for p in problems)


def test_demonstrations_longer_than_the_limit_are_an_error_not_a_loop(tmp_path) -> None:
    run = tiny_run(tmp_path / "run", decoding=Decoding(max_tokens=4))
    with pytest.raises(BadInput, match=r"max_tokens = 4: .* demonstrations are longer"):
        carry_out(run)


def test_the_loss_falls(tmp_path) -> None:
    import json

    run = tiny_run(tmp_path / "run", cold_start=replace(tiny_setup().cold_start, steps=60, pool=64, lr=1e-2), steps=1)
    carry_out(run)
    losses = [r["loss"] for r in map(json.loads, (tmp_path / "run" / "metrics.jsonl").read_text().splitlines()) if r["stage"] == "cold_start"]
    assert losses[-1] < 0.6 * losses[0]


@pytest.mark.parametrize(("field", "value"), [("steps", 0), ("batch", 0), ("pool", 0), ("lr", 0.0), ("lr", float("nan")), ("weight_decay", -1.0)])
def test_values_out_of_range(field: str, value: float) -> None:
    with pytest.raises(BadInput, match=rf"cold_start\.{field} = "):
        Supervised(**{field: value})  # type: ignore[arg-type]


def test_problems_of_the_evaluation_are_recognised_in_another_file(tmp_path) -> None:
    """Ids of two files differ; the same prompt in both is still the same problem."""
    import json

    from menolab.runs.setup import EvaluationPlan
    from menolab.tasks.file import Problems

    rows = [{"prompt": f"{i}+1=", "answer": str(i + 1)} for i in range(200)]
    for name, part in (("train", rows[:150]), ("test", rows[100:])):
        (tmp_path / f"{name}.jsonl").write_text("".join(json.dumps(row) + "\n" for row in part))
    task, test = (Problems(str(tmp_path / f"{name}.jsonl")) for name in ("train", "test"))
    run = tiny_run(tmp_path / "run", task=task, evaluation=EvaluationPlan(tasks=(test,), problems=10))  # ten are measured, all are kept apart
    stream = run.problems(Key.root(0))
    trained = {next(stream).prompt for _ in range(2000)}
    assert trained and trained < {row["prompt"] for row in rows[:100]}
