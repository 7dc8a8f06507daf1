"""What stands in brackets: groups, tuples, intervals, sets, absolute values, floors; and matrices."""

from __future__ import annotations

import abc

from menolab.verifiers.math.lexer import END
from menolab.verifiers.math.settle import interval_of
from menolab.verifiers.math.stream import Stream
from menolab.verifiers.math.terms import EMPTY, Term, Unreadable, Unsupported, variables

_ENVIRONMENTS = frozenset(("matrix", "pmatrix", "bmatrix", "Bmatrix", "array", "smallmatrix"))


class Enclosures(Stream):
    """The part of the grammar between opening and closing marks."""

    @abc.abstractmethod
    def argument(self, *, names: bool = False) -> Term:
        """What braces hold."""

    def enclosed(self, opening: str) -> Term:
        """Brackets of every kind: groups, tuples, intervals, sets, absolute values, floors."""
        if opening == "{":
            return self.argument()
        if opening in ("(", "[", "<<"):
            return self.bracket(opening)
        if opening == "{{":
            return self.set()
        if opening == "|" and not self.bars:
            return self.bar()
        if opening in ("lfloor", "lceil"):
            self.at += 1
            inner = self.sum()
            self.need("rfloor" if opening == "lfloor" else "rceil")
            return Term("floor" if opening == "lfloor" else "ceil", (inner,))
        if opening == "…":
            self.at += 1
            return Term("dots")
        raise Unreadable(f"unexpected {opening!r}")

    def bar(self) -> Term:
        self.at += 1
        self.bars += 1
        inner = self.sum()
        self.bars -= 1
        self.need("|")
        return Term("abs", (inner,))

    def bracket(self, opening: str) -> Term:
        self.at += 1
        self.brackets += 1
        bars, self.bars = self.bars, 0
        inner = self.answer()
        self.brackets -= 1
        self.bars = bars
        closing = self.take(")", "]", ">>")
        if not closing:
            raise Unreadable("a bracket is not closed")
        if inner.head == "list":
            return Term("bracket", inner.args, {"<<": "("}.get(opening, opening) + {">>": ")"}.get(closing, closing))
        if (opening, closing) not in (("(", ")"), ("[", "]")):
            raise Unreadable("brackets that do not match")
        if self.peek(-2 if self.at > 1 else 0).text == "," and opening == "(":
            return Term("bracket", (inner,), "()")
        return inner

    def set(self) -> Term:
        self.at += 1
        if self.take("}}"):
            return EMPTY
        if self.conditional():
            return self.described()
        self.brackets += 1
        inner = self.answer()
        self.brackets -= 1
        self.need("}}")
        return Term("set", inner.args if inner.head == "list" else (inner,))

    def described(self) -> Term:
        """The inequalities of {x | x < 1 or x > 3}, as members of a set.

        Raises:
            Unsupported: a condition that says no interval.
        """
        name = self.peek().text
        self.at += 1
        everywhere = not self.take("∈") or (self.peek().text == "mathbb" and self.peek(2).text == "R")
        while self.peek() is not END and self.peek().text not in ("|", ":"):
            self.at += 1
        self.at += 1
        parts = [self.item()]
        while self.take("or"):
            parts.append(self.item())
        if not everywhere or not self.take("}}") or any(interval_of(part) is None or variables(part) != {name} for part in parts):
            raise Unsupported("sets given by a condition other than inequalities are not read here")
        return Term("set", tuple(parts))

    def conditional(self) -> bool:
        """Whether a bar or colon divides the set whose brace was just taken: bars of absolute values come in pairs."""
        bars, at = 0, self.at
        while at < len(self.tokens) and self.tokens[at].text not in ("}}", "{{"):
            bars += self.tokens[at].text == "|"
            if self.tokens[at].text == ":":
                return True
            at += 1
        return bars % 2 == 1

    def matrix(self) -> Term:
        name = self.environment()
        if name not in _ENVIRONMENTS:
            raise Unsupported(f"the environment {name[:20]!r} is not read here")
        if name == "array" and self.peek().text == "{":
            while self.peek() is not END and not self.take("}"):
                self.at += 1
        self.brackets += 1
        rows, row = [], []
        while True:
            row.append(self.item())
            if self.take("&"):
                continue
            rows.append(Term("list", tuple(row)))
            row = []
            if self.take("newrow") and self.peek().text != "end":
                continue
            self.need("end")
            break
        self.brackets -= 1
        if self.environment() != name:
            raise Unreadable("an environment ends under another name")
        if len({len(r.args) for r in rows}) != 1:
            raise Unreadable("rows of different lengths")
        return Term("matrix", tuple(rows))

    def environment(self) -> str:
        self.need("{")
        name = ""
        while self.peek().kind in ("letter", "text", "word"):
            name += self.peek().text
            self.at += 1
        self.need("}")
        return name
