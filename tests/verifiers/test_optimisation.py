"""Optimisation models: by their optimum, stage by stage."""

from __future__ import annotations

import itertools
import json
import random
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from menolab.errors import BadInput
from menolab.pieces import from_data, to_data
from menolab.records import Problem, Verdict
from menolab.sandbox.host import probe
from menolab.verifiers.linear_model import LinearModel
from menolab.verifiers.optimisation import Optimisation, extract_model, read_gold, read_model
from menolab.verifiers.solver import solve

needs_sandbox = pytest.mark.skipif(probe().level == "process", reason=f"this machine cannot close programs in: {probe().notes}")
LP = "Maximize\n 3 x + 2 y\nSubject To\n c: x + y <= 4\n d: x + 3 y <= 6\nBounds\n x <= 3\nEnd\n"  # 11 at (3, 1)
MIP = "Maximize\n 5 x + 4 y\nSubject To\n 6 x + 4 y <= 24\n x + 2 y <= 6\nGeneral\n x y\nEnd\n"  # 20 at (4, 0); 21 without the integers
PROGRAM = f"print({LP!r})"


def judge(source: str, gold: str = "11", verifier: Optimisation | None = None) -> Verdict:
    return (verifier or Optimisation())(Problem("p", "t", "", gold), f"<think>hm</think>The model:\n```\n{source}\n```\n")


def test_the_optimum_decides() -> None:
    verdict = judge(LP)
    assert (verdict.label, verdict.score, verdict.stage) == ("right", 1.0, "compare")
    verdict = judge(LP.replace("<= 6", "<= 5"))
    assert (verdict.label, verdict.stage) == ("wrong", "compare") and verdict.reason.startswith("the optimum is 10.3333")
    assert judge(MIP, "20").right and not judge(MIP, "21").right and judge(MIP.replace("General\n x y\n", ""), "21").right
    data = {"sense": "max", "objective": {"x": 3, "y": 2}, "constant": 1, "variables": {"x": {"high": 3}},
            "constraints": [{"terms": {"x": 1, "y": 1}, "relation": "<=", "bound": 4}, {"terms": {"x": 1, "y": 3}, "relation": "<=", "bound": 6}]}  # fmt: skip
    assert judge(json.dumps(data), "12").right
    assert Optimisation()(Problem("p", "t", "", "11"), f"<answer>{LP}</answer>").right


def test_no_optimum() -> None:
    infeasible, unbounded = "min\n x\nst\n x >= 3\n x <= 2\n", "max\n x\nst\n x >= 3\n"
    assert judge(infeasible, "infeasible").right and judge(unbounded, "Unbounded.").right
    for source in (infeasible, unbounded):
        verdict = judge(source)
        assert (verdict.label, verdict.stage) == ("wrong", "solve")
    assert judge(unbounded, "infeasible").stage == "compare" and not judge(unbounded, "infeasible").right
    assert judge("min\n x\nbounds\n 3 <= x <= 2\n", "infeasible").right


def test_tolerance_is_relative_and_zero_is_a_value() -> None:
    zero = "min\n x\nst\n x >= 0\n"
    assert judge(zero, "0").right and not judge(zero, "0.00001").right and judge(zero, "0.0000005").right
    assert judge(LP.replace("3 x", "3000001 x"), "9000005").right
    assert judge(LP, "11.01", Optimisation(tolerance=1e-3)).right and not judge(LP, "11.01").right


def test_golds() -> None:
    assert [read_gold(text) for text in ("1160.0", "-1/2", "no solution", "unbounded", "x", "")] == [1160.0, -0.5, "infeasible", "unbounded", None, None]
    assert judge(LP, "a lot").label == "undecided" and not Optimisation().readable("a lot") and Optimisation().readable("3")


@needs_sandbox
def test_stages_and_credit_are_ordered() -> None:
    verifier = Optimisation(credit=(0.2, 0.4, 0.6))
    made = {
        "format": [verifier(Problem("p", "t", "", "11"), "no model"), judge("min\n x ^ 2\n", "11", verifier)],
        "execute": [judge("1 / 0", "11", verifier), judge("print(42)", "11", verifier), judge("import gurobipy", "11", verifier), judge("print('x' * 10**7)",
            "11", verifier)],
        "solve": [judge("print('max x st x >= 1')".replace("st", "\\nst\\n"), "11", verifier)],
        "compare": [judge(PROGRAM, "12", verifier)],
        "right": [judge(PROGRAM, "11", verifier)],
    }
    scores = {"format": 0.0, "execute": 0.2, "solve": 0.4, "compare": 0.6, "right": 1.0}
    for stage, verdicts in made.items():
        for verdict in verdicts:
            assert (verdict.stage if not verdict.right else "right", verdict.score) == (stage, scores[stage]), verdict
    assert "ZeroDivisionError" in made["execute"][0].reason
    assert Optimisation()(Problem("p", "t", "", "11"), f"<think>x</think><model>m</model><python>\n{PROGRAM}\n</python>").right


def test_where_the_model_is_found() -> None:
    assert extract_model("<python>x</python>") == "x" and extract_model("<python>\n```python\ny\n```\n</python>") == "y\n"
    assert extract_model("<think><python>x</python>") is None and extract_model("<python>x") is None and extract_model("") is None


def test_small_models_by_trying_everything() -> None:
    draw = random.Random(0)
    for _ in range(20):
        cost, rows = [draw.randint(-5, 5) for _ in range(3)], [([draw.randint(-3, 3) for _ in range(3)], draw.randint(-2, 8)) for _ in range(3)]
        model = LinearModel("max", {f"x{n}": float(c) for n, c in enumerate(cost)}, 1.5, bounds={f"x{n}": (0.0, 4.0) for n in range(3)}, integers={"x0",
            "x1", "x2"})
        for terms, bound in rows:
            model.row({f"x{n}": float(t) for n, t in enumerate(terms)}, "<=", float(bound))
        points = [p for p in itertools.product(range(5), repeat=3) if all(sum(t * x for t, x in zip(terms, p, strict=True)) <= bound for terms, bound in rows)]
        found = solve(model, 10.0)
        if not points:
            assert found.status == "infeasible"
        else:
            assert found.value == pytest.approx(1.5 + max(sum(c * x for c, x in zip(cost, p, strict=True)) for p in points))


def test_what_takes_too_long_is_undecided() -> None:
    draw = random.Random(1)
    model = LinearModel("max", {f"x{n}": float(draw.randint(50, 99)) for n in range(60)}, bounds={f"x{n}": (0.0, 1.0) for n in range(60)},
        integers={f"x{n}" for n in range(60)})
    for _ in range(30):
        model.row({f"x{n}": float(draw.randint(10, 90)) for n in range(60)}, "<=", 1200.0)
    start = time.perf_counter()
    found = solve(model, 0.2)
    assert found.status == "unknown" and found.reason and time.perf_counter() - start < 15


def test_threads_agree_and_it_saves() -> None:
    with ThreadPoolExecutor(4) as pool:
        assert all(verdict.right for verdict in pool.map(lambda _: judge(LP), range(12)))
    assert from_data(to_data(Optimisation(credit=(0.1, 0.2, 0.3)))) == Optimisation(credit=(0.1, 0.2, 0.3))
    for bad in ({"tolerance": 0.0}, {"credit": (0.5, 0.2, 0.3)}, {"credit": (0.1, 0.2)}, {"seconds": -1}, {"credit": (0.0, 0.0, 2.0)}):
        with pytest.raises(BadInput):
            Optimisation(**bad)  # type: ignore[arg-type]


@given(text=st.text(alphabet="xy12 <>=+-\n", max_size=40))
@settings(max_examples=30, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck))
def test_any_model_gets_a_verdict(text: str) -> None:
    assert judge(f"min x\nst\n{text}").label in ("right", "wrong", "undecided")
    assert Optimisation()(Problem("p", "t", "", "1"), text).label == "wrong"


def test_nothing_of_a_model_is_carried_out() -> None:
    assert read_model("min __import__('os')").objective == {"__import__('os')": 1.0}, "a name like any other"
