from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from menolab.verifiers.math.parser import parse
from menolab.verifiers.math.worker import Worker, askable, build, decide, equal, to_json


def test_sums_are_decided_by_algebra_from_any_thread() -> None:
    sums, products = (parse(r"\sum_{k=1}^{n} k"), parse(r"\frac{n(n+1)}{2}")), (parse(r"\prod_{k=1}^{n} k"), parse("n!"))
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda pair: equal(*pair, 10.0), [sums, products, (sums[0], products[1])] * 2))
    assert found == [True, True, False] * 2


def test_a_question_that_takes_too_long_costs_the_process_its_life_and_the_next_is_answered() -> None:
    worker = Worker()
    easy = {"left": to_json(parse("x+x")), "right": to_json(parse("2x"))}
    hard = {"left": ["^", "", "", [["number", "", "9", []], ["^", "", "", [["number", "", "9", []], ["number", "", "12", []]]]]], "right": to_json(parse("x"))}
    assert worker.ask(easy, 10.0) is True
    start = time.perf_counter()
    assert worker.ask(hard, 0.5) is None
    assert time.perf_counter() - start < 2.0 and not worker.ready
    assert worker.ask(easy, 10.0) is True
    worker.stop()


@pytest.mark.parametrize("text", ["9^9^9^9", "2000!", "(9!)!", "x^{31}", "1" * 30, r"\infty", "(1,2)", "+".join(["x"] * 90), "f(x)"])
def test_what_is_never_asked(text: str) -> None:
    assert not askable(parse(text))
    assert equal(parse(text), parse("1"), 1.0) is None


def test_only_known_names_are_built() -> None:
    sympy = pytest.importorskip("sympy")
    assert build(["system", "", "", [["number", "", "1", []]]], sympy) is sympy.nan
    assert build(["symbol", "__import__('os')", "", []], sympy) == sympy.Symbol("__import__('os')", positive=True)
    assert decide(build(to_json(parse(r"\sin^2 x+\cos^2 x")), sympy), sympy.Integer(1), sympy) is True
