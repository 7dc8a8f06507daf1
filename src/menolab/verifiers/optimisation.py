"""An optimisation model is right if its optimum is."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import ClassVar

from menolab.errors import BadInput, check_range
from menolab.records import Problem, Verdict, right, undecided, wrong
from menolab.sandbox.host import Limits, SandboxFailed, shared
from menolab.verifiers.code import MAX_CODE, extract_code
from menolab.verifiers.extract import END_THINK, THINK
from menolab.verifiers.linear_model import LinearModel, Unreadable, from_json
from menolab.verifiers.lp_format import looks_like_lp, read_lp
from menolab.verifiers.numeric import read_quantity
from menolab.verifiers.solver import Solved, solve
from menolab.verifiers.structured import NotJson, read_json
from menolab.verifiers.verifier import Verifier

_NONE = {"infeasible": "infeasible", "no solution": "infeasible", "none": "infeasible", "unbounded": "unbounded"}
_PYTHON = re.compile(r"<python>(.*?)</python>", re.DOTALL)


def read_model(text: str) -> LinearModel:
    """The model that a text writes, as JSON data or in the LP format. Nothing of it is ever carried out.

    Raises:
        Unreadable: neither, or one that is too large.
    """
    if text.lstrip()[:1] != "{":
        return read_lp(text)
    try:
        return from_json(read_json(text))
    except NotJson as error:
        raise Unreadable(str(error)) from error


def extract_model(text: str) -> str | None:
    """The model or program in a response: after the thinking, the inside of ``<python>`` tags, else what `extract_code` finds."""
    tail = text.rpartition(END_THINK)[2]
    if THINK not in tail and tail.count("<python>") == 1:
        tagged = _PYTHON.search(tail)
        return extract_code(f"<answer>{tagged.group(1)}</answer>") if tagged else None
    return extract_code(text)


@dataclass(frozen=True)
class Optimisation(Verifier):
    """Right if the response's model has the gold optimum, to a relative tolerance.

    The response gives a linear or mixed-integer model, as text in the LP format or as JSON (`linear_model.from_json`), or a Python program that prints
    one. A program runs in the sandbox, where there is the standard library alone and no solver; what it prints is read as data, and HiGHS solves it
    here. The problem's answer is the optimal value, or "infeasible" or "unbounded".

    Stages, in their order: "format" (no model or program, or text that is no model), "execute" (the program fails or prints no model), "solve" (the
    model has no optimum where one is wanted), "compare". ``credit`` is what a wrong response is worth that has passed the first, the second, the third.

    Source: the staged reward of SIRL (arXiv:2505.11792): format, execution, objective. The criterion |found - gold| / (|gold| + 1) < tolerance with 1e-6
    is from the authors' code (Cardinal-Operations/SIRL, reward_func/stage1_reward_gurobi.py), where the three parts weigh 1 each at most, so
    ``credit=(1/3, 2/3, 2/3)``; a gold of 0, which never matches there, is compared like any other here. Their programs call Gurobi; ours print the model.
    """

    paper: ClassVar[str] = "arXiv:2505.11792"
    kinds: ClassVar[tuple[str, ...]] = ("optimization", "lp")
    tolerance: float = 1e-6
    credit: tuple[float, float, float] = (0.0, 0.0, 0.0)
    seconds: float = 10.0
    """Time for the solver; where it runs out, nobody knows the optimum."""
    cpu: float = 5.0
    """Seconds of processor time for a program."""

    def __post_init__(self) -> None:
        check_range("tolerance", self.tolerance, 0.0, 1.0, open_low=True)
        check_range("seconds", self.seconds, 0.0, 3600.0, open_low=True)
        Limits(cpu=self.cpu, wall=2 * self.cpu)
        if len(self.credit) != 3 or list(self.credit) != sorted(self.credit) or not 0.0 <= self.credit[0] <= self.credit[2] <= 1.0:
            raise BadInput("credit", self.credit, "must be three numbers from 0 to 1 that do not fall")

    def __call__(self, problem: Problem, text: str) -> Verdict:
        """The verdict on a whole response."""
        gold = read_gold(problem.answer)
        if gold is None:
            return undecided("gold", "the gold answer is neither a number nor infeasible nor unbounded")
        source = extract_model(text)
        if source is None or len(source) > MAX_CODE:
            return wrong("format", "no model found" if source is None else "the model is too long")
        model = self._model(source)
        if isinstance(model, Verdict):
            return model
        return self._judge(gold, solve(model, self.seconds), source)

    def _model(self, source: str) -> LinearModel | Verdict:
        """The model, or the verdict where there is none."""
        if source.lstrip()[:1] == "{" or looks_like_lp(source):
            try:
                return read_model(source)
            except Unreadable as error:
                return wrong("format", str(error), source)
        try:
            ran = shared().script(source, "", Limits(cpu=self.cpu, wall=2 * self.cpu))
        except (SandboxFailed, BadInput, OSError) as error:
            return undecided("sandbox", str(error), source)
        if ran.end.trouble or ran.cut:
            said = "printed too much" if ran.cut else f"{ran.end.trouble} {ran.errors.strip().rpartition(chr(10))[2][:150]}".strip()
            return wrong("execute", f"the program: {said}", source, self.credit[0])
        try:
            return read_model(ran.output)
        except Unreadable as error:
            return wrong("execute", f"what the program printed is no model: {error}", source, self.credit[0])

    def _judge(self, gold: float | str, solved: Solved, source: str) -> Verdict:
        if solved.status == "unknown":
            return undecided("solve", f"the solver: {solved.reason}", source)
        if isinstance(gold, str):
            same = solved.status == gold
            return right("compare", gold, source) if same else wrong("compare", f"{solved.status} where {gold} is right", source, self.credit[1])
        if solved.status != "optimal":
            return wrong("solve", f"the model is {solved.status}", source, self.credit[1])
        if abs(solved.value - gold) / (abs(gold) + 1.0) < self.tolerance:
            return right("compare", "the gold optimum", source)
        return wrong("compare", f"the optimum is {solved.value:.10g}", source, self.credit[2])

    def readable(self, answer: str) -> bool:
        """Whether the gold is a number, or says that there is no optimum."""
        return read_gold(answer) is not None


def read_gold(answer: str) -> float | str | None:
    """The optimal value, "infeasible" or "unbounded"; None for anything else."""
    said = answer.strip().lower().rstrip(".")
    if said in _NONE:
        return _NONE[said]
    quantity = read_quantity(answer) if len(answer) <= 200 else None
    try:
        return None if quantity is None else float(quantity.value)
    except OverflowError:
        return None
