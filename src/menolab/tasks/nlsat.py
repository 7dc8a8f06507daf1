"""Satisfiability in plain English."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from random import Random
from typing import Any

from menolab.errors import BadInput, check_range
from menolab.keys import Key
from menolab.records import Demonstration, Problem, Verdict, right, undecided, wrong
from menolab.tasks.mixture import check_mixture, choose_style
from menolab.tasks.published import content_id
from menolab.tasks.satisfiability import Clause, random_clauses, satisfies, solve
from menolab.tasks.task import Task
from menolab.verifiers.answer import AnswerVerifier
from menolab.verifiers.extract import response
from menolab.verifiers.verifier import Verifier

NAME = "nlsat"
ASKED = ("case", "label")
STYLES = ("search", "direct")
CONSISTENT, INCONSISTENT, NONE = "consistent", "inconsistent", "none"
WIDTH = 3

PROPERTIES = (
    "red", "big", "round", "kind", "young", "cold", "smart", "rough", "green", "quiet", "blue", "furry", "nice", "white", "sad", "strong", "old", "tall",
    "brave", "shiny", "clean", "wild", "proud", "calm", "fast", "soft", "loud", "tame", "odd", "shy",
)  # fmt: skip
ANIMALS = ("dog", "cat", "bear", "lion", "mouse", "rabbit", "squirrel", "tiger", "cow", "eagle")

_SPLIT = re.compile(r"[,;\n]+|\band\b")
_CLAIM = re.compile(r"(?:the \w+ (?:is|has) )?(?:(not) )?([a-z]+)")


@dataclass(frozen=True)
class Consistency(AnswerVerifier):
    """Right if the answer describes a case in which every rule holds, or says "inconsistent" where a complete solver finds none.

    Reads `facts["properties"]` and `facts["clauses"]` (literals: k for the k-th property, -k for its absence). The answer lists the properties that hold, "not
    big" may be said of others, and "none" is a case too; where `facts["asked"]` is "label" it is the word "consistent" or "inconsistent". No case is stored.
    """

    def judge(self, problem: Problem, answer: str) -> Verdict:
        """The verdict on an extracted answer."""
        try:
            properties, clauses = list(problem.facts["properties"]), tuple(tuple(map(int, clause)) for clause in problem.facts["clauses"])
        except (KeyError, TypeError, ValueError) as error:
            return undecided("gold", f"the problem has no properties and clauses ({error})", answer)
        said = " ".join(answer.lower().rstrip(".").split())
        if said in (CONSISTENT, INCONSISTENT):
            if said == CONSISTENT and problem.facts.get("asked") != "label":
                return wrong("parse", "names no case", answer)
            truth = CONSISTENT if solve(len(properties), clauses).assignment else INCONSISTENT
            return right("solve", f"the rules are {truth}", answer) if said == truth else wrong("solve", f"the rules are {truth}", answer)
        if problem.facts.get("asked") == "label":
            return wrong("parse", f"neither {CONSISTENT} nor {INCONSISTENT}", answer)
        held = _case(said if "\n" not in answer else answer.lower(), properties)
        if isinstance(held, str):
            return wrong("parse", held, answer)
        broken = next((i for i, clause in enumerate(clauses, 1) if not satisfies(held, (clause,))), None)
        return wrong("rules", f"rule {broken} does not hold", answer) if broken else right("rules", "every rule holds", answer)


def _case(said: str, properties: Sequence[str]) -> list[bool] | str:
    """Which properties hold, or why the text does not say."""
    claims: dict[str, bool] = {}
    for part in filter(None, (" ".join(part.strip(" .*").split()) for part in _SPLIT.split(said))):
        match = _CLAIM.fullmatch(part)
        if part == NONE and not claims:
            continue
        if match is None or match.group(2) not in properties:
            return f"{part[:30]!r} is none of the properties"
        if claims.setdefault(match.group(2), not match.group(1)) == bool(match.group(1)):
            return f"says both that it is {match.group(2)} and that it is not"
    return [claims.get(name, False) for name in properties] if said.strip() else "says nothing"


@dataclass(frozen=True)
class NLSat(Task):
    """Can all rules hold at once? Random 3-SAT near the threshold, each clause written as "If the dog is not red and the dog is big then the dog is kind".

    At `ratio` 4.7 clauses a variable about half of the problems can be satisfied for 5 to 16 properties (the threshold for large numbers is 4.27; small
    ones lie above it), and a complete solver works hardest there. Difficulty is the solver's number of decisions. The paper asks for the label alone
    (`asked="label"`, chance 1/2); asked for a case, the answer is checked against the rules.
    Source: Richardson and Sabharwal 2022, "Pushing the Limits of Rule Reasoning in Transformers through Natural Language Satisfiability"
    (arXiv:2112.09054), the Grounded Rule Language; the sizes 5 to 12 and the numbers of clauses are those of the authors' generate_raw_sat.sh. Left out: the
    Relative Clause Fragment, the interpolation with 2-SAT, the retrofitted RuleTaker theories.
    """

    catalogue = "nlsat"
    paper = "arXiv:2112.09054"

    fewest: int = 5
    """Properties, from `fewest` to `most`, uniform."""
    most: int = 8
    ratio: float = 4.7
    """Rules a property."""
    asked: str = "case"
    """"case": the properties of a case in which all rules hold, or "inconsistent"; "label": "consistent" or "inconsistent"."""
    verifier: Verifier = Consistency(strict=True)
    styles: tuple[str, ...] = STYLES
    weights: tuple[float, ...] = (0.8, 0.2)

    def __post_init__(self) -> None:
        check_range("fewest", self.fewest, WIDTH + 1)
        check_range("most", self.most, self.fewest, len(PROPERTIES))
        check_range("ratio", self.ratio, 1.0, 8.0)
        if self.asked not in ASKED:
            raise BadInput("asked", self.asked, f"one of {', '.join(ASKED)}")
        check_mixture(self.styles, self.weights, STYLES)

    @property
    def name(self) -> str:
        return NAME

    def __call__(self, key: Key) -> Problem:
        random = key.random()
        count = random.randint(self.fewest, self.most)
        properties, animal = random.sample(PROPERTIES, count), random.choice(ANIMALS)
        clauses = random_clauses(random, count, round(self.ratio * count), WIDTH)
        solved = solve(count, clauses)
        if self.asked == "label":
            answer = CONSISTENT if solved.assignment else INCONSISTENT
        else:
            answer = INCONSISTENT if solved.assignment is None else _held(solved.assignment, properties)
        facts: dict[str, Any] = {"properties": properties, "clauses": [list(clause) for clause in clauses], "animal": animal, "asked": self.asked}
        prompt = _prompt(random, properties, clauses, animal, self.asked)
        return Problem(_identity(properties, clauses), NAME, prompt, answer, float(solved.decisions), facts)

    def verify(self, problem: Problem, text: str) -> Verdict:
        return self.verifier(problem, text)

    def demonstrate(self, problem: Problem, key: Key) -> Demonstration:
        """"search": assume each property in turn, name the first rule that fails, go back; "direct": the answer alone."""
        style = choose_style(self.styles, self.weights, key)
        clauses = [tuple(clause) for clause in problem.facts["clauses"]]
        text = response("\n".join(search_trace(problem.facts["properties"], clauses)) if style == "search" else "", problem.answer)
        return Demonstration(text, style)


def _held(assignment: Sequence[bool], properties: Sequence[str]) -> str:
    return ", ".join(name for name, holds in zip(properties, assignment, strict=True) if holds) or NONE


def _identity(properties: Sequence[str], clauses: Sequence[Clause]) -> str:
    """The formula by the names of its properties, whatever the order of rules and of conditions and whichever literal is the conclusion."""
    return content_id(*sorted(" ".join(sorted(f"{'' if v > 0 else '-'}{properties[abs(v) - 1]}" for v in clause)) for clause in clauses))


def _prompt(random: Random, properties: Sequence[str], clauses: Sequence[Clause], animal: str, asked: str) -> str:
    rules = "\n".join(f"{i}. {in_words(random, clause, properties, animal)}" for i, clause in enumerate(clauses, 1))
    if asked == "label":
        wanted = f"answer {CONSISTENT} or {INCONSISTENT}"
    else:
        wanted = (
            f"list the properties that the {animal} has in such a case, separated by commas ({NONE} if it has none), or the word {INCONSISTENT} if there is no "
            "such case,"
        )
    return (
        f"The {animal} has or lacks each of these properties: {', '.join(properties)}. Can all of these rules hold at once?\n{rules}\n"
        f"Think in <think> </think> tags, then {wanted} in <answer> </answer> tags."
    )


def in_words(random: Random, clause: Clause, properties: Sequence[str], animal: str) -> str:
    """A clause as a rule: one of its literals is the conclusion, the others are denied in the conditions."""
    *conditions, conclusion = random.sample(clause, len(clause))

    def said(literal: int) -> str:
        return f"the {animal} is {'' if literal > 0 else 'not '}{properties[abs(literal) - 1]}"

    return f"If {' and '.join(said(-literal) for literal in conditions)} then {said(conclusion)}."


def search_trace(properties: Sequence[str], clauses: Sequence[Clause]) -> list[str]:
    """A depth-first search, a line an assumption: ``red, not big`` (nothing fails yet) or ``red, not big: rule 7 fails``."""
    lines: list[str] = []

    def search(assumed: list[bool]) -> bool:
        if len(assumed) == len(properties):
            return True
        for value in (True, False):
            tried = [*assumed, value]
            settled = ((i, c) for i, c in enumerate(clauses, 1) if max(map(abs, c)) <= len(tried))
            failing = next((i for i, clause in settled if not satisfies(tried, (clause,))), None)
            shown = ", ".join(f"{'' if held else 'not '}{name}" for name, held in zip(properties, tried, strict=False))
            lines.append(shown if failing is None else f"{shown}: rule {failing} fails")
            if failing is None and search(tried):
                return True
        return False

    search([])
    return lines
