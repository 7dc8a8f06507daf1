"""Countdown: reach a target with given numbers and the four operations."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from menolab.errors import BadInput, RunFailed, check_range
from menolab.keys import Key
from menolab.records import Demonstration, Problem, Verdict
from menolab.tasks.countdown_solver import MAX_NUMBERS, Ratio, derivations, solutions, tally
from menolab.tasks.countdown_traces import STYLES
from menolab.tasks.mixture import check_mixture, choose_style
from menolab.tasks.task import Task
from menolab.verifiers.expression import ArithmeticTarget
from menolab.verifiers.extract import response
from menolab.verifiers.verifier import Verifier

NAME = "countdown"
WORDINGS = ("short", "full")

_EXPRESSIONS_PER_NUMBERS = 300
_MOST_NUMBERS = 1000

_FULL = (
    "Using the numbers [{numbers}], create an equation that equals {target}. You can use basic arithmetic operations ({operations}) and each "
    "number must be used exactly once. Show your work in <think> </think> tags, and return the final answer in <answer> </answer> tags, for "
    "example <answer>(1 + 2) / 3</answer>."
)


def countdown_problem(numbers: tuple[int, ...], target: int, *, operations: str = "+-*/", wording: str = "short") -> Problem:
    """The problem of reaching `target` with `numbers`, each used once, whoever made it: same content, same id.

    Its difficulty is -log2 of the share of all expressions over the numbers that hit the target (bits of luck). Its answer is the first
    solution whose steps stay natural, or the first of all.

    Raises:
        BadInput: it has no solution, or too many numbers to tell.
    """
    if not 2 <= len(numbers) <= MAX_NUMBERS:
        raise BadInput("numbers", numbers, f"give 2 to {MAX_NUMBERS} numbers")
    answer = next((d.expression for d in derivations(numbers, operations) if d.value == target), None)
    answer = answer or next(solutions(numbers, target, operations), None)
    if answer is None:
        raise BadInput("target", target, f"cannot be reached with {', '.join(map(str, numbers))}")
    if wording == "short":
        prompt = f"{' '.join(map(str, numbers))} = {target}"
    else:
        prompt = _FULL.format(numbers=", ".join(map(str, numbers)), target=target, operations=", ".join(operations))
    return Problem(
        id=f"{' '.join(map(str, sorted(numbers)))} = {target}",
        task=NAME,
        prompt=prompt,
        answer=answer,
        difficulty=tally(numbers, target, operations).bits,
        facts={"numbers": list(numbers), "target": target, "operations": operations},
    )


@dataclass(frozen=True)
class Countdown(Task):
    """Random Countdown problems that have a solution.

    Numbers are uniform; the target is the value of a uniformly drawn expression over them that falls in the wanted range. Three numbers up to
    100 then give what the published 256 problems show: nine of ten solvable by sums and differences alone, targets leaning to small ones.
    Source: Gandhi et al. 2024, "Stream of Search" (arXiv:2404.03683); prompt and rules of TinyZero.
    """

    catalogue = "countdown"
    paper = "arXiv:2404.03683"

    numbers: int = 3
    smallest: int = 1
    largest: int = 100
    smallest_target: int = 1
    largest_target: int = 100
    operations: str = "+-*/"
    wording: str = "short"
    """"short" ("30 100 93 = 23") for tiny models, "full" for pretrained ones."""
    styles: tuple[str, ...] = ("guess", "tries", "goal")
    weights: tuple[float, ...] = (0.4, 0.3, 0.3)
    """How often each style of demonstration is written. Mostly short and often wrong leaves reinforcement a style to choose."""
    verifier: Verifier = ArithmeticTarget(strict=True)

    def __post_init__(self) -> None:
        check_range("numbers", self.numbers, 2, MAX_NUMBERS)
        check_range("smallest", self.smallest, 1)
        check_range("largest", self.largest, self.smallest)
        check_range("smallest_target", self.smallest_target, 1)
        check_range("largest_target", self.largest_target, self.smallest_target)
        if not self.operations or set(self.operations) - set("+-*/") or len(set(self.operations)) != len(self.operations):
            raise BadInput("operations", self.operations, "some of +-*/, each once")
        if self.wording not in WORDINGS:
            raise BadInput("wording", self.wording, f"one of {', '.join(WORDINGS)}")
        check_mixture(self.styles, self.weights, STYLES)

    @property
    def name(self) -> str:
        return NAME

    def __call__(self, key: Key) -> Problem:
        """One problem. Three numbers take 0.2 ms, four 2 ms, five 0.1 s.

        Raises:
            RunFailed: no target in the range could be reached.
        """
        random = key.random()
        drawn = self.operations + "".join(o for o in self.operations if o in "-/")  # twice, once for each order of their sides
        for _ in range(_MOST_NUMBERS):
            numbers = tuple(random.randint(self.smallest, self.largest) for _ in range(self.numbers))
            for _ in range(_EXPRESSIONS_PER_NUMBERS):
                value = _random_value(numbers, drawn, random)
                if value is not None and self.smallest_target <= value <= self.largest_target:
                    return countdown_problem(numbers, value, operations=self.operations, wording=self.wording)
        raise RunFailed(f"countdown: found no target from {self.smallest_target} to {self.largest_target} in {_MOST_NUMBERS} draws; widen the ranges")

    def verify(self, problem: Problem, text: str) -> Verdict:
        return self.verifier(problem, text)

    def demonstrate(self, problem: Problem, key: Key) -> Demonstration:
        """A worked response in one of the styles, right or wrong."""
        style = choose_style(self.styles, self.weights, key.fold("style"))
        return countdown_demonstration(problem, style, key.fold("trace"))


def countdown_demonstration(problem: Problem, style: str, key: Key) -> Demonstration:
    """A response to a Countdown problem in a named style (see `countdown_traces`)."""
    facts = problem.facts
    trace = STYLES[style](key.random(), tuple(facts["numbers"]), facts["target"], facts["operations"])
    return Demonstration(response(trace.thinking, trace.answer), style)


def _random_value(numbers: tuple[int, ...], operations: str, random: Random) -> int | None:
    """Value of an expression drawn by joining two of the parts at random until one is left; None if it is no integer.

    All expressions over three numbers are equally likely where - and / come twice in `operations`.
    """
    pool: list[Ratio] = [(n, 1) for n in numbers]
    while len(pool) > 1:
        p, q = pool.pop(_below(len(pool), random))
        r, s = pool.pop(_below(len(pool), random))
        operation = operations[_below(len(operations), random)]
        if operation == "+":
            p, q = p * s + r * q, q * s
        elif operation == "-":
            p, q = p * s - r * q, q * s
        elif operation == "*":
            p, q = p * r, q * s
        else:
            p, q = p * s, q * r
        if q == 0:
            return None
        pool.append((p, q))
    p, q = pool[0]
    return p // q if p % q == 0 else None


def _below(count: int, random: Random) -> int:
    """The number that `random.randrange(count)` gives, without its checks: a problem takes dozens of draws, which were half of its time."""
    bits = count.bit_length()
    while (drawn := random.getrandbits(bits)) >= count:
        pass
    return drawn
