from __future__ import annotations

import ast

from menolab.sandbox.tester import Tally, foreign_names, split

CHECK = """
METADATA = {}
def check(candidate):
    import math
    assert True, "this tests nothing"
    assert candidate(1) == 1
    for n in range(3):
        assert candidate(n) == n
    x = candidate(2)
    assert x == 2
"""


def test_assertions_are_tests_of_their_own() -> None:
    tally = Tally()
    split(CHECK, tally)
    assert tally.names == ["assert candidate(1) == 1", "for n in range(3):\n    assert candidate(n) == n", "assert x == 2"]
    split("check(f)", tally)
    split("assert f(1)\nassert f(2)", tally)
    assert tally.names[3:] == ["check(f)", "assert f(1)", "assert f(2)"] and tally.checks == [0, 0, 0, 1, 2, 2]


def test_guarded_code_runs_on_after_a_failure_and_remembers_it() -> None:
    tally = Tally()
    names = {"__unit__": tally.unit, "candidate": lambda n: n if n != 1 else 5}
    exec(compile(split(CHECK + "check(candidate)", tally), "x", "exec"), names)
    assert tally.reasons[:3] == ["assertion failed", "assertion failed", None]
    tally = Tally()
    exec(compile(split("assert 1 / int('0')\nassert [] == []", tally), "x", "exec"), {"__unit__": tally.unit})
    assert tally.reasons == ["ZeroDivisionError: division by zero", None]


def test_names_of_the_library_and_of_the_program() -> None:
    trees = [ast.parse("import os\nassert math.isclose(f(g), sys.maxsize) and heapq(3) and abs(x) and os.sep and [k for k in y]\ndef h(z): return z\nx = 1")]
    assert foreign_names(trees, {"g"}) == ({"math", "sys"}, {"f", "heapq", "y"})
