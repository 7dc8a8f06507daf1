"""Several models' samples side by side on the same problems."""

from __future__ import annotations

from collections.abc import Sequence

from menolab.errors import BadInput
from menolab.evaluation.compare import by_problem, differences
from menolab.evaluation.metrics.metric import Table
from menolab.evaluation.record import Result
from menolab.keys import Key


def tables(results: Sequence[Result], labels: Sequence[str]) -> list[Table]:
    """The samples of each result on the same problems in the same order, as many a problem as the shortest result has.

    Raises:
        BadInput: the results differ in task, problems, prompts, verifier or decoding, so that a difference would not be the models'.
    """
    first = results[0]
    for label, other in zip(labels[1:], results[1:], strict=True):
        differing = [d for d in differences(first, other) if d[0] != "samples"]
        if differing:
            field, values, remedy = differing[0]
            raise BadInput(field, values, f"{labels[0]} and {label} were not sampled alike: {remedy}, or give --redraw")
    samples = min(result.record.samples for result in results)
    grouped = [by_problem(result.rows) for result in results]
    key = Key.root(0).fold("study", first.record.task)  # fixed: looking twice gives the same numbers
    return [Table(tuple(row for problem in grouped[0] for row in rows[problem][:samples]), samples, key) for rows in grouped]
