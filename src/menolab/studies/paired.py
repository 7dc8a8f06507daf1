"""Several models' samples side by side on the same problems."""

from __future__ import annotations

from collections.abc import Sequence

from menolab.errors import BadInput
from menolab.evaluation.compare import by_problem
from menolab.evaluation.metrics.metric import Table
from menolab.evaluation.mismatch import mismatches
from menolab.evaluation.record import Result
from menolab.evaluation.samples import Samples, grid
from menolab.keys import Key


def tables(results: Sequence[Result], labels: Sequence[str]) -> list[Table]:
    """The samples of each result on the same problems in the same order, as many a problem as the shortest result has.

    Raises:
        BadInput: the results differ in task, problems, prompts, verifier or decoding, so that a difference would not be the models'.
    """
    first = results[0]
    grids = [grid(Samples.of(result), label) for result, label in zip(results, labels, strict=True)]
    for label, other in zip(labels[1:], grids[1:], strict=True):
        differing = [m for m in mismatches(grids[0], other, (labels[0], label)) if m.field != "samples"]
        if differing:
            worst = differing[0]
            raise BadInput(worst.field, worst.values, f"{labels[0]} and {label} were not sampled alike: {worst.remedy}, or give --redraw")
    samples = min(result.record.samples for result in results)
    grouped = [by_problem(result.rows) for result in results]
    key = Key.root(0).fold("study", first.record.task)  # fixed: looking twice gives the same numbers
    return [Table(tuple(row for problem in grouped[0] for row in rows[problem][:samples]), samples, key) for rows in grouped]
