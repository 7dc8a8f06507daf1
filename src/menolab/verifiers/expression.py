"""Arithmetic expressions: parsed by hand, never evaluated as code."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from fractions import Fraction
from typing import ClassVar

from menolab.records import Problem, Verdict, right, undecided, wrong
from menolab.verifiers.answer import AnswerVerifier

MAX_CHARACTERS, MAX_DEPTH, MAX_DIGITS = 1000, 50, 20

_TOKEN = re.compile(r"\s*(?:([0-9]+)|([-+*/()=]))")
_REPLACED = (
    ("\u00d7", "*"), ("\u00b7", "*"), ("\u22c5", "*"), ("\u2217", "*"), (r"\times", "*"), (r"\cdot", "*"), ("\u00f7", "/"), ("\u2215", "/"),
    (r"\div", "/"), ("\u2212", "-"), ("\u2013", "-"), (r"\left", ""), (r"\right", ""), ("[", "("), ("]", ")"), ("$", ""), (r"\(", ""), (r"\)", ""),
)


class Unreadable(ValueError):
    """The text is not an arithmetic expression."""


Node = int | tuple[str, "Node", "Node"]
"""A parsed expression: a number, or an operator with its two sides. A leading minus is 0 - x under the operator "neg"."""


@dataclass(frozen=True)
class Expression:
    """A parsed expression, not yet evaluated."""

    tree: Node
    numbers: tuple[int, ...]
    """The numbers as written, in order."""
    operators: frozenset[str]
    stated: Fraction | None
    """What the writer says it equals ("... = 24"), None where nothing is said."""

    def value(self) -> Fraction:
        """The exact value.

        Raises:
            ZeroDivisionError: it divides by zero.
        """
        return _value(self.tree)


def _value(tree: Node) -> Fraction:
    if isinstance(tree, int):
        return Fraction(tree)
    operator, left, right_side = tree
    a, b = _value(left), _value(right_side)
    if operator == "+":
        return a + b
    if operator == "*":
        return a * b
    return a / b if operator == "/" else a - b  # "-" and "neg"


def parse(text: str) -> Expression:
    """Parse ``+ - * /`` and parentheses (also × · ÷ − and TeX's), with an optional tail ``= number``.

    Grammar: sum := product (("+" | "-") product)*;  product := atom (("*" | "/") atom)*;  atom := number | "(" sum ")" | "-" atom.

    Raises:
        Unreadable: anything else, or longer, deeper or with larger numbers than is ever needed.
    """
    if len(text) > MAX_CHARACTERS:
        raise Unreadable(f"longer than {MAX_CHARACTERS} characters")
    for old, new in _REPLACED:
        text = text.replace(old, new)
    return _Parser(_tokens(text)).whole()


def _tokens(text: str) -> list[str]:
    text = text.strip().rstrip(".")
    tokens, at = [], 0
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None:
            if not text[at:].strip():
                break
            raise Unreadable(f"{text[at:].strip()[:10]!r} is not arithmetic")
        if match.group(1) and len(match.group(1)) > MAX_DIGITS:
            raise Unreadable(f"a number of more than {MAX_DIGITS} digits")
        tokens.append(match.group(1) or match.group(2))
        at = match.end()
    return tokens


class _Parser:
    """Recursive descent over tokens, no deeper than `MAX_DEPTH`."""

    def __init__(self, tokens: list[str]):
        self.tokens, self.at, self.depth = tokens, 0, 0
        self.numbers: list[int] = []
        self.operators: set[str] = set()

    def whole(self) -> Expression:
        tree = self.sum()
        numbers, stated = tuple(self.numbers), None
        if self.take("="):
            negative = self.take("-")
            stated = Fraction(self.number()) * (-1 if negative else 1)
        if self.at != len(self.tokens):
            raise Unreadable(f"unexpected {self.tokens[self.at]!r}")
        return Expression(tree, numbers, frozenset(self.operators), stated)

    def sum(self) -> Node:
        tree = self.product()
        while operator := self.take("+", "-"):
            tree = (operator, tree, self.product())
        return tree

    def product(self) -> Node:
        tree = self.atom()
        while operator := self.take("*", "/"):
            tree = (operator, tree, self.atom())
        return tree

    def atom(self) -> Node:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise Unreadable(f"nested deeper than {MAX_DEPTH}")
        try:
            if self.take("-"):
                return ("neg", 0, self.atom())
            if not self.take("("):
                return self.number()
            tree = self.sum()
            if not self.take(")"):
                raise Unreadable("a parenthesis is not closed")
            return tree
        finally:
            self.depth -= 1

    def number(self) -> int:
        if self.at == len(self.tokens) or not self.tokens[self.at].isdigit():
            raise Unreadable("a number is missing")
        self.numbers.append(int(self.tokens[self.at]))
        self.at += 1
        return self.numbers[-1]

    def take(self, *wanted: str) -> str:
        if self.at < len(self.tokens) and self.tokens[self.at] in wanted:
            self.at += 1
            if self.tokens[self.at - 1] in "+-*/":
                self.operators.add(self.tokens[self.at - 1])
            return self.tokens[self.at - 1]
        return ""


@dataclass(frozen=True)
class ArithmeticTarget(AnswerVerifier):
    """Right if the answer is an expression over the given numbers whose exact value is the target (Countdown, Game of 24).

    Reads `facts["numbers"]`, `facts["target"]` and, where present, `facts["operations"]`, a string such as "+-". Without numbers or target the
    gold answer must be an expression, and its numbers and value are meant.
    """

    kinds: ClassVar[tuple[str, ...]] = ("expression", "countdown", "game24")
    use_all: bool = True
    """Every number exactly once; otherwise at most once."""

    def judge(self, problem: Problem, answer: str) -> Verdict:
        """The verdict on an extracted answer. Numbers are checked before anything is computed."""
        try:
            numbers, target = _rules(problem)
        except (ValueError, TypeError, ArithmeticError) as error:
            return undecided("gold", f"no numbers and target to check against ({error})", answer)
        try:
            expression = parse(answer)
        except Unreadable as error:
            return wrong("parse", str(error), answer)
        used = Counter(expression.numbers)
        if used - numbers or (self.use_all and numbers - used):
            return wrong("numbers", _difference(used, numbers, self.use_all), answer)
        if expression.operators - set(str(problem.facts.get("operations", "+-*/"))):
            return wrong("operations", "uses an operation that is not allowed", answer)
        try:
            value = expression.value()
        except ZeroDivisionError:
            return wrong("compare", "divides by zero", answer)
        if value != target:
            return wrong("compare", f"equals {value}, not {target}", answer)
        if expression.stated is not None and expression.stated != target:
            return wrong("compare", f"says that it equals {expression.stated}, not {target}", answer)
        return right("compare", f"equals {target}", answer)

    def readable(self, answer: str) -> bool:
        """Whether the gold answer is an expression with a value."""
        try:
            parse(answer).value()
        except (Unreadable, ZeroDivisionError):
            return False
        return True


def _rules(problem: Problem) -> tuple[Counter[int], Fraction]:
    facts = problem.facts
    gold = None if "numbers" in facts and "target" in facts else parse(problem.answer)
    numbers = [_whole(n) for n in facts["numbers"]] if gold is None or "numbers" in facts else list(gold.numbers)
    target = Fraction(_whole(facts["target"])) if gold is None or "target" in facts else gold.value()
    return Counter(numbers), target


def _whole(value: object) -> int:
    """A fact that is a whole number, as JSON or as text; anything else is an error, never rounded ("1e9999999" would not end)."""
    text = str(value).strip().removesuffix(".0")
    if isinstance(value, bool) or not re.fullmatch(rf"-?[0-9]{{1,{MAX_DIGITS}}}", text):
        raise ValueError(f"{str(value)[:40]!r} is no whole number of {MAX_DIGITS} digits or fewer")
    return int(text)


def _difference(used: Counter[int], numbers: Counter[int], use_all: bool) -> str:
    extra, missing = sorted((used - numbers).elements()), sorted((numbers - used).elements())
    said = [f"uses {', '.join(map(str, extra[:5]))} too often"] if extra else []
    said += [f"leaves out {', '.join(map(str, missing[:5]))}"] if missing and use_all else []
    return " and ".join(said)
