r"""Tokens of a cleaned answer."""

from __future__ import annotations

import re
from typing import NamedTuple

from menolab.verifiers.math.terms import MAX_DIGITS, MAX_TOKENS, Unreadable, Unsupported
from menolab.verifiers.math.units import BARE


class Token(NamedTuple):
    """`kind` is number, grouped (1,234), repeating (0.(3)), letter, text, command, sign, word (and, or, function names) or end."""

    kind: str
    text: str
    spaced: bool = False
    """Whether white space stands before it."""


END = Token("end", "")

FUNCTIONS = frozenset((
    "sin", "cos", "tan", "cot", "sec", "csc", "sinh", "cosh", "tanh", "coth", "arcsin", "arccos", "arctan", "arccot", "arcsec", "arccsc", "asin",
    "acos", "atan", "ln", "log", "lg", "exp", "max", "min", "gcd", "lcm", "sqrt", "abs", "sgn", "det", "deg", "arg", "Re", "Im",
))  # fmt: skip
MONEY = {"dollar": "dollar", "pounds": "£", "euro": "euro", "yen": "yuan", "rupee": "rupee", "$": "dollar", "€": "euro", "£": "£", "¥": "yuan", "₹": "rupee"}
"""Command or sign -> unit of money, which may stand before its number."""
NAMES = {"pi": "pi", "infinity": "oo", "infty": "oo", "inf": "oo", "oo": "oo"}
_JOINERS = frozenset(("and", "or"))
_CAPITALISED = re.compile("[A-Z][a-z][a-z]")
"""A short name: Bob, Ann, Mon."""
_WORDS = frozenset(("yes", "no", "per", "is", "are", "true", "false", "odd", "none", "dne", "all"))
"""Words too short to be told from a product of variables by their length."""
_GREEK = frozenset((
    "alpha", "beta", "gamma", "delta", "epsilon", "varepsilon", "zeta", "eta", "theta", "vartheta", "iota", "kappa", "lambda", "mu", "nu", "xi",
    "rho", "varrho", "sigma", "tau", "upsilon", "phi", "varphi", "chi", "psi", "omega", "Gamma", "Delta", "Theta", "Lambda", "Xi", "Pi", "Sigma",
    "Upsilon", "Phi", "Psi", "Omega", "ell", "hbar", "odot", "mho", "angle", "triangle", "square", "prime", "aleph", "partial", "star",
))  # fmt: skip
_SIGNS = {
    "times": "*", "cdot": "*", "ast": "*", "div": "/", "pm": "±", "mp": "∓", "le": "<=", "leq": "<=", "leqslant": "<=", "lt": "<", "ge": ">=", "geq":
    ">=", "geqslant": ">=", "gt": ">", "ne": "!=", "neq": "!=", "approx": "≈", "simeq": "≈", "cup": "∪", "bigcup": "∪", "in": "∈", "ldots": "…",
    "dots": "…", "cdots": "…", "dotsc": "…", "dotsb": "…", "lbrace": "{{", "rbrace": "}}", "lfloor": "lfloor", "rfloor": "rfloor", "lceil": "lceil",
    "rceil": "rceil", "langle": "<<", "rangle": ">>", "vert": "|", "lvert": "|", "rvert": "|", "mid": "|", "degree": "°", "colon": ":", "land": "and",
    "lor": "or", "lbrack": "[", "rbrack": "]", "wedge": "and", "vee": "or", "equiv": "≡", "bmod": "mod", "setminus": "∖", "backslash": "∖", "cap":
    "∩",
}  # fmt: skip
_WRAPPERS = frozenset((
    "text", "textbf", "textit", "textrm", "textnormal", "textsf", "texttt", "mathrm", "mathbf", "mathit", "mathsf", "mathtt", "mbox", "operatorname",
    "hbox", "rm", "bf", "it", "boldsymbol", "bm", "mathcal",
))  # fmt: skip
_KEPT = frozenset((
    "frac", "sqrt", "binom", "overline", "bar", "dot", "vec", "hat", "widehat", "tilde", "overrightarrow", "ddot", "begin", "end", "newrow",
    "pmod", "mathbb", "circ", "sum", "prod", "int", "not", "over",
))  # fmt: skip
_UNSUPPORTED = frozenset((
    "lim", "limsup", "liminf", "sup", "iint", "iiint", "oint", "bigcap", "perp", "parallel", "cong", "sim", "to", "rightarrow", "Rightarrow",
    "leftarrow", "leftrightarrow", "implies", "iff", "forall", "exists", "nexists", "nabla", "oplus", "otimes", "underbrace", "overbrace", "stackrel",
    "substack", "mathscr", "mathfrak", "nmid", "subset", "subseteq", "supset", "supseteq", "notin", "vdots", "ddots", "dim", "ker", "hom", "Pr", "mapsto",
    "longrightarrow", "propto", "ll", "gg", "lll", "asymp", "doteq", "overset", "underset", "widetilde", "cancel", "phantom", "dagger",
    "arctanh", "arcsinh", "arccosh", "Vert", "lVert", "rVert", "top", "bot", "neg", "lnot", "sqcup", "sqcap", "uplus",
    "circledcirc", "bullet", "diamond", "triangleq", "coloneqq", "nsubseteq", "subsetneq", "because", "therefore", "cdotp", "prec", "succ", "eqref", "ref",
))  # fmt: skip
"""LaTeX that an answer may well hold, and whose meaning is not read here."""
_SAME = {
    "varphi": "phi", "varepsilon": "epsilon", "vartheta": "theta", "varrho": "rho",
    "dfrac": "frac", "tfrac": "frac", "cfrac": "frac", "dbinom": "binom", "tbinom": "binom", "surd": "sqrt", "varnothing": "emptyset", "rm": "text",
}  # fmt: skip

_TOKEN = re.compile(
    r"""(?P<space>\s+)
    |(?P<repeating>(?:[0-9]*\.[0-9]*)(?:\\overline|\\bar|\\dot)\s*\{?[0-9]+\}?)
    |(?P<grouped>(?<![0-9,.])[1-9][0-9]{0,2}(?:,[0-9]{3})+(?:\.[0-9]+)?(?![0-9]|,[0-9]))
    |(?P<number>(?:[0-9]+(?:\.[0-9]+|\.(?![.0-9]))?|\.[0-9]+)(?:[eE][+-]?[0-9]+(?![0-9A-Za-z^.]))?)
    |\\(?P<command>[A-Za-z]+)\*?
    |(?P<letters>[A-Za-z]+)
    |(?P<han>[\u4e00-\u9fff]+)
    |(?P<money>[€£¥₹])
    |\\(?P<escaped>[{}%|&#_])
    |(?P<sign><=|>=|!=|<>|==|:=|\*\*|\.\.\.+|[-+*/^_=<>()\[\]{}|,;:!'%&])
    """,
    re.VERBOSE,
)
_PLAIN_TEXT = re.compile(r"[^A-Za-z\\]*(?:(?:\b(?:and|or)\b|(?<![A-Za-z])[A-Za-z](?![A-Za-z]))[^A-Za-z\\]*)*")
"""Text that holds no words: numbers, lone letters, "and", "or"."""

_JOINED = re.compile(r"(.*[A-Za-z]),? (and|or)")
_NAMES_IN_ROW = re.compile(r"[A-Za-z]{3,20}(?:, [A-Za-z]{3,20})+(?:,? and [A-Za-z]{3,20})?|[A-Za-z]{3,20} and [A-Za-z]{3,20}")
_LETTERS_OF_UNITS = re.compile(r"(?:[msghLlNJWVKCAFTH](?: ?\^ ?-?[1-3])?[ /*]{0,2})+")
"""Marked-up letters that are units after a number: m, m/s^2, m s^-1."""
_WORDY = re.compile("[A-Za-z]{2}")
_COMMAND = re.compile(r"\\[A-Za-z]+")
_ABBREVIATION = re.compile(r"[A-Za-z]\.[A-Za-z]")


def tokens(text: str) -> list[Token]:
    r"""The tokens of a cleaned answer.

    Raises:
        Unsupported: a command whose meaning is not read here.
        Unreadable: a command that does not exist, a character that no answer holds, unbalanced braces of a text, too long.
    """
    found: list[Token] = []
    at, spaced = 0, False
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None:
            raise Unreadable(f"{text[at : at + 10]!r} is not mathematics")
        kind, piece, at = str(match.lastgroup), match.group(str(match.lastgroup)), match.end()
        if kind == "space":
            spaced = True
            continue
        name = _SAME.get(piece, piece) if kind == "command" else ""
        if name in _WRAPPERS:
            content, at = _argument(text, at)
            new = _text(content, found)
        elif kind == "command":
            new = [_command(name)]
        elif kind == "letters":
            new = _letters(piece, found, text, at)
        elif kind == "han":
            new = [Token("text", piece)]
        else:
            new = [_plain(kind, piece)]
        found += [new[0]._replace(spaced=spaced or new[0].spaced), *new[1:]] if new else []
        spaced = False
        if len(found) > MAX_TOKENS:
            raise Unreadable(f"longer than {MAX_TOKENS} symbols")
    return found


def _plain(kind: str, piece: str) -> Token:
    if kind in ("number", "grouped", "repeating") and len(piece) > MAX_DIGITS:
        raise Unreadable(f"a number of more than {MAX_DIGITS} digits")
    if kind == "escaped":
        return Token("sign", {"{": "{{", "}": "}}", "|": "||"}.get(piece, piece))
    if kind == "money":
        return Token("money", MONEY[piece])
    if kind == "sign":
        piece = {"**": "^", "==": "=", ":=": "=", "<>": "!="}.get(piece, "…" if piece.startswith("...") else piece)
    return Token(kind, piece)


def _command(name: str) -> Token:
    if name in MONEY:
        return Token("money", MONEY[name])
    if name in _SIGNS:
        sign = _SIGNS[name]
        return Token("word" if sign in ("and", "or", "mod") else "sign", sign)
    if name in _KEPT or name in FUNCTIONS or name == "choose":
        return Token("word" if name in FUNCTIONS and name != "sqrt" else "command", name)
    if name in _GREEK:
        return Token("letter", name)
    if name in NAMES:
        return Token("letter", NAMES[name])
    if name == "emptyset":
        return Token("command", name)
    if name in ("boxed", "fbox"):
        raise Unreadable("a box inside an answer")
    if name in _UNSUPPORTED:
        raise Unsupported(f"the notation \\{name} is not read here")
    raise Unreadable(f"no command is called \\{name[:20]}")


def _letters(run: str, before: list[Token], text: str, at: int) -> list[Token]:
    """A run of letters without markup: a unit after a number, a function, "and", a word, or a product of variables."""
    minutes = run in ("min", "deg") and _ends_number(before) and _stops(text, at)
    if (run in FUNCTIONS or run in _JOINERS or run == "mod") and not minutes:
        return [Token("command" if run == "sqrt" else "word", run)]
    if run in NAMES:
        return [Token("letter", NAMES[run])]
    if run == "USD":
        return [Token("money", "dollar")]
    if run.lower() in BARE and _ends_number(before) and _stops(text, at):
        return [Token("text", run)]
    if before and before[-1].kind == "text":
        return [Token("text", run)]
    if len(run) > 3 or run.lower() in _WORDS or _CAPITALISED.fullmatch(run):
        return _split(run) or [Token("text", run)]
    return [Token("letter", letter) for letter in run]


def _split(run: str) -> list[Token] | None:
    """A function or pi written against its argument: sinx, pir, xsqrt are left alone, but "sinx" and "pix" are common enough."""
    match = re.fullmatch(r"(arcsin|arccos|arctan|sin|cos|tan|ln|log|pi)([a-z])", run)
    if not match:
        return None
    head = Token("letter", "pi") if match.group(1) == "pi" else Token("word", match.group(1))
    return [head, Token("letter", match.group(2))]


def _ends_number(before: list[Token]) -> bool:
    return bool(before) and (before[-1].kind in ("number", "grouped") or before[-1].text in ("}", ")", "pi"))


def _stops(text: str, at: int) -> bool:
    """Whether a unit may end at `at`: before the end, a comma, a power, a slash or another word."""
    rest = text[at:].lstrip()
    return not rest or rest[0] in ",;^/)}" or rest.startswith(("per ", "and ", "or "))


def _argument(text: str, at: int) -> tuple[str, int]:
    """The braces' content that follows a command, or one character, and where it ends."""
    while at < len(text) and text[at].isspace():
        at += 1
    if at >= len(text):
        raise Unreadable("a text is missing")
    if text[at] != "{":
        return text[at], at + 1
    depth = 0
    for end in range(at, len(text)):
        depth += {"{": 1, "}": -1}.get(text[end], 0)
        if depth == 0:
            return text[at + 1 : end], end + 1
    raise Unreadable("a text is not closed")


def _text(content: str, before: list[Token]) -> list[Token]:
    """Tokens of marked-up text: mathematics if it holds no words, a function's name, or words."""
    stripped = " ".join(content.replace("{", "").replace("}", "").split())
    bare = stripped.strip(" ,.;")
    if not bare:
        return []
    if "\\" in content and not _WORDY.search(_COMMAND.sub(" ", content)):  # \mathbf{\frac12}: markup around a formula
        return tokens(content)
    if _ends_number(before) and _LETTERS_OF_UNITS.fullmatch(bare):
        return [Token("text", bare, True)]
    if bare == "min" and _ends_number(before):
        return [Token("text", bare, True)]
    if bare in FUNCTIONS or bare.lower() in _JOINERS or bare == "mod":
        return [Token("word", bare if bare in FUNCTIONS else bare.lower())]
    if len(bare) > 1 and bare in NAMES:
        return [Token("letter", NAMES[bare])]
    if bare[0].isdigit() or bare[0] in "-$":
        return tokens(stripped.strip(".;").replace("$", "\\dollar "))
    if _NAMES_IN_ROW.fullmatch(bare):
        parts = re.split(", ?(?:and )?| and ", bare)
        return [token for part in parts for token in (Token("sign", ","), Token("text", part, True))][1:]
    if joined := _JOINED.fullmatch(bare):  # "7 \text{ apples and } 4 \\text{ pears}"
        return [Token("text", joined.group(1), True), Token("word", joined.group(2))]
    if _PLAIN_TEXT.fullmatch(stripped) and not _ABBREVIATION.search(bare):
        return [token for token in tokens(stripped.strip(".;")) if token.text]
    return [Token("text", stripped, True)]
