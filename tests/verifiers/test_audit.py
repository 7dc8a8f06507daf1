from __future__ import annotations

import time
from dataclasses import dataclass

from menolab.records import Problem, Verdict, right, undecided, wrong
from menolab.verifiers import audit as module
from menolab.verifiers.audit import Case, audit, metamorphic, table
from menolab.verifiers.exact import Exact
from menolab.verifiers.math.verifier import Math
from menolab.verifiers.verifier import Verifier


@dataclass(frozen=True)
class Says(Verifier):
    """A verifier that says what the response says, and takes its time over "slow"."""

    def __call__(self, problem: Problem, text: str) -> Verdict:
        if text == "slow":
            time.sleep(0.02)
        return {"right": right, "wrong": wrong}.get(text, undecided)("said", text, text)


def test_counts(monkeypatch) -> None:
    monkeypatch.setattr(module, "HANG_SECONDS", 0.01)
    rows = [("right", "right"), ("right", "wrong"), ("wrong", "right"), ("wrong", "wrong"), ("open", "right"), ("slow", None)]
    found = audit(Case(str(n), "g", text, Says(), expected) for n, (text, expected) in enumerate(rows))
    wanted = {"n": 6, "right": 2, "wrong": 2, "undecided": 2, "false_accepts": 1, "false_rejects": 1, "hangs": 1, "expected": 5}
    assert {name: found[name] for name in wanted} == wanted
    assert [row["id"] for row in found["disagreements"]] == ["1", "2", "4"]
    assert found["seconds"] >= found["slowest"] >= 0.02


def test_table_has_no_disagreement() -> None:
    assert audit(table())["disagreements"] == []


def test_metamorphic_cases_tell_verifiers_apart() -> None:
    golds = [Case(gold, gold, "", Math()) for gold in ("12345", r"\frac{3}{4}", r"2\sqrt{3}", "1,-2")]
    ours = audit(case for gold in golds for case in metamorphic(gold))
    assert ours["false_accepts"] == ours["false_rejects"] == 0 and ours["n"] == ours["expected"] > 40
    strings = audit(case for gold in golds for case in metamorphic(Case(gold.id, gold.gold, "", Exact())))
    assert strings["false_rejects"] > 10, "comparing text fails rewrites"
