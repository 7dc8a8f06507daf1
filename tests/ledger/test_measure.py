"""Measuring: one cold start a seed, an equal number of tokens, nothing done twice."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from menolab.errors import BadInput
from menolab.ledger.entry import START, YARDSTICK, Entry
from menolab.ledger.measure import Ground, chosen, measure, tokens
from menolab.methods.dapo import dapo
from menolab.methods.dr_grpo import dr_grpo
from menolab.runs.run import open_run
from menolab.samplers.independent import Independent
from tiny import tiny_setup


@pytest.fixture(scope="module")
def measured(tmp_path_factory: pytest.TempPathFactory) -> tuple[Ground, list[Entry], list[str]]:
    """Two methods over one seed: one that draws as GRPO does, and one that draws up to four times as much a step, since no group is mixed."""
    ground = Ground("tiny", tiny_setup(steps=4), tmp_path_factory.mktemp("ledger"))
    heard: list[str] = []
    methods = {"dr_grpo": dr_grpo(), "dapo": replace(dapo(draws=4), sampler=Independent(4))}
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("OMP_NUM_THREADS", "1")
        return ground, list(measure(methods, ground, [7], heard=heard.append)), heard


def test_all_begin_with_one_cold_start(measured: tuple[Ground, list[Entry], list[str]]) -> None:
    ground, found, heard = measured
    assert [Path(place).name.partition("-")[0] for place in heard] == [START, YARDSTICK, "dr_grpo", "dapo"]
    weights = [(ground.place(name, 7) / "models" / "cold_start" / "model.safetensors").read_bytes() for name in (START, YARDSTICK, "dr_grpo", "dapo")]
    assert len(set(weights)) == 1
    rows = (ground.place("dr_grpo", 7) / "metrics.jsonl").read_text()
    assert "cold_start" not in rows, "the cold start was adopted, not done again"
    assert found[0].trials[0].start == found[1].trials[0].start


def test_a_method_that_draws_more_gets_fewer_steps(measured: tuple[Ground, list[Entry], list[str]]) -> None:
    ground, (plain, greedy), _ = measured
    assert plain.trials[0].steps == 4 and plain.trials[0].tokens == plain.trials[0].yardstick_tokens, "GRPO and Dr. GRPO learn nothing here and draw the same"
    first = tokens(ground.place("dapo", 7))
    assert first > 3 * tokens(ground.place(YARDSTICK, 7)), "every step took all its rounds"
    assert greedy.trials[0].steps == 1 and open_run(chosen("dapo", ground, 7)).setup.steps == 1
    assert greedy.trials[0].tokens < first / 2


def test_what_is_done_is_not_done_again(measured: tuple[Ground, list[Entry], list[str]]) -> None:
    ground, found, _ = measured
    before = {path: path.stat().st_mtime_ns for path in ground.folder.rglob("*.safetensors")}
    again = list(measure({"dr_grpo": dr_grpo()}, ground, [7]))
    assert again[0].trials == found[0].trials
    assert {path: path.stat().st_mtime_ns for path in ground.folder.rglob("*.safetensors")} == before


def test_a_method_without_a_run_has_no_entry(measured: tuple[Ground, list[Entry], list[str]]) -> None:
    with pytest.raises(BadInput, match="meno ledger run"):
        chosen("gspo", measured[0], 7)
