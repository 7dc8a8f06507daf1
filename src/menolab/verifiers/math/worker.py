"""A computer algebra process for what exact arithmetic and numbers leave open. It can be killed, so nothing hangs.

The parent sends trees as JSON, never text to be parsed; the child builds sympy objects from them node by node. One process serves all threads of a
program, one question at a time; a question that takes too long costs it its life, and the next one starts another. Runs as
``python -m menolab.verifiers.math.worker``.
"""

from __future__ import annotations

import atexit
import contextlib
import json
import os
import queue
import subprocess
import sys
import threading
from fractions import Fraction
from pathlib import Path
from typing import Any

import menolab
from menolab.verifiers.math.terms import Term, walk

START_SECONDS = 20.0
"""Longest time for the process to start, which is no fault of the question."""
MEMORY_BYTES = 2 << 30
MAX_NODES, MAX_BITS, MAX_POWER = 80, 64, 30
"""Questions larger than this are not asked: sympy would only be killed over them."""
_HEADS = frozenset((
    "number", "symbol", "+", "*", "^", "root", "sum", "prod", "!", "binom", "floor", "ceil", "abs", "degree", "sin", "cos", "tan", "cot", "sec", "csc",
    "sinh", "cosh", "tanh", "arcsin", "arccos", "arctan", "ln", "max", "min",
))  # fmt: skip


class Worker:
    """The parent's end: starts the process when first asked, and again after it was killed or the program forked."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.process: subprocess.Popen[str] | None = None
        self.owner = 0
        self.ready = False
        self.lines: queue.Queue[str] = queue.Queue()

    def ask(self, question: dict[str, Any], seconds: float) -> bool | None:
        """True, False or None (not known, or not in time)."""
        if not self.lock.acquire(timeout=START_SECONDS + seconds):
            return None
        try:
            process = self._started()
            if process is None or process.stdin is None:
                return None
            process.stdin.write(json.dumps(question) + "\n")
            process.stdin.flush()
            answer = self.lines.get(timeout=seconds)
            return {"true": True, "false": False}.get(answer.strip())
        except (queue.Empty, OSError, ValueError):
            self.stop()
            self._launch()  # so that the next question need not wait for it
            return None
        finally:
            self.lock.release()

    def _started(self) -> subprocess.Popen[str] | None:
        """The process, ready for a question; None if it does not start."""
        if self.process is None or self.owner != os.getpid() or self.process.poll() is not None:
            self._launch()
        if self.ready:
            return self.process
        try:
            self.ready = self.lines.get(timeout=START_SECONDS).strip() == "ready"
        except queue.Empty:
            self.stop()
        return self.process if self.ready else None

    def _launch(self) -> None:
        self.owner, self.lines, self.ready = os.getpid(), queue.Queue(), False
        command = [sys.executable, "-m", "menolab.verifiers.math.worker"]
        path = os.pathsep.join(filter(None, (str(Path(menolab.__file__).parents[1]), os.environ.get("PYTHONPATH"))))  # this menolab, wherever it lies
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env={**os.environ, "PYTHONPATH": path}
        )
        threading.Thread(target=_read, args=(self.process, self.lines), daemon=True).start()

    def stop(self) -> None:
        """End the process, if it is ours."""
        if self.process is not None and self.owner == os.getpid():
            self.process.kill()
            self.process.wait()
            for pipe in (self.process.stdin, self.process.stdout):
                if pipe is not None:
                    with contextlib.suppress(OSError):  # what was still to be written has no reader any more
                        pipe.close()
        self.process = None


def _read(process: subprocess.Popen[str], lines: queue.Queue[str]) -> None:
    assert process.stdout is not None
    try:
        for line in process.stdout:
            lines.put(line)
    except ValueError:  # closed while we were reading
        pass
    lines.put("gone")


WORKER = Worker()
atexit.register(WORKER.stop)


def equal(left: Term, right: Term, seconds: float) -> bool | None:
    """Whether two scalars are equal by computer algebra; None if it cannot tell in `seconds`, or if they are not fit to ask."""
    if not (askable(left) and askable(right)):
        return None
    return WORKER.ask({"left": to_json(left), "right": to_json(right)}, seconds)


def askable(term: Term) -> bool:
    """Whether a term is small and made of what the process knows."""
    nodes = list(walk(term))
    return len(nodes) <= MAX_NODES and all(_small(node) for node in nodes)


def _small(node: Term) -> bool:
    if node.value is not None:
        return max(node.value.numerator.bit_length(), node.value.denominator.bit_length()) <= MAX_BITS
    if node.head == "^" and node.args[1].value is not None and abs(node.args[1].value) > MAX_POWER:
        return False
    if node.head == "^" and any(inner.head in ("^", "!", "binom") for inner in walk(node.args[1])):
        return False  # towers
    if node.head in ("!", "binom") and any(_grows(inner) for arg in node.args for inner in walk(arg)):
        return False
    if node.head == "prod" and any(arg.value is not None and abs(arg.value) > 1000 for arg in node.args[2:]):
        return False
    return node.head in _HEADS and node.name != "oo"


def _grows(node: Term) -> bool:
    return (node.value is not None and abs(node.value) > 1000) or node.head in ("!", "^")


def to_json(term: Term) -> list[Any]:
    """A term as lists and strings."""
    return [term.head, term.name, "" if term.value is None else str(term.value), [to_json(arg) for arg in term.args]]


# ---- the child's end ----


def build(data: list[Any], sympy: Any) -> Any:
    """A sympy object from `to_json`'s lists. Only the names below are ever looked up."""
    head, name, value, args = data
    if head == "number":
        fraction = Fraction(value)
        return sympy.Rational(fraction.numerator, fraction.denominator)
    if head == "symbol":
        constants = {"pi": sympy.pi, "e": sympy.E, "i": sympy.I}
        return constants[name] if name in constants else sympy.Symbol(name, positive=True)
    parts = [build(arg, sympy) for arg in args]
    if head in ("sum", "prod"):
        body, index, low, high = parts
        whole = sympy.Symbol("index", integer=True, positive=True)
        return (sympy.Sum if head == "sum" else sympy.Product)(body.subs(index, whole), (whole, low, high)).doit()
    makers = {
        "+": sympy.Add, "*": sympy.Mul, "^": sympy.Pow, "root": lambda a, n: sympy.real_root(a, n) if a.is_negative else sympy.Pow(a, 1 / n),
        "!": sympy.factorial, "binom": sympy.binomial, "floor": sympy.floor, "ceil": sympy.ceiling, "abs": sympy.Abs,
        "degree": lambda a: a * sympy.pi / 180, "ln": sympy.log, "max": sympy.Max, "min": sympy.Min, "arcsin": sympy.asin, "arccos": sympy.acos,
        "arctan": sympy.atan,
    }  # fmt: skip
    return (makers[head] if head in makers else getattr(sympy, head))(*parts) if head in _HEADS else sympy.nan


def decide(left: Any, right: Any, sympy: Any) -> bool | None:
    """Whether two sympy objects are equal, None if sympy cannot tell."""
    difference = sympy.simplify(left - right)
    if difference.is_zero:
        return True
    if difference.is_zero is False:
        return False
    return difference.equals(0)


def serve() -> None:
    """Answer questions line by line until the input ends. Memory is bounded where the system can."""
    try:
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    except (ImportError, ValueError, OSError):
        pass
    import sympy

    decide(sympy.Sum(sympy.Symbol("x"), (sympy.Symbol("x"), 1, 2)).doit(), sympy.sin(sympy.Symbol("x")), sympy)  # loads what sympy loads late
    print("ready", flush=True)
    for line in sys.stdin:
        question = json.loads(line)
        try:
            answer = decide(build(question["left"], sympy), build(question["right"], sympy), sympy)
        except Exception:  # whatever sympy stumbles over, the answer is that it does not know
            answer = None
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    serve()
