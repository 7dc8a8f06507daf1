"""Sampled rollouts on disk, for reading: rollouts/step-000010.parquet, one row a rollout."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from statistics import fmean
from typing import Any

import torch

from menolab.engines.widths import widths
from menolab.files import write_file
from menolab.records import Batch, Group
from menolab.runs.run import Run

ROW_GROUP = 1024
"""Rows that are read together: a viewer that shows one of many rollouts reads so many."""


@dataclass(frozen=True)
class Lesson:
    """What the learner made of the rollouts that it saw."""

    groups: Sequence[Group]
    """Those it saw, the batch's rows in order."""
    batch: Batch
    credit_BT: torch.Tensor
    entropy_BT: torch.Tensor | None = None
    """Of the policy that drew, before the update. Nats; NaN for rollouts that were not read again."""
    reference_BT: torch.Tensor | None = None
    """Log-probability of each token under the reference, where the method has one; NaN likewise."""

    def columns(self) -> dict[int, dict[str, list[float]]]:
        """By the identity of the rollout object, what is known of each token."""
        found = {"credit": self.credit_BT, "entropy": self.entropy_BT, "reference": self.reference_BT}
        known = {name: values_BT for name, values_BT in found.items() if values_BT is not None}
        rollouts = [r for group in self.groups for r in group.sampled]
        return {
            id(r): {name: v[b, : len(r.tokens)].tolist() for name, v in known.items() if not bool(v[b, :1].isnan().any())} for b, r in enumerate(rollouts)
        }


def due(run: Run, step: int) -> bool:
    """Whether the step's rollouts are to be kept: the first step, the last, and every `launch.rollouts_every`."""
    every = run.launch.rollouts_every
    return bool(every) and (step in (1, run.setup.steps) or step % every == 0)


def save_rollouts(run: Run, step: int, groups: Sequence[Group], decode: Callable[[Sequence[int]], str], lesson: Lesson | None = None) -> None:
    """Write the step's rollouts, with what is known of each of their tokens."""
    import pyarrow
    import pyarrow.parquet

    alone = cache(lambda token: decode([token]))
    learnt = lesson.columns() if lesson is not None else {}
    rows = [
        {
            "step": step,
            "problem": group.problem.id,
            "task": group.problem.task,
            "prompt": group.problem.prompt,
            "gold": group.problem.answer,
            "asked": group.asked,
            "sample": r.sample,
            "response": r.text.encode("utf-8", "replace").decode(),  # a model may emit half a surrogate pair; Parquet holds UTF-8 only
            "tokens": len(r.tokens),
            "finish": r.finish,
            "verdict": r.verdict.label if r.verdict else None,
            "stage": r.verdict.stage if r.verdict else None,
            "reason": r.verdict.reason if r.verdict else None,
            "extracted": r.verdict.extracted if r.verdict else None,
            "reward": r.reward,
            "terms": json.dumps(dict(r.rewards)),
            "mean_logprob": fmean([lp for lp in r.logprobs if lp == lp] or [0.0]),
            "widths": widths(r.tokens, r.text, decode, alone),
            "logprobs": r.logprobs,
            **_OF_TOKENS,
            **learnt.get(id(r), {}),
        }
        for group in groups
        for r in group.rollouts
    ]
    table = pyarrow.Table.from_pylist(rows, schema=_schema())
    path = run.folder / "rollouts" / f"step-{step:06d}.parquet"
    write_file(path, lambda scratch: pyarrow.parquet.write_table(table, scratch, compression="zstd", row_group_size=ROW_GROUP))


_OF_TOKENS: Mapping[str, None] = {"credit": None, "entropy": None, "reference": None}
"""None for a rollout that the learner did not see, as it was drawn."""


def _schema() -> Any:
    import pyarrow as pa

    text, whole, number, numbers = pa.string(), pa.int64(), pa.float64(), pa.list_(pa.float32())
    kinds = {"step": whole, "asked": whole, "sample": whole, "tokens": whole, "reward": number, "mean_logprob": number, "widths": pa.list_(pa.int32())}
    kinds |= dict.fromkeys(("logprobs", *_OF_TOKENS), numbers)
    names = "step problem task prompt gold asked sample response tokens finish verdict stage reason extracted reward terms mean_logprob widths logprobs"
    return pa.schema([(name, kinds.get(name, text)) for name in (*names.split(), *_OF_TOKENS)])
