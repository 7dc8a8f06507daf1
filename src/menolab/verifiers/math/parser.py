r"""From tokens to a `Term`, by recursive descent: whole answers.

    answer   := item (("," | ";" | "and" | "or") item)*
    item     := union (("=" | "<" | "<=" | ">" | ">=" | "!=" | "≈" | "∈" | ":") union)*  [unit]
    union    := sum ("∪" sum)*

The grammar of a union's members is that of `formulas`. Text becomes data here and nowhere else; nothing is evaluated.
"""

from __future__ import annotations

import functools

from menolab.verifiers.math.clean import clean
from menolab.verifiers.math.formulas import Formulas
from menolab.verifiers.math.lexer import END, tokens
from menolab.verifiers.math.terms import Term, Unreadable, Unsupported, symbol, variables
from menolab.verifiers.math.units import is_unit, read_unit

RELATIONS = frozenset(("=", "<", "<=", ">", ">=", "!=", "≈", "∈", "≡"))


def parse(text: str, *, grouped: bool = True) -> Term:
    """The answer that `text` writes. Cached, since a gold answer is read for every response.

    Args:
        grouped: read 1,234 as one number; otherwise as two in a row.

    Raises:
        Unreadable: it is none (`Unsupported`: perhaps it is one).
    """
    result = _parse(text, grouped)
    if isinstance(result, Unreadable):
        raise type(result)(*result.args)  # a new one: what is cached must not collect tracebacks, nor be shared by threads
    return result


@functools.lru_cache(maxsize=8192)
def _parse(text: str, grouped: bool) -> Term | Unreadable:
    try:
        parser = Parser(tokens(clean(text)), grouped)
        term = parser.answer()
        if parser.at != len(parser.tokens):
            raise Unreadable(f"unexpected {parser.tokens[parser.at].text[:20]!r}")
        return term
    except Unreadable as error:
        return error.with_traceback(None)
    except RecursionError:  # the caller's own stack was nearly used up
        return Unreadable("nested too deeply")


class Parser(Formulas):
    """Whole answers: lists, relations, quantities, words."""

    def answer(self) -> Term:
        """A single item, or a list of them."""
        items, joined = [self.item()], False
        while self.take(",", ";", "and", "or"):
            joined = True
            while self.take(",", ";", "and", "or"):
                pass
            if self.peek() is END:
                break
            items.append(self.item())
        return Term("list", tuple(items)) if joined and len(items) > 1 else items[0]

    def item(self) -> Term:
        """A union, a chain of relations, or words."""
        if self.peek().kind == "text" and self.peek(1).text not in RELATIONS:
            return self.words(self.at)
        self.take("≈")
        start = self.at
        sides, signs = [self.side(start)], []
        while self.at_sign(*RELATIONS):
            signs.append(self.take(self.peek().text))
            sides.append(self.side(self.at))
        if not signs:
            if self.take(":"):
                parts = (sides[0], *self.ratio())
                return Term("ratio", parts, self.unit())
            return sides[0]
        return Term("relation", tuple(sides), " ".join(signs))

    def side(self, start: int) -> Term:
        """One side of a relation, with its unit. `start` is where the item began: if words follow that are no unit, it is all words."""
        if money := self.money():
            return Term("quantity", (self.union(),), self.more_unit(money))
        if self.peek().kind == "text" and (self.peek(1).text in RELATIONS or self.peek(1) is END):
            self.at += 1
            return symbol(self.tokens[self.at - 1].text)
        if self.peek().kind == "text":
            return self.words(self.at)
        term = self.union()
        if money := self.money():
            return Term("quantity", (term,), money)
        if self.peek().kind != "text":
            return term
        unit = self.unit()
        if variables(term) and not _known(unit):
            return self.words(start)
        if not is_unit(unit):
            raise Unreadable(f"{unit[:30]!r} after a number is no unit")
        if term.head == "quantity" or term.head in ("list", "relation"):
            raise Unreadable("two units")
        return Term("quantity", (term,), unit)

    def more_unit(self, unit: str) -> str:
        """The words after a sum of money, which say nothing more ("$5 dollars") or what it buys ("$5 per hour")."""
        if self.peek().kind != "text":
            return unit
        more = self.unit()
        if not is_unit(more):
            raise Unreadable(f"{more[:30]!r} after a sum of money")
        return unit if read_unit(more) == read_unit(unit) else f"{unit} {more}"

    def unit(self) -> str:
        """The words, powers and slashes up to the next comma."""
        parts: list[str] = []
        while self.peek().kind == "text" or (parts and self.peek().text in ("/", "^", "*")):
            if self.peek().kind == "text":
                parts.append(self.peek().text)
                self.at += 1
            elif self.take("^"):
                parts.append(f"^{self.exponent_digits()}")
            elif self.take("/"):
                parts.append("/")
                if self.peek().kind == "letter":
                    parts.append(self.peek().text)
                    self.at += 1
            else:
                self.at += 1
        return " ".join(parts).replace(" ^", "^").replace(" /", "/").replace("/ ", "/")

    def exponent_digits(self) -> str:
        braces, sign = self.take("{"), self.take("-")
        digits = self.peek().text
        if self.peek().kind != "number" or not digits.isdigit():
            raise Unreadable("the power of a unit is no number")
        self.at += 1
        if braces:
            self.need("}")
        return sign + digits

    def words(self, start: int) -> Term:
        """All tokens from `start` to the end as words, unless mathematics follows a phrase such as "x is"."""
        first = self.tokens[start]
        rest = self.tokens[start + 1 :]
        if first.kind == "text" and rest and all(t.kind != "text" for t in rest) and _leads_in(first.text):
            self.at = start + 1
            return self.item()
        if first.kind == "text" and rest and rest[0].text in (",", "and", "or") and all(t.kind == "text" or t.text in (",", "and", "or") for t in rest):
            self.at = start + 1  # a list of words
            return Term("text", (), first.text)
        self.at = len(self.tokens)
        return Term("text", (), " ".join(token.text for token in self.tokens[start:])[:2000])

    def ratio(self) -> list[Term]:
        parts = [self.sum()]
        while self.take(":"):
            parts.append(self.sum())
        return parts

    def union(self) -> Term:
        """Sets and intervals, joined."""
        parts = [self.sum()]
        while self.take("∪"):
            parts.append(self.sum())
        if self.at_sign("∖", "∩"):
            raise Unsupported("differences and intersections of sets are not read here")
        return parts[0] if len(parts) == 1 else Term("union", tuple(parts))


def _known(unit: str) -> bool:
    read = read_unit(unit)
    return bool(read.dims) and not read.unknown


def _leads_in(text: str) -> bool:
    said = text.lower().rstrip(" :").split()
    return bool(said) and said[-1] in ("is", "are", "equals", "be", "=", "exactly", "rs", "usd") and not {"not", "never", "no"} & set(said)
