"""One model, one tokenizer, one list of problems for every side."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import torch

from menolab.bench.workload import END, LENGTHS, PROMPT_TOKENS, Workload, build_policy, problems, prompt_of, write_model
from menolab.errors import BadInput
from menolab.keys import Key
from menolab.models.checkpoint import Checkpoint


@pytest.mark.parametrize(("size", "millions"), [("1m", 1.0), ("5m", 4.7), ("20m", 20.7)])
def test_sizes_are_what_they_are_called(size: str, millions: float) -> None:
    with torch.device("meta"):
        model = build_policy(Workload(size)).model
    assert sum(p.numel() for p in model.parameters()) / 1e6 == pytest.approx(millions, abs=0.1)


@pytest.mark.parametrize("lengths", LENGTHS)
def test_the_folder_loads_as_it_was_written(lengths: str, tmp_path: Path) -> None:
    made = build_policy(Workload(lengths=lengths))
    read = Checkpoint(str(write_model(Workload(lengths=lengths), tmp_path / "model")))(Key.root(0))
    prompt = prompt_of(123, 456)
    assert len(prompt) == PROMPT_TOKENS == 24 and len(made.encode(prompt)) == 24
    assert made.encode(prompt) == read.encode(prompt) and read.decode(read.encode(prompt)) == prompt
    ends = (made.tokenizer.convert_tokens_to_ids(END),) if lengths == "ragged" else ()
    assert made.stop_ids == read.stop_ids == ends
    assert len(read.tokenizer) == 64 and not read.chat
    assert all(torch.equal(a, b) for a, b in zip(made.model.parameters(), read.model.parameters(), strict=True))


def test_weights_are_the_same_for_every_length_and_leave_the_global_generator_alone() -> None:
    before = torch.get_rng_state()
    one, other = (build_policy(Workload(lengths=lengths)).model.state_dict() for lengths in LENGTHS)
    assert all(torch.equal(one[name], other[name]) for name in one)
    assert torch.equal(before, torch.get_rng_state())


def test_problems_are_distinct_right_and_always_the_same() -> None:
    rows = problems(300)
    assert len({row["prompt"] for row in rows}) == 300 and rows[:100] == problems(100)
    for row in rows:
        a, b = map(int, re.findall(r"\d+", row["prompt"]))
        assert int(row["answer"]) == a + b and len(row["prompt"]) == PROMPT_TOKENS


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"size": "2m"}, "--size"),
        ({"lengths": "long"}, "--lengths"),
        ({"dtype": "float16"}, "--dtype"),
        ({"reward": "wrong"}, "--reward"),
        ({"threads": -1}, "--threads"),
        ({"prompts": 0}, "prompts"),
        ({"group": 1}, "group"),
        ({"max_tokens": 500}, "max_tokens"),
        ({"vocabulary": 10}, "vocabulary"),
    ],
)
def test_impossible_workloads_are_refused(wrong: dict[str, Any], field: str) -> None:
    with pytest.raises(BadInput) as error:
        Workload(**wrong)
    assert error.value.field == field


def test_a_device_that_is_not_there() -> None:
    with pytest.raises(BadInput, match="--device = 'cuda:99'"):
        Workload(device="cuda:99").settle()


def test_it_goes_to_another_process() -> None:
    work = Workload(size="5m", dtype="bfloat16", group=4)
    assert Workload(**work.data) == work and work.torch_dtype is torch.bfloat16 and Workload().torch_dtype is None
