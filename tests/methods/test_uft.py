"""UFT: hints by likelihood, the rest by reinforcement."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from credit_cases import CreditCase, check_gradient
from menolab.methods.uft import uft
from menolab.runs.pipeline import carry_out
from menolab.samplers.hinted import Hinted
from oracles import grpo_advantages
from tiny import tiny_run


@pytest.mark.parametrize("seed", range(3))
def test_hint_tokens_have_the_likelihood_gradient_and_drawn_ones_grpo_s(seed: int) -> None:
    """On policy, where the ratio is 1: -weight grad log pi on the hint, -A grad log pi behind it."""
    case = CreditCase(seed)
    case.old = case.logprobs
    weights = case.per_group(grpo_advantages)
    check_gradient(case, uft(weight=0.1), lambda b, t: 0.1 if t < case.given[b] else weights[b], "TokenMean")


def test_hints_make_rewards_where_there_were_none_and_fade(tmp_path: Path) -> None:
    """A model that is never right by itself: with hints it is, and after the hint phase no more."""
    carry_out(tiny_run(tmp_path / "run", method=uft(group=4), steps=4))
    rows = [json.loads(line) for line in (tmp_path / "run" / "metrics.jsonl").read_text().splitlines()]
    rates = [row["pass_rate"] for row in rows if row["stage"] == "reinforce"]
    assert sum(rates[:2]) > 0 == sum(rates[2:])


def test_the_authors_constants() -> None:
    sampler = uft().sampler
    assert isinstance(sampler, Hinted) and sampler.slices == 5 and sampler.share(0.0) == pytest.approx(0.95) and sampler.share(0.6) == 0.0
