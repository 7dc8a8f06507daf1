"""Both sides draw what they are asked for, and every token is counted once."""

from __future__ import annotations

from typing import Any

import pytest
import torch

from menolab.bench import child, rollout
from menolab.bench.rollout import SIDES, compare, memory, responded
from menolab.bench.workload import Workload, build_policy

TINY: dict[str, Any] = {"prompts": 2, "group": 3, "max_tokens": 6}


def test_tokens_behind_the_end_are_not_counted() -> None:
    out_BT = torch.tensor([[5, 1, 0, 0], [5, 6, 7, 8], [1, 1, 1, 1], [5, 6, 7, 1]])
    assert responded(out_BT, torch.tensor([1])) == 2 + 4 + 1 + 4
    assert responded(out_BT, torch.tensor([], dtype=torch.long)) == 16


@pytest.mark.parametrize("dtype", ["float32", "bfloat16"])
@pytest.mark.parametrize("side", SIDES)
def test_fixed_lengths_are_fixed(side: str, dtype: str) -> None:
    work = Workload(lengths="fixed", dtype=dtype, **TINY)
    assert SIDES[side](build_policy(work), work)() == {"tokens": 36}


@pytest.mark.parametrize("side", SIDES)
def test_ragged_lengths_end_where_the_model_ends_them(side: str) -> None:
    work = Workload(prompts=8, group=8, max_tokens=32)
    torch.manual_seed(0)
    tokens = SIDES[side](build_policy(work), work)()["tokens"]
    assert tokens / 64 == pytest.approx(64 * (1 - (63 / 64) ** 32), rel=0.1)  # an end token in 64, cut at 32


def test_compare(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []
    monkeypatch.setattr(child, "call", lambda name, **given: asked.append((name, given["side"])) or {"peak_rss_bytes": 7})
    row = compare(Workload(device="cpu", **TINY), 2)
    assert asked == [("rollout:memory", "ours"), ("rollout:memory", "peer")]
    assert row["size"] == "1m" and row["ours"]["peak_rss_bytes"] == 7
    assert row["ours"]["tokens_per_second"] > 0 and 0 < row["ratio"]["min"] <= row["ratio"]["median"] <= row["ratio"]["max"]


def test_memory_of_one_side() -> None:
    found = memory(Workload(device="cpu", **TINY).data, "ours")
    assert found["peak_rss_bytes"] > 10**7 and 0 <= found["added_bytes"] < found["peak_rss_bytes"] and found["peak_device_bytes"] == 0
    assert set(rollout.SIDES) == {"ours", "peer"}
