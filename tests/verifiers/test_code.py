from __future__ import annotations

import ast
import dataclasses
import gzip
import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from menolab.errors import BadInput
from menolab.pieces import from_data, to_data
from menolab.records import Problem, Verdict
from menolab.sandbox import host
from menolab.sandbox.host import SandboxFailed, probe, shared
from menolab.verifiers import code as module
from menolab.verifiers.code import CodeTests, extract_code
from menolab.verifiers.credit import PassedShare, StrictLevels

needs_sandbox = pytest.mark.skipif(probe().level == "process", reason=f"this machine cannot close programs in: {probe().notes}")


def judge(code: str, facts: dict[str, Any], verifier: CodeTests | None = None) -> Verdict:
    return (verifier or CodeTests())(Problem("p", "t", "", "", facts=facts), f"<think>hm</think>Here:\n```python\n{code}\n```\n")


CALLS = {
    "tests": [{"call": "f(2)", "returns": "4"}, {"call": "f(0)", "raises": "ValueError", "group": 1}],
    "hidden": [{"call": "f(7)", "returns": "49", "group": 2}],
}
SQUARE = "def f(n):\n    if n == 0: raise ValueError\n    return n * n"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("```python\nx = 1\n```", "x = 1\n"), ("```\nx\n```\nbetter:\n```py\ny\n```", "y\n"), ("<think>```\nx\n```</think>```\ny\n```", "y\n"),
        ("<answer>\nx = 1\n</answer>", "\nx = 1\n"),
        ("```\nx\n```\n<answer>```python\ny\n```</answer>", "y\n"),
        ("<answer>text\n```python\ny\n```\n</answer>", "y\n"),
        ("```python\nx\n```\nIt prints:\n```\n5\n```", "x\n"), ("```python\nx\n```\n```python\ny\n```\n```bash\nz\n```", "y\n"),
        ("```\nx\n```\n```text\ny\n```", "y\n"),
        ("<think>```\nx\n```", None), ("```python\nx = 1", None), ("<answer>x", None), ("x = 1", None), ("```\n\n```", None), ("", None),
        ("  ```python\n  x\n  ```", "  x\n"), ("```\na ``` b\n```", "a ``` b\n"), ("<answer>a</answer> or <answer>b</answer>", "b"),
    ],
)  # fmt: skip
def test_extract_code(text: str, code: str | None) -> None:
    assert extract_code(text) == code


def test_extract_is_linear() -> None:
    for text in ("```" * 100_000, "```\n" * 100_000, "<answer>" * 100_000, "</answer>" * 100_000, "```python\n" + "x\n" * 300_000, "`" * 300_000):
        extract_code(text)


@needs_sandbox
def test_right_and_wrong_with_the_failing_test_named() -> None:
    verdict = judge(SQUARE, CALLS)
    assert (verdict.label, verdict.score, verdict.reason) == ("right", 1.0, "all 3 tests passed")
    verdict = judge("def f(n): return n + n", CALLS)
    assert (verdict.label, verdict.score, verdict.reason) == ("wrong", 0.0, "test 2 of 3 (f(0)): raised nothing")
    verdict = judge("def f(n):\n    if n == 0: raise ValueError\n    return 2 * n", CALLS)
    assert "test 3 of 3 (hidden): returned 14" in verdict.reason and "49" not in verdict.reason
    assert "returned 4.0" in judge("def f(n): return float(n * n)", CALLS).reason
    assert "SyntaxError" in judge("def f(n) return", CALLS).reason and "NameError" in judge("g = 1", CALLS).reason


@needs_sandbox
@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("import os\ndef f(n): os._exit(0)", "ended"), ("def f(n):\n  while True: pass", "too slow"), ("import sys; sys.exit(0)", "SystemExit"),
        ("import ctypes\ndef f(n): ctypes.string_at(0)", "signal 11"), ("def f(n): return [0] * 10**10", "MemoryError"),
        ("def f(n): return f(n)", "RecursionError"), ("def f(n): return f", "not plain data"), ("def f(n): return '#' * (20 << 20)", "MiB"),
    ],
)  # fmt: skip
def test_failing_crashing_and_slow_programs_are_wrong(code: str, said: str) -> None:
    verdict = judge(code, CALLS, CodeTests(cpu=0.5, wall=2))
    assert verdict.label == "wrong" and verdict.reason.startswith("test 1 of 3 (f(2)): ") and said in verdict.reason, verdict


@needs_sandbox
def test_partial_credit() -> None:
    half = "def f(n): return n * n"
    assert judge(half, CALLS, CodeTests(credit=PassedShare())).score == pytest.approx(2 / 3)
    assert judge(half, CALLS, CodeTests(credit=StrictLevels())).score == pytest.approx(1 / 3)
    assert judge(half, CALLS, CodeTests(credit=PassedShare())).label == "wrong"


@needs_sandbox
def test_input_and_output() -> None:
    facts = {"tests": [{"input": "1 2\n", "output": "3\n"}, {"input": "5 5\n", "output": "10\n"}], "hidden": [{"input": "0 0", "output": "0"}]}
    assert judge("print(sum(map(int, input().split())))", facts).right
    assert "(1 2): another output" in judge("print(4)", facts).reason
    assert "ValueError" in judge("print(int(input()))", facts).reason
    share = CodeTests(credit=PassedShare(), cpu=0.3, wall=2)
    assert judge("print(3)", facts, share).score == pytest.approx(1 / 3)
    slow = "n = input()\nif n[0] == '5':\n  while 1: pass\nprint(sum(map(int, n.split())))"
    assert judge(slow, facts, share).score == pytest.approx(1 / 3), "none runs after a slow one"
    assert judge("print(0.1 + 0.2)", {"tests": [{"input": "", "output": "0.3"}]}, CodeTests(tolerance=1e-6)).right
    javascript = CodeTests(language="javascript")
    wanted = judge("console.log(require('fs').readFileSync(0, 'utf8').trim().split(/\\s+/).reduce((a, b) => a + +b, 0))", facts, javascript)
    assert wanted.right or (wanted.label == "undecided" and "not installed" in wanted.reason)


@needs_sandbox
def test_test_code() -> None:
    check = "def check(candidate):\n    assert candidate(3) == 9\n    assert candidate(4) == 16\ncheck(f)"
    facts = {"tests": ["assert f(2) == 4"], "hidden": [check], "entry": "f"}
    assert judge("def f(n): return n * n", facts).reason == "all 3 tests passed"
    verdict = judge("def f(n): return 9 if n == 3 else 2 * n", facts, CodeTests(credit=PassedShare()))
    assert verdict.score == pytest.approx(2 / 3) and "hidden" in verdict.reason and "16" not in verdict.reason
    assert judge("def f(n): return n * n", {**facts, "prefix": "def f(n): return 0\n"}).right
    assert judge("    return n * n", {**facts, "prefix": "def f(n):\n    '''Square.'''\n"}).right


@needs_sandbox
@pytest.mark.parametrize(
    "facts",
    [
        {}, {"tests": 4}, {"tests": ["assert f("]}, {"tests": ["assert f(lambda: 1)"]}, {"tests": ["assert f(1)"], "prelude": "1 +"},
        {"tests": ["assert f(1)"], "prelude": "import nowhere"}, {"tests": ["assert f(1)"], "entry": 3}, {"tests": ["import os\nos._exit(0)\nassert f(1)"]},
    ],
)  # fmt: skip
def test_tests_that_cannot_be_run_are_undecided(facts: dict[str, Any]) -> None:
    verdict = judge("def f(n): return n", facts)
    assert (verdict.label, verdict.stage) == ("undecided", "gold"), verdict


def test_a_failing_sandbox_is_undecided(monkeypatch: pytest.MonkeyPatch) -> None:
    class Failing:
        def calls(self, *args: object) -> None:
            raise SandboxFailed("the zygote ended")

    monkeypatch.setattr(module, "shared", Failing)
    assert judge(SQUARE, CALLS) == dataclasses.replace(judge(SQUARE, CALLS), label="undecided", stage="sandbox", reason="the zygote ended", score=0.0)

    def refuse() -> host.Sandbox:
        raise BadInput("sandbox level", "process", "untrusted programs need more")

    monkeypatch.setattr(module, "shared", refuse)
    assert judge(SQUARE, CALLS).label == "undecided"


def test_unparsed_is_wrong_at_extract() -> None:
    verdict = CodeTests()(Problem("p", "t", "", "", facts=CALLS), "no idea")
    assert (verdict.label, verdict.stage, verdict.extracted) == ("wrong", "extract", None)


def test_is_a_value_and_checks_its_fields() -> None:
    assert from_data(to_data(CodeTests(credit=StrictLevels()))) == CodeTests(credit=StrictLevels())
    for bad in ({"cpu": 0}, {"tolerance": -1}, {"memory_mib": 1}):
        with pytest.raises(BadInput):
            CodeTests(**bad)


@needs_sandbox
def test_threads_agree() -> None:
    with ThreadPoolExecutor(8) as pool:
        labels = list(pool.map(lambda n: judge(SQUARE if n % 2 else "def f(n): return 1", CALLS).label, range(40)))
    assert labels == ["wrong", "right"] * 20


@needs_sandbox
@pytest.mark.parametrize("every", [8, pytest.param(1, marks=pytest.mark.slow)])
def test_human_eval_solutions_pass_and_empty_ones_do_not(shared_data: Path, every: int) -> None:
    with gzip.open(shared_data / "humaneval" / "HumanEval.jsonl.gz", "rt") as lines:
        rows = [json.loads(line) for line in lines][::every]

    def both(row: dict[str, str]) -> tuple[str, str]:
        facts = {"tests": [f"{row['test']}\ncheck({row['entry_point']})"], "prelude": row["prompt"], "prefix": row["prompt"], "entry": row["entry_point"]}
        return judge(row["canonical_solution"], facts).label, judge("    return None", facts).label

    assert set(shared().map(both, rows)) == {("right", "wrong")}


@needs_sandbox
@pytest.mark.filterwarnings("ignore:invalid escape sequence")
@pytest.mark.parametrize("every", [40, pytest.param(1, marks=pytest.mark.slow)])
def test_mbpp_solutions_pass_and_always_equal_objects_do_not(shared_data: Path, every: int) -> None:
    rows = [json.loads(line) for line in (shared_data / "mbpp" / "mbpp.jsonl").read_text().splitlines()][::every]

    def both(row: dict[str, Any]) -> tuple[str, str]:
        name = _entry(row)
        facts = {"tests": row["test_list"], "hidden": row["challenge_test_list"], "setup": row["test_setup_code"], "entry": name}
        cheat = f"class E:\n  def __eq__(s, o): return True\ndef {name}(*a): return E()"
        return judge(row["code"], facts).label, judge(cheat, facts | {"setup": ""}).label

    assert set(shared().map(both, rows)) == {("right", "wrong")}


def _entry(row: dict[str, Any]) -> str:
    """The function under test: the first that the test calls and the solution defines."""
    defined = {node.name for node in ast.walk(ast.parse(row["code"])) if isinstance(node, ast.FunctionDef)}
    called = [node.func.id for node in ast.walk(ast.parse(row["test_list"][0])) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)]
    return next(name for name in called if name in defined)
