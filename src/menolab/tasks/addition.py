"""Addition of natural numbers, with column-by-column scratchpads."""

from __future__ import annotations

from dataclasses import dataclass

from menolab.errors import BadInput, check_range
from menolab.keys import Key
from menolab.records import Demonstration, Problem, Verdict
from menolab.tasks.mixture import check_mixture, choose_style
from menolab.tasks.task import Task
from menolab.verifiers.extract import response
from menolab.verifiers.numeric import Numeric
from menolab.verifiers.verifier import Verifier

WORDINGS = {"short": "{a}+{b}", "full": "What is {a} + {b}? Think in <think> </think> tags, then give the sum in <answer> </answer> tags."}
STYLES = ("column", "direct")


def columns(a: int, b: int) -> tuple[tuple[int, int, int, int], ...]:
    """(digit of a, digit of b, carry in, sum of the three) from the units up."""
    found, carry = [], 0
    for place in range(max(len(str(a)), len(str(b)))):
        x, y = a // 10**place % 10, b // 10**place % 10
        found.append((x, y, carry, x + y + carry))
        carry = (x + y + carry) // 10
    return tuple(found)


@dataclass(frozen=True)
class Addition(Task):
    """a + b for numbers whose counts of digits are drawn uniformly. Difficulty: columns plus carries.

    Source of the scratchpad: Nye et al. 2021 (arXiv:2112.00114, section 3); here a line a column, units first, as digit+digit+carry=two digits.
    """

    paper = "arXiv:2112.00114"

    fewest_digits: int = 1
    most_digits: int = 4
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
        return "addition"

    def __call__(self, key: Key) -> Problem:
        """One problem. a + b and b + a are one problem."""
        a, b = (draw_number(key.fold(side), self.fewest_digits, self.most_digits) for side in "ab")
        lines = columns(a, b)
        return Problem(
            id=f"{min(a, b)}+{max(a, b)}",
            task=self.name,
            prompt=WORDINGS[self.wording].format(a=a, b=b),
            answer=str(a + b),
            difficulty=float(len(lines) + sum(total > 9 for *_, total in lines)),
            facts={"a": a, "b": b},
        )

    def verify(self, problem: Problem, text: str) -> Verdict:
        return self.verifier(problem, text)

    def demonstrate(self, problem: Problem, key: Key) -> Demonstration:
        """"column": one line a column, e.g. ``7+5+0=12``; "direct": the sum alone."""
        style = choose_style(self.styles, self.weights, key)
        lines = columns(problem.facts["a"], problem.facts["b"]) if style == "column" else ()
        text = response("\n".join(f"{x}+{y}+{carry}={total:02d}" for x, y, carry, total in lines), problem.answer)
        return Demonstration(text, style)


def draw_number(key: Key, fewest_digits: int, most_digits: int) -> int:
    """A natural number: its count of digits uniform, then itself uniform among the numbers with so many; 0 has one digit."""
    random = key.random()
    digits = random.randint(fewest_digits, most_digits)
    return random.randint(10 ** (digits - 1) if digits > 1 else 0, 10**digits - 1)
