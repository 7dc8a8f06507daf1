"""Sampled rollouts on disk, for reading: rollouts/step-000010.parquet, one row a rollout."""

from __future__ import annotations

import json
from collections.abc import Sequence
from statistics import fmean

from menolab.files import write_file
from menolab.records import Group
from menolab.runs.run import Run


def save_rollouts(run: Run, step: int, groups: Sequence[Group], *, due: bool = False) -> None:
    """Write the step's rollouts when they are due: the first step, the last, every `launch.rollouts_every`, and whenever the caller says so."""
    every = run.launch.rollouts_every
    if not due and (not every or not (step in (1, run.setup.steps) or step % every == 0)):
        return
    import pyarrow
    import pyarrow.parquet

    rows = [
        {
            "step": step,
            "problem": group.problem.id,
            "task": group.problem.task,
            "prompt": group.problem.prompt,
            "asked": group.asked,
            "sample": r.sample,
            "response": r.text,
            "tokens": len(r.tokens),
            "finish": r.finish,
            "verdict": r.verdict.label if r.verdict else None,
            "reason": r.verdict.reason if r.verdict else None,
            "extracted": r.verdict.extracted if r.verdict else None,
            "reward": r.reward,
            "terms": json.dumps(dict(r.rewards)),
            "mean_logprob": fmean([lp for lp in r.logprobs if lp == lp] or [0.0]),
        }
        for group in groups
        for r in group.rollouts
    ]
    table = pyarrow.Table.from_pylist(rows)
    write_file(run.folder / "rollouts" / f"step-{step:06d}.parquet", lambda path: pyarrow.parquet.write_table(table, path))
