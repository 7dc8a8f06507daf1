"""Code-R1: paid for all tests and the form, and for nothing less."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import pytest

from menolab.keys import Key
from menolab.methods.code_r1 import code_r1
from menolab.records import Group, Problem, Rollout, Verdict
from menolab.rewards.judge import judge
from menolab.sandbox.host import probe
from menolab.tasks.task import Task
from menolab.verifiers.code import CodeTests

needs_sandbox = pytest.mark.skipif(probe().level == "process", reason=f"this machine cannot close programs in: {probe().notes}")

REFERENCE = "def f(n):\n    return n * n"
FACTS = {"tests": [{"call": "f(2)", "returns": "4"}], "hidden": [{"call": "f(7)", "returns": "49"}, {"call": "f(-3)", "returns": "9"}]}
PROGRAMS = {
    "the reference": (REFERENCE, 1.1),
    "one test by heart": ("def f(n):\n    return {2: 4}.get(n, 0)", 0.1),
    "wrong": ("def f(n):\n    return n + n", 0.1),
    "no end": ("def f(n):\n    while True: pass", 0.1),
    "a fork bomb": ("import os\ndef f(n):\n    while True: os.fork()", 0.1),
    "a syntax error": ("def f(n) return n", 0.1),
    "empty, in form": ("", -0.9),
}


@dataclass(frozen=True)
class Squares(Task):
    """One problem."""

    verifier: CodeTests = CodeTests(cpu=0.5, wall=3.0)

    @property
    def name(self) -> str:
        return "squares"

    def __call__(self, key: Key) -> Problem:
        return Problem("square", "squares", "Write f(n), the square of n.", REFERENCE, facts=FACTS)

    def verify(self, problem: Problem, text: str) -> Verdict:
        return self.verifier(problem, text)


def _reward(code: str, form: str = "<think>so</think><answer>```python\n{}\n```</answer>") -> float | None:
    made = Group(Squares()(Key.root(0)), (Rollout((1,), (2,), (-0.1,), form.format(code), "stop"),))
    (judged,) = judge([made], Squares(), code_r1().rewards, code_r1().weights, 0.0)
    return judged.rollouts[0].reward


@needs_sandbox
@pytest.mark.parametrize(("code", "expected"), PROGRAMS.values(), ids=PROGRAMS)
def test_reward_table(code: str, expected: float) -> None:
    assert _reward(code) == pytest.approx(expected)


@needs_sandbox
def test_the_form_is_asked_for() -> None:
    assert _reward(REFERENCE, "```python\n{}\n```") == _reward(REFERENCE, "<think>so</think>```python\n{}\n```") == pytest.approx(-1.1)


@needs_sandbox
def test_the_same_under_load() -> None:
    codes = [REFERENCE, PROGRAMS["wrong"][0], PROGRAMS["one test by heart"][0]] * 8
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(_reward, codes)) == pytest.approx([1.1, 0.1, 0.1] * 8)
