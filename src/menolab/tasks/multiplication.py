"""Multiplication of natural numbers, with partial products."""

from __future__ import annotations

from dataclasses import dataclass

from menolab.errors import BadInput, check_range
from menolab.keys import Key
from menolab.records import Demonstration, Problem, Verdict
from menolab.tasks.addition import draw_number
from menolab.tasks.mixture import check_mixture, choose_style
from menolab.tasks.task import Task
from menolab.verifiers.extract import response
from menolab.verifiers.numeric import Numeric
from menolab.verifiers.verifier import Verifier

WORDINGS = {"short": "{a}*{b}", "full": "What is {a} * {b}? Think in <think> </think> tags, then give the product in <answer> </answer> tags."}
STYLES = ("partial", "direct")


def partial_products(a: int, b: int) -> str:
    """a times each digit of b in its place, with a running sum: ``34*2=68`` then ``34*10=340 68+340=408``. Digits that are 0 are left out."""
    lines, total = [], 0
    for place, digit in enumerate(reversed(str(b))):
        part = int(digit) * 10**place
        if part:
            lines.append(f"{a}*{part}={a * part}" + (f" {total}+{a * part}={total + a * part}" if lines else ""))
            total += a * part
    return "\n".join(lines)


@dataclass(frozen=True)
class Multiplication(Task):
    """a * b for numbers whose counts of digits are drawn uniformly. Difficulty: digits of a times digits of b (single-digit products needed).

    Source: the multiplication task of TinyZero (github.com/Jiayi-Pan/TinyZero).
    """

    catalogue = "multiplication-task"

    fewest_digits: int = 1
    most_digits: int = 3
    wording: str = "short"
    styles: tuple[str, ...] = STYLES
    weights: tuple[float, ...] = (0.8, 0.2)
    verifier: Verifier = Numeric(strict=True)

    def __post_init__(self) -> None:
        check_range("fewest_digits", self.fewest_digits, 1)
        check_range("most_digits", self.most_digits, self.fewest_digits, 100)
        if self.wording not in WORDINGS:
            raise BadInput("wording", self.wording, f"one of {', '.join(WORDINGS)}")
        check_mixture(self.styles, self.weights, STYLES)

    @property
    def name(self) -> str:
        return "multiplication"

    def __call__(self, key: Key) -> Problem:
        """One problem. a * b and b * a are one problem."""
        a, b = (draw_number(key.fold(side), self.fewest_digits, self.most_digits) for side in "ab")
        return Problem(
            id=f"{min(a, b)}*{max(a, b)}",
            task=self.name,
            prompt=WORDINGS[self.wording].format(a=a, b=b),
            answer=str(a * b),
            difficulty=float(len(str(a)) * len(str(b))),
            facts={"a": a, "b": b},
        )

    def verify(self, problem: Problem, text: str) -> Verdict:
        return self.verifier(problem, text)

    def demonstrate(self, problem: Problem, key: Key) -> Demonstration:
        """"partial": the partial products and their running sum; "direct": the product alone."""
        style = choose_style(self.styles, self.weights, key)
        thinking = partial_products(problem.facts["a"], problem.facts["b"]) if style == "partial" else ""
        text = response(thinking, problem.answer)
        return Demonstration(text, style)
