"""Every rule changes a verdict, and is off or on in each mode as the table says."""

from __future__ import annotations

import dataclasses

import pytest

from menolab.errors import BadInput
from menolab.verifiers.math.rules import Rules, lenient, strict
from menolab.verifiers.math.verifier import Math

# (rule, gold, answer): right with the rule on, wrong with it off, all else lenient
TURNED = [
    ("chain_may_stand", "0.5", r"\frac12=0.5"), ("percent_sign_may_be_missing", r"28\%", "28"), ("percent_is_ratio", r"28\%", "0.28"),
    ("value_may_be_named", "42", "m+n=42"), ("units_may_be_missing", "5 cm", "5"),
    ("units_convert", r"5 \text{ hours}", "300 minutes"), ("degrees_are_radians", r"45^\circ", r"\frac{\pi}{4}"),
    ("log_base_is_free", r"\ln 2", r"\log 2"), ("brackets_may_be_missing", "(1,2)", "1,2"), ("brackets_may_be_missing", "5", r"\{5\}"),
    ("column_is_tuple", r"\begin{pmatrix}1\\2\end{pmatrix}", "(1,2)"), ("inequality_for_interval", "[0,1]", r"0\le x\le 1"), ("ratio_is_fraction", "3:5",
    "3/5"),
    ("ratio_is_fraction", "3:5", "6:10"), ("base_may_be_missing", "52_8", "52"), ("no_solution_is_empty_set", r"\text{no solution}", r"\emptyset"),
]  # fmt: skip


@pytest.mark.parametrize(("rule", "gold", "answer"), TURNED)
def test_a_rule_decides(rule: str, gold: str, answer: str) -> None:
    for on in (True, False):
        assert Math(dataclasses.replace(Rules(), **{rule: on})).judge(gold, answer).right is on, (rule, on)


def test_rules_that_refuse() -> None:
    assert Math().judge("1, 2", "2, 1").right and not Math(Rules(order_matters=True)).judge("1, 2", "2, 1").right
    assert Math(Rules(order_matters=True)).judge(r"\{1,2\}", r"\{2,1\}").right, "sets have no order"
    assert Math(Rules(tolerance=1e-3)).judge("3.1416", r"\pi").right and not Math().judge("3.1416", r"\pi").right
    assert Math(Rules(tolerance=1e-3)).judge("100", "100.05").right and not Math(Rules(tolerance=1e-3)).judge("100", "100.2").right
    assert Math(Rules(worker_seconds=10.0)).judge(r"\frac{n(n+1)}{2}", r"\sum_{k=1}^{n} k").right
    assert Math(Rules(worker_seconds=0.0)).judge(r"\frac{n(n+1)}{2}", r"\sum_{k=1}^{n} k").label == "undecided"


def test_every_rule_is_tested_and_documented() -> None:
    names = {field.name for field in dataclasses.fields(Rules)}
    assert names == {rule for rule, _, _ in TURNED} | {"one_box_or_tag", "order_matters", "tolerance", "worker_seconds"}


def test_strict_is_never_more_generous_than_lenient() -> None:
    for field in dataclasses.fields(Rules):
        if field.type == "bool" and field.name not in ("one_box_or_tag", "order_matters"):
            assert getattr(strict(), field.name) <= getattr(lenient(), field.name)
    with pytest.raises(BadInput, match="tolerance"):
        Rules(tolerance=-1.0)
