"""The rectangle that a GPU samples from, run on the CPU: the same rollouts as the pages."""

from __future__ import annotations

import pytest
import torch
from tests.models.architectures import LEAN, lean_tiny

from menolab.engines import torch_engine
from menolab.engines.decoding import Decoding
from menolab.engines.static_rows import COLUMNS, StaticRows
from menolab.engines.torch_engine import TorchEngine
from menolab.keys import Key
from menolab.models.lean import native
from menolab.models.lean.model import LeanModel
from menolab.records import Request

PROMPTS = [(1, 20, 30, 40), (1,), tuple(range(60, 100)), (5, 6), tuple(range(7, 23))]
DECODING = Decoding(temperature=0.8, top_p=0.95, max_tokens=70, stop_ids=tuple(range(3, 10)))


def requests() -> list[Request]:
    return [Request(prompt, Key.root(3).fold(i, s), limit=(None, 5)[s % 2]) for i, prompt in enumerate(PROMPTS) for s in range(4)]


@pytest.mark.parametrize("kernels", [True, False], ids=["kernels", "torch"])
@pytest.mark.parametrize("name", LEAN)
@pytest.mark.parametrize("max_batch", [3, 20])
def test_the_rectangle_draws_what_the_general_path_draws(name, max_batch, kernels, monkeypatch):
    policy = lean_tiny(name)
    monkeypatch.setattr(torch_engine, "lean", lambda policy: None)
    wanted = TorchEngine(policy).generate(requests(), DECODING)
    assert len({len(c.tokens) for c in wanted}) > 4
    made = []

    def rows(self, requests, limits, *, general):
        longest = max(len(r.prompt) + n for r, n in zip(requests, limits, strict=True))
        made.append(StaticRows(policy, LeanModel(policy), max_batch, longest, torch.float32))
        return made[-1], max_batch

    monkeypatch.setattr(TorchEngine, "_rows", rows)
    if not kernels:
        monkeypatch.setattr(native, "available", lambda: False)
    drawn = TorchEngine(policy, max_batch=max_batch).generate(requests(), DECODING)
    for one, other in zip(drawn, wanted, strict=True):
        assert (one.tokens, one.finish) == (other.tokens, other.finish)
        assert one.logprobs == pytest.approx(other.logprobs, abs=1e-4)
    assert made[0].lead == []


def test_the_host_knows_how_far_rows_are_without_asking_the_device():
    policy = lean_tiny("qwen3")
    rows = StaticRows(policy, LeanModel(policy), 4, 200, torch.float32)
    assert rows.width == 256
    seen: list[int] = []
    real = rows._forward
    rows._forward = lambda count, columns: seen.append(columns) or real(count, columns)
    rows.admit([(1,) * 60, (1, 2)])
    for _ in range(6):
        rows.step(torch.tensor([5, 6]))
    assert seen == [COLUMNS] * 4 + [2 * COLUMNS] * 2
    assert rows.length[:2].tolist() == [66, 8] == [n + rows.clock for n in rows.lead]
    rows.keep(torch.tensor([1]))
    rows.admit([(3,) * 10])
    rows.step(torch.tensor([5, 6]))
    assert seen[-1] == COLUMNS
    assert rows.length[:2].tolist() == [9, 11] == [n + rows.clock for n in rows.lead]
