r"""Scalars: sums, products, powers, functions, fractions, roots.

    sum      := ["+" | "-" | "±"] product (("+" | "-" | "±" | "∓") product)*
    product  := power (("*" | "/" | nothing) power)*        from left to right: a/bc is (a/b)c
    power    := atom ("!" | "°" | "%" | "_" arg | "'")* ["^" arg]
    atom     := number | letter | "(" answer ")" | "{" sum "}" | "|" sum "|" | \frac | \sqrt | function | matrix ...
"""

from __future__ import annotations

from fractions import Fraction

from menolab.verifiers.math.building import applied, over, raised, times
from menolab.verifiers.math.enclosures import Enclosures
from menolab.verifiers.math.lexer import END, FUNCTIONS, Token
from menolab.verifiers.math.terms import (
    CONSTANTS,
    EMPTY,
    INFINITY,
    MAX_DIGITS,
    MINUS_ONE,
    ONE,
    Term,
    Unreadable,
    Unsupported,
    negative,
    number,
    quotient,
    replace,
    symbol,
    walk,
)  # fmt: skip

_INVERSE = {"sin": "arcsin", "cos": "arccos", "tan": "arctan", "cot": "arccot", "sec": "arcsec", "csc": "arccsc"}
_ALIASES = {"asin": "arcsin", "acos": "arccos", "atan": "arctan", "lg": "log"}
_CALLED = frozenset("fgFG")
"""Letters that are functions when a bracket follows: f(x) is no product, while h(a + b) and P(1 + r) mostly are."""


class Formulas(Enclosures):
    """The part of the grammar that writes one value."""

    def sum(self) -> Term:
        self.descend()
        terms = [self.signed(self.take("+", "-", "±", "∓"))]
        while sign := self.take("+", "-", "±", "∓"):
            terms.append(self.signed(sign))
        if len(terms) > 1 and any(term.head in ("set", "union") for term in terms):
            raise Unsupported("differences of sets are not read here")
        total = terms[0] if len(terms) == 1 else Term("+", tuple(terms))
        if self.take("over"):  # TeX's own fraction: all that stands before it in the group over all that follows
            total = over(total, self.sum())
        elif self.take("choose"):
            total = Term("binom", (total, self.sum()))
        self.depth -= 1
        return total

    def signed(self, sign: str) -> Term:
        if sign and self.peek().text in ("+", "-") and self.peek(1).text not in ("+", "-"):  # 3 + -2
            return self.signed_by(sign, self.signed(self.take("+", "-")))
        if money := self.money():
            return Term("quantity", (self.signed_by(sign, self.product()),), money)
        return self.signed_by(sign, self.product())

    def signed_by(self, sign: str, term: Term) -> Term:
        if sign in ("±", "∓"):
            return Term("pm", (term,), sign)
        if sign != "-":
            return term
        if term.head == "base":
            return term._replace(name=f"-{term.name}")
        if term.head == "quantity":
            return Term("quantity", (negative(term.args[0]),), term.name)
        return times(MINUS_ONE, term) if term.head == "matrix" else negative(term)

    def product(self) -> Term:
        result = self.power()
        while True:
            if self.take("*"):
                result = times(result, self.operand())
            elif self.take("/"):
                result = over(result, self.operand())
            elif self.take("mod", "pmod"):
                raise Unsupported("residues are not read here")
            elif self.begins_atom():
                if self.peek().kind in ("number", "grouped", "repeating"):
                    result = self.adjacent_number(result)
                else:
                    result = self.adjacent(result)
            else:
                return result

    def operand(self) -> Term:
        return negative(self.power()) if self.take("-") else self.power()

    def adjacent_number(self, left: Term) -> Term:
        """A number straight after something: 1 4/5 is mixed; (2)3 and x3 are products; 1 2 is nothing."""
        mixed = left.value is not None and left.value.denominator == 1 and self.peek().spaced and self.tokens[self.at - 1].kind == "number"
        top = self.power()
        if mixed and top.value is not None and top.value.denominator == 1 and self.take("/"):
            power = self.power()
            bottom = power.args[0] if power.head in ("quantity", "degree") else power
            if bottom.value is not None and bottom.value.denominator == 1 and 0 < top.value < bottom.value:
                assert left.value is not None
                whole = number(left.value + top.value / bottom.value)
                return whole if bottom is power else power._replace(args=(whole,))
        if left.value is not None and self.tokens[self.at - 2].text not in (")", "}"):
            raise Unreadable("two numbers side by side")
        return times(left, top)

    def adjacent(self, left: Term) -> Term:
        """A factor without a sign. A whole number before a proper fraction of whole numbers is a mixed number, never a product."""
        whole = left.value is not None and left.value.denominator == 1 and self.tokens[self.at - 1].kind in ("number", "grouped")
        fraction = self.peek().text == "frac"
        right = self.power()
        part = right.args[0] if right.head in ("quantity", "degree") else right  # 33 1/3 % is a third of one hundred, not 33 times 1/3 %
        if fraction and whole and part.value is not None:
            assert left.value is not None
            if part.value >= 1:
                raise Unsupported("a whole number before an improper fraction: a product or a mixed number")
            mixed = number(left.value + part.value)
            return mixed if part is right else right._replace(args=(mixed,))
        return times(left, right)

    def begins_atom(self) -> bool:
        token = self.peek()
        if token.kind in ("number", "grouped", "repeating", "letter"):
            return True
        if token.kind == "command":
            return token.text not in ("newrow", "end", "circ", "not", "choose", "over", "pmod")
        if token.kind == "word":
            return token.text in FUNCTIONS
        return token.kind == "sign" and (token.text in ("(", "[", "{", "lfloor", "lceil") or (token.text == "|" and not self.bars))

    def power(self) -> Term:
        base = self.atom()
        while True:
            if self.take("!"):
                if self.take("!"):
                    raise Unsupported("double factorials are not read here")
                base = Term("!", (base,))
            elif self.take("°"):
                base = Term("degree", (base,))
            elif self.take("%"):
                base = Term("quantity", (base,), "percent")
            elif self.take("'"):
                base = self.decorated(base, "'")
            elif self.at_sign("_"):
                self.at += 1
                base = self.subscript(base)
            elif self.at_sign("^"):
                self.at += 1
                if self.degree_sign():
                    base = Term("degree", (base,))
                elif self.take("'") or self.take("prime"):
                    base = self.decorated(base, "'")
                else:
                    return raised(base, self.exponent())
            else:
                return base

    def exponent(self) -> Term:
        """What stands after ``^``; towers group from the right."""
        self.descend()
        term = self.argument()
        if self.at_sign("^"):
            self.at += 1
            term = raised(term, self.exponent())
        self.depth -= 1
        return term

    def degree_sign(self) -> bool:
        if self.take("circ"):
            return True
        if self.peek().text == "{" and self.peek(1).text == "circ" and self.peek(2).text == "}":
            self.at += 3
            return True
        return False

    def decorated(self, base: Term, mark: str) -> Term:
        if base.head != "symbol":
            raise Unreadable(f"{mark} after what is no name")
        return symbol(base.name + mark)

    def subscript(self, base: Term) -> Term:
        """A number in a base, or a name with an index."""
        start = self.at
        braced = self.peek().text == "{"
        index = self.argument(names=True)
        said = "".join(token.text for token in self.tokens[start : self.at]) if braced else self.tokens[start].text
        if base.head == "symbol":
            return symbol(f"{base.name}_{said.strip('{}')}")
        if base.value is not None and index.value is not None:
            return Term("base", (index,), str(base.value))
        raise Unreadable("an index on what is neither a name nor a number")

    def argument(self, *, names: bool = False) -> Term:
        """What a command or ``^`` takes: braces, or one token. ``2^10`` is read as people mean it, with the whole number."""
        if self.take("{"):
            if names and self.peek().kind in ("text", "word"):
                self.at += 1
                self.need("}")
                return ONE
            brackets, self.brackets = self.brackets, 0
            bars, self.bars = self.bars, 0
            term = self.answer() if names else self.sum()
            self.brackets, self.bars = brackets, bars
            self.need("}")
            return term
        if self.take("-"):
            return negative(self.atom())
        if names and self.peek().kind in ("text", "word"):
            self.at += 1
            return ONE
        return self.atom()

    def digit_or_argument(self) -> Term:
        r"""``\frac12`` takes one digit at a time."""
        token = self.peek()
        if token.kind in ("number", "grouped") and len(token.text) > 1:
            if not token.text.isdigit():
                raise Unreadable("a fraction without braces")
            self.tokens[self.at : self.at + 1] = [Token("number", token.text[0]), Token("number", token.text[1:])]
        return self.argument()

    def atom(self) -> Term:
        token = self.peek()
        if token.kind in ("number", "grouped", "repeating"):
            return self.numeral(token)
        if token.kind == "letter":
            self.at += 1
            if self.peek().text == "(" and (token.text in _CALLED or self.value_in_brackets(token.text)):
                inner = self.enclosed("(")
                return Term("call", inner.args if inner.head == "bracket" else (inner,), token.text)
            return symbol(self.figure(token.text) if token.text in ("angle", "triangle") else token.text)
        if token.kind == "word" and token.text in FUNCTIONS:
            self.at += 1
            return self.function(token.text)
        if token.kind == "command":
            self.at += 1
            return self.command(token.text)
        if token.kind == "sign":
            return self.enclosed(token.text)
        raise Unreadable("something is missing" if token is END else f"unexpected {token.text[:20]!r}")

    def value_in_brackets(self, name: str) -> bool:
        """Whether a lone number in brackets comes next: I(0) is a value of I, since nobody writes a product with 0 so."""
        return name not in CONSTANTS and self.peek(1).kind == "number" and self.peek(2).text == ")" and self.peek(3).text != "^"

    def figure(self, name: str) -> str:
        r"""The name of ``\angle ABC``."""
        name += " "
        while self.peek().kind == "letter":
            name += self.peek().text
            self.at += 1
        return name

    def numeral(self, token: Token) -> Term:
        self.at += 1
        if token.kind == "repeating":
            return number(_repeating(token.text))
        if token.kind == "grouped":
            if self.brackets or not self.grouped:
                self.at -= 1
                parts = token.text.split(",")
                self.tokens[self.at : self.at + 1] = [t for part in parts for t in (Token("sign", ","), Token("number", part))][1:]
                return self.numeral(self.peek())
            return number(Fraction(token.text.replace(",", "")))
        mantissa, _, exponent = token.text.lower().rstrip(".").partition("e")
        if len(exponent) > 5 or len(mantissa) + abs(int(exponent or 0)) > MAX_DIGITS:
            raise Unreadable(f"a number of more than {MAX_DIGITS} digits")
        return number(Fraction(mantissa) * Fraction(10) ** int(exponent or 0))

    # ---- commands ----

    def function(self, name: str) -> Term:
        r"""``\sin 3x``, ``\sin^2 x``, ``\log_{10} 2``, ``\sqrt``-like words; a bracket holds exactly the argument."""
        base, exponent = number(10) if name == "lg" else None, None
        name = _ALIASES.get(name, name)
        while self.at_sign("_", "^"):
            if self.take("_"):
                base = self.argument()
            else:
                self.at += 1
                exponent = self.argument()
        inverse = exponent == MINUS_ONE and name in _INVERSE
        args = self.function_arguments(name)
        term = applied(_INVERSE[name] if inverse else name, args, base)
        return term if exponent is None or inverse else raised(term, exponent)

    def function_arguments(self, name: str) -> tuple[Term, ...]:
        token = self.peek()
        if token.text == "{{" and name in ("max", "min", "gcd", "lcm"):
            return self.enclosed("{{").args
        if token.text in ("(", "[", "{") and token.kind == "sign":
            inner = self.enclosed(token.text)
            inner = self.postfix(inner)
            return inner.args if inner.head == "bracket" else (inner,)
        self.descend()
        negated = bool(self.take("-"))
        result = self.power()
        while True:
            if self.take("/"):
                result = over(result, self.power())
            elif self.peek().kind == "word" or not self.begins_atom() or self.peek().text in ("(", "["):
                break
            else:
                result = times(result, self.power())
        self.depth -= 1
        return (negative(result) if negated else result,)

    def postfix(self, term: Term) -> Term:
        """A degree sign after a function's bracket belongs to the argument: sin(30)°."""
        if self.peek().text == "^" and (self.peek(1).text == "circ" or (self.peek(1).text == "{" and self.peek(2).text == "circ")):
            self.at += 1
            self.degree_sign()
            return Term("degree", (term,))
        return term

    def command(self, name: str) -> Term:
        if name == "frac":
            return quotient(self.digit_or_argument(), self.digit_or_argument())
        if name == "binom":
            return Term("binom", (self.digit_or_argument(), self.digit_or_argument()))
        if name == "sqrt":
            return self.root()
        if name == "emptyset":
            return EMPTY
        if name in ("overline", "bar", "vec", "hat", "widehat", "tilde", "overrightarrow", "dot", "ddot"):
            return self.accented(name)
        if name == "mathbb":
            return self.number_set()
        if name == "begin":
            return self.matrix()
        if name in ("sum", "prod"):
            return self.series(name)
        raise Unsupported(f"the notation \\{name} is not read here")

    def root(self) -> Term:
        order = number(2)
        if self.peek().text == "[":
            self.at += 1
            order = self.sum()
            self.need("]")
        if self.peek().text == "(":
            inner = self.enclosed("(")
        else:
            inner = self.digit_or_argument()
        return Term("root", (inner, order))

    def accented(self, name: str) -> Term:
        start = self.at
        name = {"overrightarrow": "vec", "widehat": "hat", "bar": "overline"}.get(name, name)
        self.argument()
        return symbol(f"{name} {''.join(token.text for token in self.tokens[start : self.at])}")

    def number_set(self) -> Term:
        self.need("{")
        letter = self.peek().text
        self.at += 1
        self.need("}")
        return Term("bracket", (negative(INFINITY), INFINITY), "()") if letter == "R" else symbol(f"set {letter}")

    def series(self, name: str) -> Term:
        r"""``\sum_{k=1}^{n} body``: args are the body and the limits, `name` is kept in the first of them."""
        limits = {}
        while self.at_sign("_", "^"):
            sign = self.take("_", "^")
            limits[sign] = self.braced_item()
        low = limits.get("_")
        if low is None or "^" not in limits or low.head != "relation" or low.name != "=" or low.args[0].head != "symbol":
            raise Unsupported("sums without limits of the form k = 1 to n are not read here")
        body = self.product()
        nested = max((int(node.name.partition(" ")[2]) for node in walk(body) if node.head == "symbol" and node.name.startswith("index ")), default=0)
        index = symbol(f"index {nested + 1}")  # a name of its own: sums over k and over i are one sum, and no i in them is imaginary
        return Term(name, (replace(body, lambda node: index if node == low.args[0] else None), index, low.args[1], limits["^"]))

    def braced_item(self) -> Term:
        if not self.take("{"):
            return self.atom()
        item = self.item()
        self.need("}")
        return item


def _repeating(text: str) -> Fraction:
    digits, _, period = text.partition("\\")
    period = "".join(c for c in period if c.isdigit())
    whole, _, fixed = digits.partition(".")
    head = int((whole or "0") + fixed)
    scale = 10 ** len(fixed)
    return Fraction(head, scale) + Fraction(int(period), scale * (10 ** len(period) - 1))
