"""The level ground, on which methods are compared."""

from __future__ import annotations

from dataclasses import replace

from menolab.pieces import published
from menolab.runs.setup import EvaluationPlan, Setup
from menolab.setups.laptop import laptop


@published(paper="")
def level() -> Setup:
    """`laptop` measured more closely, 32 samples a problem: where the ledger compares methods. A minute a run once the seed's cold start is there."""
    return replace(laptop(), evaluation=EvaluationPlan(problems=256, samples=32))
