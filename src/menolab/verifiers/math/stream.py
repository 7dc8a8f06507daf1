"""Tokens, one after the other: what every part of the parser reads from."""

from __future__ import annotations

import abc

from menolab.verifiers.math.lexer import END, Token
from menolab.verifiers.math.terms import MAX_DEPTH, Term, Unreadable


class Stream(abc.ABC):
    """A position in the tokens of an answer. `depth` bounds the recursion, `brackets` tells lists inside brackets from thousands."""

    def __init__(self, found: list[Token], grouped: bool):
        self.tokens, self.at, self.depth, self.brackets, self.grouped = found, 0, 0, 0, grouped
        self.bars = 0
        """Absolute values that are open: there a bar closes."""

    @abc.abstractmethod
    def answer(self) -> Term:
        """A single item, or a list of them."""

    @abc.abstractmethod
    def item(self) -> Term:
        """One of them."""

    @abc.abstractmethod
    def sum(self) -> Term:
        """A scalar."""

    def peek(self, ahead: int = 0) -> Token:
        """The next token, or a later one."""
        return self.tokens[self.at + ahead] if self.at + ahead < len(self.tokens) else END

    def take(self, *texts: str) -> str:
        """The next token's text if it is one of `texts`, which is then passed; otherwise nothing."""
        token = self.peek()
        if token.text in texts and token.kind != "text":
            self.at += 1
            return token.text
        return ""

    def need(self, text: str) -> None:
        """Pass `text`.

        Raises:
            Unreadable: something else comes next.
        """
        if not self.take(text):
            raise Unreadable(f"{text!r} is missing" if self.peek() is END else f"{self.peek().text[:20]!r} where {text!r} is wanted")

    def money(self) -> str:
        """The unit of a sign of money that comes next, which is passed; otherwise nothing."""
        token = self.peek()
        self.at += token.kind == "money"
        return token.text if token.kind == "money" else ""

    def at_sign(self, *signs: str) -> bool:
        """Whether a sign comes next that is one of `signs`."""
        return self.peek().kind == "sign" and self.peek().text in signs

    def descend(self) -> None:
        """One level of nesting more; who calls it takes it off `depth` again.

        Raises:
            Unreadable: too many.
        """
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise Unreadable(f"nested deeper than {MAX_DEPTH}")
