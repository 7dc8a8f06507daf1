r"""From tokens to a `Term`, by recursive descent: whole answers.

    answer   := item (("," | ";" | "and" | "or") item)*
    item     := union (("=" | "<" | "<=" | ">" | ">=" | "!=" | "≈" | "∈" | ":") union)*  [unit]
    union    := sum ("∪" sum)*

The grammar of a union's members is that of `formulas`. Text becomes data here and nowhere else; nothing is evaluated.
"""

from __future__ import annotations

import functools

from menolab.verifiers.math.building import times
from menolab.verifiers.math.clean import clean
from menolab.verifiers.math.formulas import Formulas
from menolab.verifiers.math.lexer import END, tokens
from menolab.verifiers.math.terms import INFINITY, Term, Unreadable, Unsupported, negative, number, symbol, variables
from menolab.verifiers.math.units import is_unit, read_unit

_REALS = Term("bracket", (negative(INFINITY), INFINITY), "()")
_SAID = {
    "all real numbers": _REALS, "all reals": _REALS, "all real values": _REALS, "all real x": _REALS, "the set of all real numbers": _REALS,
    "infinite": INFINITY, "infinitely many": INFINITY,
}  # fmt: skip
"""What words say in signs."""
MAX_HEAD = 24
"""Symbols of the longest head of a definition, f(x, y) or y_{p}(x), that is looked for."""
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
        label = self.label()
        if label is None and self.peek().kind == "text":
            return self.words(self.at)
        self.take("≈")
        start = self.at
        sides, signs = [label or self.defined("=") or self.side(start)], []
        if label is not None and self.take(":"):
            return Term("relation", (label, self.side(self.at)), "=")
        while self.at_sign(*RELATIONS):
            signs.append(self.take(self.peek().text))
            turned = self.defined("", ",", ";") if signs == ["="] and sides[0].head != "symbol" else None
            sides.append(turned or self.side(self.at))
        if not signs:
            if self.take(":"):
                parts = (sides[0], *self.ratio())
                return Term("ratio", parts, self.unit())
            return sides[0]
        return Term("relation", tuple(sides), " ".join(signs))

    def label(self) -> Term | None:
        """The name in words before a relation or colon ("Area = 5", "Total cost: 5"), which is passed; else None."""
        ahead = 0
        while self.peek(ahead).kind == "text":
            ahead += 1
        if not ahead or not (self.peek(ahead).text in RELATIONS or self.peek(ahead).text == ":"):
            return None
        self.at += ahead
        return symbol(" ".join(token.text for token in self.tokens[self.at - ahead : self.at]))

    def defined(self, *following: str) -> Term | None:
        """The function of x(t) = ..., y_p(x) = ... or f^{-1}(x) = ..., which is passed; anywhere else a letter before a bracket may be a factor.

        Args:
            following: what must come after it, "" for the end.

        It only looks ahead: what it parsed would be parsed again, and twice at every level is a bomb.
        """
        texts, at = [token.text for token in self.tokens[self.at : self.at + MAX_HEAD]], 1
        name = texts[0] if self.peek().kind == "letter" else ""
        if texts[at : at + 1] == ["_"]:
            end = texts.index("}") if texts[at + 1 : at + 2] == ["{"] and "}" in texts else at + 1
            name, at = f"{name}_{''.join(texts[at + 1 : end + 1]).strip('{}')}", end + 1
        while texts[at : at + 1] == ["'"]:
            name, at = f"{name}'", at + 1
        if texts[at : at + 5] == ["^", "{", "-", "1", "}"]:
            name, at = f"{name}^-1", at + 5
        end = texts.index(")", at) if name and texts[at : at + 1] == ["("] and ")" in texts[at:] else -1
        args, commas = self.tokens[self.at + at + 1 : self.at + end : 2], set(texts[at + 2 : end : 2])
        if end < 0 or not args or any(token.kind != "letter" for token in args) or not commas <= {","} or "".join(texts[end + 1 : end + 2]) not in following:
            return None
        self.at += end + 1
        return Term("call", tuple(symbol(token.text) for token in args), name)

    def side(self, start: int) -> Term:
        """One side of a relation, with its unit. `start` is where the item began: if words follow that are no unit, it is all words."""
        if money := self.money():
            return Term("quantity", (self.union(),), self.more_unit(money))
        if self.peek().kind == "text" and self.peek(1) is END:
            self.at += 1
            return symbol(self.tokens[self.at - 1].text)
        if self.peek().kind == "text":
            return self.label() or self.words(self.at)
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
        if term.head == "quantity" and term.name == "percent":  # 15% of the total
            term, unit = term.args[0], f"percent {unit}"
        if term.head == "quantity" or term.head in ("list", "relation"):
            raise Unreadable("two units")
        return self.compound(Term("quantity", (term,), unit))

    def compound(self, first: Term) -> Term:
        """A quantity that may go on in a smaller unit of its kind: 3 hours 20 minutes, 3 dollars and 50 cents."""
        ahead = int(self.peek().text == "and")
        large, small = read_unit(first.name), read_unit(self.peek(ahead + 1).text)
        kind = self.peek(ahead).kind, self.peek(ahead + 1).kind
        if kind != ("number", "text") or not large.dims or large.dims != small.dims or large.unknown | small.unknown or small.factor >= large.factor:
            return first
        self.at += ahead
        rest = times(self.numeral(self.peek()), number(small.factor / large.factor))
        self.at += 1
        return self.compound(Term("quantity", (Term("+", (first.args[0], rest)),), first.name))

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
        if (lead := self.lead(start)) is not None:
            self.at = lead
            return self.item()
        if first.kind == "text" and rest and rest[0].text in (",", "and", "or") and all(t.kind == "text" or t.text in (",", "and", "or") for t in rest):
            self.at = start + 1  # a list of words
            return Term("text", (), first.text)
        self.at = len(self.tokens)
        said = " ".join(token.text for token in self.tokens[start:])[:2000]
        return _SAID.get(said.lower().strip(" ."), Term("text", (), said))

    def lead(self, start: int) -> int | None:
        """Where the value begins in "The largest n is 34" or "The value of f(x) is 5 cm"; None if that is not what stands from `start` on."""
        at = start
        while at < len(self.tokens) and (self.tokens[at].kind in ("text", "letter") or self.tokens[at].text in ("(", ")", "_", "{", "}")):
            at += 1
            said = self.tokens[at - 1]
            if said.kind == "text" and _leads_in(said.text) and self.tokens[start].text.lower() in ("the", "so", "thus", "hence", "therefore"):
                denied = any(_denies(token.text) for token in self.tokens[start:])
                return None if denied or at == len(self.tokens) or self.tokens[at].kind == "text" else at
        return None

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
    return bool(said) and said[-1] in ("is", "are", "equals", "be", "=", "exactly", "rs", "usd") and not _denies(text)


def _denies(text: str) -> bool:
    return not {"not", "never", "no"}.isdisjoint(text.lower().rstrip(" :").split())
