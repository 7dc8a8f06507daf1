"""The answers that a response tries on its way: what is stated, and for number puzzles every expression that is worked out."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from menolab.evaluation.votes import vote
from menolab.records import Problem
from menolab.tasks.task import Task, verify
from menolab.verifiers.expression import Unreadable, parse
from menolab.verifiers.extract import END_THINK, candidates, response

_RUN = re.compile(r"[0-9+\-*/() \t]+")
_RESULT = re.compile(r"=[ \t]*(-?[0-9]+)")
_BESIDE = re.compile(r"(?<=[0-9)])[ \t]+(?=[0-9(])")
_NUMBER = re.compile(r"[0-9]+")
_BREATH = 20
"""Characters between the ends of two statements of one answer."""


@dataclass(frozen=True)
class Try:
    """An answer that a response comes to, and what the verifier says of it."""

    end: int
    """Characters of the response up to its end."""
    answer: str
    label: str
    """right, wrong or undecided, as if it were the final answer."""
    vote: str | None
    """Canonical spelling: equal ones are one answer."""


def tried(task: Task, problem: Problem, text: str) -> tuple[Try, ...]:
    """All answers of a response in order, each judged as if it stood alone. A final answer that repeats the last one of the thinking is that one.

    Answers that are stated ("answer is x", boxes, answer tags) always count. Where the problem is to make a target from numbers (its facts have
    "numbers", or its gold answer is an expression), every expression over all of them that the thinking works out counts too.
    """
    stated = candidates(text)
    closed = text.rfind(END_THINK)
    thinking = text[:closed] if closed >= 0 else text
    worked = [(at, one) for at, one in expressions(numbers_of(problem), thinking) if not any(abs(at - e) <= _BREATH and one in a for e, a in stated)]
    found: list[Try] = []
    for end, answer in sorted([*stated, *worked]):
        verdict = verify(task, problem, response("", answer))
        one = Try(end, answer, verdict.label, vote(verdict))
        if not (found and end > closed >= found[-1].end and found[-1].vote == one.vote):
            found.append(one)
    return tuple(found)


def expressions(numbers: Sequence[int], text: str) -> list[tuple[int, str]]:
    """(where it ends, expression) for every expression over all the numbers that a text writes at once or step by step.

    "95-33=62 80-62=18" over 80, 33 and 95 is 80-(95-33): a step takes numbers that are there and puts its stated result in their place. A line break
    begins anew, and so does a step that takes given numbers again; one with other numbers is passed over. A stated
    result may be wrong; the expression is what was tried all the same. Linear in the text.
    """
    found: list[tuple[int, str]] = []
    fresh = [(n, str(n)) for n in numbers]
    pool, line = fresh, 0
    for end, written, result in statements(text):
        if text.count("\n", line, end):
            pool = fresh
        line = end
        fitted = _fitted(pool, written) or _fitted(fresh, written)
        if fitted is None:
            continue
        rest, expression = fitted
        if not rest:
            found.append((end, expression))
        # without a stated result there is nothing that a next step could take up
        pool = [*rest, (result, f"({expression})")] if rest and result is not None else fresh
    return found


def statements(text: str) -> Iterator[tuple[int, str, int | None]]:
    """The pieces of arithmetic in a text, none over a line's end: where each ends, what is written, and the result stated for it. Linear in the text."""
    at = 0
    while run := _RUN.search(text, at):
        pieces = [piece.strip("+-*/ \t") for piece in _BESIDE.split(run.group())]
        result = _RESULT.match(text, run.end())
        at = result.end() if result else run.end()
        for place, piece in enumerate(pieces, 1):
            spare = piece.count("(") - piece.count(")")  # brackets that belong to the sentence
            if spare < 0:
                piece = piece.removesuffix(")" * -spare)
            elif spare > 0:
                piece = piece.removeprefix("(" * spare)
            if set(piece) & set("+-*/"):
                yield at, piece, int(result.group(1)) if result and place == len(pieces) else None


def _fitted(pool: Sequence[tuple[int, str]], written: str) -> tuple[list[tuple[int, str]], str] | None:
    """What is left of the pool when a step has taken its numbers, and the step with what they stand for; None where they are not there."""
    try:
        parse(written)
    except Unreadable:
        return None
    left = list(reversed(pool))  # of two equal numbers the result is meant before the one that was given
    parts: list[str] = []
    at = 0
    for match in _NUMBER.finditer(written):
        place = next((i for i, (value, _) in enumerate(left) if value == int(match.group())), None)
        if place is None:
            return None
        parts += [written[at : match.start()], left.pop(place)[1]]
        at = match.end()
    return list(reversed(left)), "".join([*parts, written[at:]])


def numbers_of(problem: Problem) -> tuple[int, ...]:
    """The numbers of a number puzzle, empty for any other problem."""
    if "numbers" in problem.facts:
        return tuple(int(n) for n in problem.facts["numbers"])
    try:
        gold = parse(problem.answer)
    except Unreadable:
        return ()
    return gold.numbers if gold.operators else ()
