"""A log's problems are judged, not drawn."""

from __future__ import annotations

import pytest

from menolab.errors import BadInput
from menolab.evaluation.imports.imported import Imported
from menolab.keys import Key
from menolab.pieces import from_data, to_data
from menolab.records import Problem
from menolab.verifiers.exact import Exact


def test_it_judges_by_its_verifier_and_draws_nothing() -> None:
    task = Imported("gsm8k", Exact())
    problem = Problem("1", task.name, "what is 1?", "one", 0.0, {})
    assert task.name == "gsm8k" and from_data(to_data(task)) == task
    assert [task.verify(problem, f"<answer>{said}</answer>").label for said in ("One", "two")] == ["right", "wrong"]
    with pytest.raises(BadInput, match="known from a log alone"):
        task(Key.root(0))
