"""A reference that follows: a moving average of the weights, the same after a resume."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch

from menolab.errors import BadInput
from menolab.keys import Key
from menolab.losses.penalty import KLToReference
from menolab.losses.policy_loss import PolicyLoss
from menolab.models.lora import Full, LoRA
from menolab.runs.pipeline import carry_out
from menolab.runs.run import Interrupted, Listener, open_run
from menolab.stages.following import follow, recall
from menolab.stages.learner import adamw, frozen_copy
from menolab.stages.reinforce import Reinforce
from tiny import tiny_method, tiny_run, tiny_setup


def _method(**changes: Any) -> Reinforce:
    return replace(tiny_method(), loss=PolicyLoss(penalty=KLToReference(2.0)), **changes)


def test_it_is_the_moving_average_and_the_optimiser_remembers_it() -> None:
    policy = tiny_setup().base(Key.root(0))
    reference, optimizer = frozen_copy(policy), adamw(policy, (0.9, 0.95), 0.0)
    name, parameter = next(iter(policy.model.named_parameters()))
    expected = parameter.detach().double().clone()
    for step in range(3):
        sum(p.square().sum() for p in policy.model.parameters()).backward()  # type: ignore[union-attr]
        for group in optimizer.param_groups:
            group["lr"] = 0.01 * (step + 1)
        optimizer.step()
        follow(reference, policy, optimizer, 0.25)
        expected = 0.75 * expected + 0.25 * parameter.detach().double()
    held = dict(reference.model.named_parameters())[name]
    torch.testing.assert_close(held.double(), expected, atol=1e-6, rtol=1e-6)
    assert not torch.equal(held, parameter) and not held.requires_grad
    again = frozen_copy(policy)
    recall(again, policy, optimizer)
    assert all(torch.equal(a, b) for a, b in zip(again.model.parameters(), reference.model.parameters(), strict=True))


def test_before_the_first_step_there_is_nothing_to_recall() -> None:
    policy = tiny_setup().base(Key.root(0))
    reference, optimizer = frozen_copy(policy), adamw(policy, (0.9, 0.95), 0.0)
    follow(reference, policy, optimizer, 0.5)
    recall(reference, policy, optimizer)
    assert not optimizer.state and all(torch.equal(a, b) for a, b in zip(reference.model.parameters(), policy.model.parameters(), strict=True))


class _StopAfter(Listener):
    """Asks the run to stop when the method's step 2 is done."""

    def __init__(self, run: Any):
        self.run = run

    def step(self, stage: str, step: int, metrics: Mapping[str, Any]) -> None:
        if stage == "reinforce" and step == 2:
            self.run.stop_asked.set()


@pytest.mark.parametrize("adapter", [Full(), LoRA(rank=2)], ids=["full", "lora"])
def test_a_resumed_run_follows_on(tmp_path: Path, adapter: Any) -> None:
    method = _method(follow=0.3, adapter=adapter)
    carry_out(tiny_run(tmp_path / "whole", method=method))
    run = tiny_run(tmp_path / "halted", method=method)
    run.listener = _StopAfter(run)
    with pytest.raises(Interrupted):
        carry_out(run)
    carry_out(open_run(tmp_path / "halted"))
    assert (tmp_path / "halted" / "metrics.jsonl").read_text() == (tmp_path / "whole" / "metrics.jsonl").read_text()


def test_a_reference_that_nobody_reads_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="no part of the method reads the reference"):
        carry_out(tiny_run(tmp_path / "run", method=replace(tiny_method(), follow=0.5)))


def test_whether_it_follows_changes_the_run(tmp_path: Path) -> None:
    for name, share in (("still", 0.0), ("follows", 0.5)):
        carry_out(tiny_run(tmp_path / name, method=_method(follow=share)))
    assert (tmp_path / "still" / "metrics.jsonl").read_text() != (tmp_path / "follows" / "metrics.jsonl").read_text()
