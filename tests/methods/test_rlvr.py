"""RLVR: from chance to nearly always right, on what can be checked exactly."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import pytest

from menolab.engines.decoding import Decoding
from menolab.keys import Key
from menolab.losses.penalty import KLToReference
from menolab.methods.rlvr import rlvr
from menolab.records import Problem, Verdict
from menolab.rewards.accuracy import Accuracy
from menolab.runs.pipeline import carry_out
from menolab.runs.stage import NoTraining
from menolab.tasks.task import Task
from menolab.verifiers.exact import Exact
from menolab.verifiers.extract import response
from tiny import tiny_run


@dataclass(frozen=True)
class Copy(Task):
    """Say the digit again, as the first thing: exactly checkable, and one token long."""

    @property
    def name(self) -> str:
        return "copy"

    def __call__(self, key: Key) -> Problem:
        digit = str(key.random().randint(0, 3))
        return Problem(f"{digit} {key.bits() % 1000}", "copy", digit, digit)

    def verify(self, problem: Problem, text: str) -> Verdict:
        return Exact()(problem, response("", text[:1]))


def test_from_chance_to_nearly_always_right(tmp_path: Path) -> None:
    """No demonstration, no shaping: a model from nothing finds four digits among 260 tokens and learns which to say."""
    run = tiny_run(
        tmp_path / "run", method=rlvr(group=64), task=Copy(), cold_start=NoTraining(), decoding=Decoding(max_tokens=1), steps=36, rollouts=256, lr=1e-2
    )
    carry_out(run)
    rates = [row["pass_rate"] for row in map(json.loads, (tmp_path / "run" / "metrics.jsonl").read_text().splitlines()) if row["stage"] == "reinforce"]
    assert rates[0] < 0.05 and sum(rates[-5:]) / 5 > 0.9, rates


@pytest.mark.parametrize(
    "text",
    ["", "1", "<answer>1", "1</answer>", "<think><answer>1</answer>", "<answer>1</answer><answer>2</answer>", "<answer>1 or 2</answer>", "<answer></answer>"],
)
def test_malformed_or_wrong_answers_are_never_paid(text: str) -> None:
    assert not Exact(strict=True)(Problem("p", "t", "1", "1"), text).right


def test_parts() -> None:
    assert rlvr().rewards == (Accuracy(),) and rlvr(beta=0.1).loss.penalty == KLToReference(0.1)  # type: ignore[attr-defined]
