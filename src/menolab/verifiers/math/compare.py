"""Is this answer the gold one? Both are trees; the rules settle what mathematics leaves open."""

from __future__ import annotations

import math
import re
from dataclasses import replace
from itertools import pairwise

from menolab.verifiers.math import terms
from menolab.verifiers.math.match import Match, right, undecided, wrong
from menolab.verifiers.math.quantities import found_by, quantities
from menolab.verifiers.math.rules import Rules
from menolab.verifiers.math.settle import assigned, bare, interval_of, settle
from menolab.verifiers.math.symbolic import same, same_equation
from menolab.verifiers.math.terms import CONSTANTS, Term, minus, number, quotient, show, symbol, variables
from menolab.verifiers.math.units import read_unit

MAX_LIST = 64
"""Members of the longest list that is compared in any order."""
EMPTY_WORDS = frozenset((
    "no solution", "no solutions", "no real solution", "no real solutions", "none", "empty set", "the empty set", "there is no solution",
    "there are no solutions", "there is no real solution", "there are no real solutions", "无解", "无实数解", "没有解", "空集",
))  # fmt: skip
_FEW_WORDS = 4
"""A gold answer of more words than this could be said in other words, so another text is not called wrong."""


def compare(gold: Term, answer: Term, rules: Rules) -> Match:
    """The match of two whole answers."""
    wanted, _ = settle(gold, Rules(), lambda one, other: match(one, other, Rules()).right)
    if gold.head == "relation" != wanted.head:  # the gold is a chain itself, so another chain is no hedge
        rules = replace(rules, chain_may_stand=True)
    settled, refused = settle(answer, rules, lambda one, other: match(one, other, rules).right)
    return refused if refused is not None else match(wanted, settled, rules)


def match(gold: Term, answer: Term, rules: Rules) -> Match:
    """The match of two settled answers, by what they are."""
    if gold == answer:
        return right("identical", "the same")
    inside, regions = _conditions(gold), [interval_of(part) for part in _conditions(answer)]
    gold = Term("list", inside) if len(inside) > 1 else inside[0] if inside else gold
    answer = _joined(regions) if regions else answer
    for reading in (_texts, _relations, _empty, _unordered, _unions, _matrices, _brackets, _ratios, _bases):
        found = reading(gold, answer, rules)
        if found is not None:
            return found
    if gold.head in _STRUCTURES or answer.head in _STRUCTURES:
        return wrong("compare", f"a {_KINDS.get(answer.head, 'number')} where a {_KINDS.get(gold.head, 'number')} is wanted")
    return quantities(gold, answer, rules)


def _conditions(term: Term) -> tuple[Term, ...]:
    """The inequalities of a set that is given by them: {x | x < 1 or x > 3}."""
    return term.args if term.head == "set" and term.args and all(interval_of(part) is not None for part in term.args) else ()


def _joined(regions: list[Term | None]) -> Term:
    parts = [part for one in regions if one is not None for part in (one.args if one.head == "union" else (one,))]
    return parts[0] if len(parts) == 1 else Term("union", tuple(parts))


_KINDS = {
    "list": "list", "set": "set", "bracket": "tuple or interval", "union": "union", "matrix": "matrix", "relation": "relation", "text": "text",
    "ratio": "ratio", "base": "number in a base",
}  # fmt: skip
_STRUCTURES = frozenset((*_KINDS, "dots"))


def _texts(gold: Term, answer: Term, rules: Rules) -> Match | None:
    """Words. That a gold of words was matched word for word is settled before anything is parsed."""
    if gold.head != "text" and answer.head != "text":
        return None
    if (rules.no_solution_is_empty_set or gold.head == answer.head) and _nothing(gold) and _nothing(answer):
        return right("text", "no solution")
    if gold.head == "text" and answer.head == "text":
        said, wanted = _plain(answer.name), _plain(gold.name)
        if said == wanted:
            return right("text", "the same words")
    if gold.head == "text" and len(gold.name.split()) > _FEW_WORDS:
        return undecided("a long text could be said in other words")
    if gold.head == answer.head:
        return wrong("text", "other words")
    return wrong("text", "words where mathematics is wanted" if answer.head == "text" else "mathematics where words are wanted")


def _plain(words: str) -> str:
    said = " ".join(word for word in re.findall(r"[\w$%^+/-]+", words.casefold()) if word != "and")
    return "does not exist" if said == "dne" else said


def _nothing(term: Term) -> bool:
    return (term.head == "set" and not term.args) or (term.head == "text" and _plain(term.name) in EMPTY_WORDS)


def _empty(gold: Term, answer: Term, rules: Rules) -> Match | None:
    del rules
    if (gold.head == "set" and not gold.args) or (answer.head == "set" and not answer.args):
        return wrong("compare", "only one of them is the empty set")
    return None


def _relations(gold: Term, answer: Term, rules: Rules) -> Match | None:
    """Assignments, equations, inequalities, and inequalities against intervals."""
    if gold.head != "relation" and answer.head != "relation":
        return None
    one, other = assigned(gold), assigned(_same_arguments(gold, answer))
    if one and other and (one[0] == other[0] or _one_is_y(gold, answer)):
        return match(one[1], other[1], rules)
    if one and answer.head != "relation" and (_droppable(answer) or one[1].head == "set"):
        return match(one[1], answer, rules)
    if other and gold.head == "list" and other[1].head == "bracket":
        unnamed = rules.brackets_may_be_missing and not any(map(assigned, gold.args))
        return _in_order(gold.args, other[1].args, rules) if unnamed else _list_and_tuple(gold, other[1], rules)
    if other and gold.head != "relation" and _droppable(gold):
        return match(gold, other[1], rules)
    if answer.name == "=" and rules.value_may_be_named and gold.head not in _STRUCTURES and _stated(answer) is not None:
        return match(gold, answer.args[1], rules)
    if gold.head == answer.head == "relation":
        return _both_relations(gold, answer, rules)
    if gold.head == "relation" and answer.head in ("bracket", "union"):
        region = interval_of(gold)
        return match(region, answer, rules) if region is not None else wrong("compare", "an interval where a relation is wanted")
    if answer.head == "relation" and gold.head in ("bracket", "union") and (rules.inequality_for_interval or answer.name == "!="):
        region = interval_of(answer)
        return match(gold, region, rules) if region is not None else wrong("compare", "a relation where an interval is wanted")
    return wrong("compare", f"a {_KINDS.get(answer.head, 'value')} where a {_KINDS.get(gold.head, 'value')} is wanted") if not _lists(gold, answer) else None


def _same_arguments(gold: Term, answer: Term) -> Term:
    """The answer f(z) = z + a with the arguments that the gold one's function has, f(x) = x + a, unless its value holds their names already."""
    sides = [term.args[0] if term.head == "relation" else term for term in (gold, answer)]
    if any(side.head != "call" or not all(map(_letter, side.args)) for side in sides) or len(sides[0].args) != len(sides[1].args):
        return answer
    new = dict(zip((arg.name for arg in sides[1].args), sides[0].args, strict=True))
    if any(arg.name not in new and arg.name in variables(Term("list", answer.args[1:])) for arg in new.values()):
        return answer
    return terms.replace(answer, lambda node: new.get(node.name) if _letter(node) else None)


def _letter(term: Term) -> bool:
    return term.head == "symbol" and term.name not in CONSTANTS


def _one_is_y(gold: Term, answer: Term) -> bool:
    """Whether one side says y = x + 1 and the other f(x) = x + 1."""
    names = [relation.args[0] for relation in (gold, answer)]
    return {name.head for name in names} == {"call", "symbol"} and any(name == symbol("y") for name in names)


def _stated(relation: Term) -> Term | None:
    """The value of m + n in m + n = 42: of two or more names, which no equation could give a value each. x + 2 = 42 says that x is 40."""
    left, value = relation.args
    return value if len(variables(left)) > 1 and not variables(value) else None


def _lists(*terms: Term) -> bool:
    return any(term.head in ("list", "set") or (term.head == "bracket" and len(term.args) > 1) for term in terms)


def _droppable(other: Term) -> bool:
    return other.head not in ("list", "set") or len(other.args) == 1


def _both_relations(gold: Term, answer: Term, rules: Rules) -> Match:
    del rules
    one, other = _directed(gold), _directed(answer)
    if one is None or other is None or len(one) != len(other):
        a, b = interval_of(gold), interval_of(answer)
        if a is not None and b is not None:
            return match(a, b, Rules())
        return wrong("compare", "another chain of relations")
    stage = "exact"
    for (sign, left), (other_sign, right_side) in zip(one, other, strict=True):
        if sign != other_sign:
            return wrong("compare", f"{other_sign} where {sign} is wanted")
        found = same_equation(left, right_side, ordered=sign in ("<", "<="))
        if found.equal is None:
            return undecided(found.reason)
        if not found.equal:
            return wrong(found.stage, found.reason)
        stage = found.stage
    return right(stage, "the same relation")


def _directed(relation: Term) -> list[tuple[str, Term]] | None:
    """(sign, right - left) of each link, turned so that the sign is =, !=, < or <=. None where a side is no scalar."""
    signs = relation.name.split()
    if any(bare(side).head in _STRUCTURES for side in relation.args) or any(sign in ("∈", "≈", "≡") for sign in signs):
        return None
    links = []
    for sign, (left, right_side) in zip(signs, pairwise(bare(side) for side in relation.args), strict=True):
        if sign in (">", ">="):
            sign, left, right_side = sign.replace(">", "<"), right_side, left
        links.append((sign, minus(right_side, left)))
    links = links[::-1] if signs[0][0] == ">" else links  # 3 > x > -1 is -1 < x < 3
    return links if all(sign[0] == signs[0][0] for sign in signs) else None


def _unordered(gold: Term, answer: Term, rules: Rules) -> Match | None:
    """Lists and sets."""
    kinds = {gold.head, answer.head}
    if not kinds & {"list", "set"}:
        return None
    if kinds == {"list", "bracket"}:
        return _list_and_tuple(gold, answer, rules)
    if gold.head == "union" and answer.head == "list":
        parts = [interval_of(member) for member in answer.args]
        if rules.inequality_for_interval and None not in parts:
            return match(gold, Term("union", tuple(p for p in parts if p is not None)), rules)
        if all(member.head == "bracket" and len(member.args) == 2 for member in answer.args):
            return match(gold, Term("union", answer.args), rules)  # (1, 2) or (3, 4)
        return wrong("compare", "a list where a union of intervals is wanted")
    if gold.head == "list" and answer.head == "union":
        parts = [interval_of(member) or _point(member) for member in gold.args]
        if None not in parts:
            return match(_joined(parts), answer, rules)
    if not kinds <= {"list", "set"}:
        return _singleton(gold, answer, rules)
    ordered = (rules.order_matters and kinds == {"list"}) or _names_decide(gold, answer)
    if any(member.head == "dots" for member in (*gold.args, *answer.args)):
        return _dotted(gold, answer, rules)
    if ordered:
        return _in_order(gold.args, answer.args, rules)
    return _in_any_order(gold.args, answer.args, rules, distinct="set" in kinds)


def _names_decide(gold: Term, answer: Term) -> bool:
    """Whether the gold one says which value is whose, x = 1, y = 2, and the answer says only 1, 2. x_1 and x_2 are two values of one name."""
    names = [a[0].partition("_")[0] for a in map(assigned, gold.args) if a]
    return len(set(names)) == len(gold.args) > 1 and not any(map(assigned, answer.args))


def _point(relation: Term) -> Term | None:
    """The set of the one value that x = 1 leaves."""
    named = assigned(relation)
    return Term("set", (named[1],)) if named else None


def _singleton(gold: Term, answer: Term, rules: Rules) -> Match | None:
    """{5} for 5, and several values where one is wanted."""
    many, one = (gold, answer) if gold.head in ("list", "set") else (answer, gold)
    if len(many.args) == 1 and (rules.brackets_may_be_missing or many.head == "list"):
        return match(gold.args[0], answer, rules) if many is gold else match(gold, answer.args[0], rules)
    if many is gold and many.head == "list" and len(_distinct(many.args, rules)) == 1:
        return match(gold.args[0], one, rules)  # a gold that names one value in two ways
    return wrong("compare", "several answers where one is wanted" if many is answer else "one answer where several are wanted")


def _list_and_tuple(gold: Term, answer: Term, rules: Rules) -> Match:
    """x = 1, y = 2 for (1, 2), and 1, 2 for a gold (1, 2)."""
    listed, fixed = (gold, answer) if gold.head == "list" else (answer, gold)
    named = [assigned(member) for member in listed.args]
    names = [a[0] for a in named if a]
    if fixed.name == "()" and len(names) == len(listed.args) == len(set(names)):
        values = tuple(a[1] for a in sorted((a for a in named if a), key=lambda a: a[0]))
        return _in_order(fixed.args, values, rules) if fixed is gold else _in_order(values, fixed.args, rules)
    if fixed is gold and rules.brackets_may_be_missing and fixed.name == "()" and not names:
        return _in_order(gold.args, answer.args, rules)
    return wrong("compare", "a tuple where a list is wanted" if fixed is answer else "a list where a tuple is wanted")


def _dotted(gold: Term, answer: Term, rules: Rules) -> Match:
    """1, 2, ..., n: the first and the last member decide against; what the dots hide decides nothing."""
    for one, other in ((gold.args[0], answer.args[0]), (gold.args[-1], answer.args[-1])):
        if one.head == "dots" or other.head == "dots":
            continue
        found = match(one, other, rules)
        if found.label == "wrong":
            return wrong(found.stage, "another first or last member")
    if len(gold.args) == len(answer.args):
        found = _in_order(gold.args, answer.args, rules)
        if found.right:
            return found
    return undecided("what the dots stand for cannot be told")


def _in_order(gold: tuple[Term, ...], answer: tuple[Term, ...], rules: Rules) -> Match:
    if len(gold) != len(answer):
        return wrong("compare", f"{len(answer)} entries where {len(gold)} are wanted")
    worst = right("identical", "every entry is equal")
    for number_, (one, other) in enumerate(zip(gold, answer, strict=True), 1):
        found = match(one, other, rules)
        if found.label == "wrong":
            return wrong(found.stage, f"entry {number_}: {found.reason}")
        worst = found if found.label == "undecided" else worst if worst.label == "undecided" else right(found.stage, "every entry is equal")
    return worst


def _in_any_order(gold: tuple[Term, ...], answer: tuple[Term, ...], rules: Rules, *, distinct: bool) -> Match:
    """Members paired off. With `distinct`, repeated members count once."""
    if max(len(gold), len(answer)) > MAX_LIST:
        return _in_order(gold, answer, rules) if gold == answer else undecided(f"more than {MAX_LIST} members")
    if distinct:
        gold, answer = _distinct(gold, rules), _distinct(answer, rules)
    if len(gold) != len(answer):
        return wrong("compare", f"{len(answer)} members where {len(gold)} are wanted")
    if all(term.value is not None for term in (*gold, *answer)):
        same_values = sorted(t.value for t in gold if t.value is not None) == sorted(t.value for t in answer if t.value is not None)
        if same_values or not rules.tolerance:
            return right("exact", "the same members") if same_values else wrong("exact", "other members")
    left, unsure, stage = list(answer), False, "identical"
    for one in gold:
        for at, other in enumerate(left):
            found = match(one, other, rules)
            if found.right:
                stage = found.stage
                del left[at]
                break
            unsure |= found.label == "undecided"
        else:
            return undecided("a member could not be compared") if unsure else wrong("compare", f"the member {show(one)} is missing")
    return right(stage, "the same members")


def _distinct(members: tuple[Term, ...], rules: Rules) -> tuple[Term, ...]:
    kept: list[Term] = []
    for member in members:
        if not any(match(other, member, rules).right for other in kept):
            kept.append(member)
    return tuple(kept)


def _unions(gold: Term, answer: Term, rules: Rules) -> Match | None:
    if "union" not in (gold.head, answer.head):
        return None
    if gold.head != answer.head:
        return wrong("compare", "only one of them is a union")
    return _in_any_order(gold.args, answer.args, rules, distinct=True)


def _matrices(gold: Term, answer: Term, rules: Rules) -> Match | None:
    if "matrix" not in (gold.head, answer.head):
        return None
    if gold.head == answer.head:
        if [len(row.args) for row in gold.args] != [len(row.args) for row in answer.args]:
            return wrong("compare", "a matrix of another shape")
        return _in_order(_entries(gold), _entries(answer), rules)
    matrix, other = (gold, answer) if gold.head == "matrix" else (answer, gold)
    thin = len(matrix.args) == 1 or len(matrix.args[0].args) == 1
    if thin and rules.column_is_tuple and other.head == "bracket" and other.name in ("()", "[]"):
        return _in_order(_entries(gold), _entries(answer), rules)
    if other is answer and other.head == "bracket" and other.name == "[]" and all(row.head == "bracket" and row.name == "[]" for row in other.args):
        return match(gold, Term("matrix", tuple(Term("list", row.args) for row in other.args)), rules)  # [[1, 2], [3, 4]]
    return wrong("compare", "only one of them is a matrix")


def _entries(term: Term) -> tuple[Term, ...]:
    return tuple(entry for row in term.args for entry in row.args) if term.head == "matrix" else term.args


def _brackets(gold: Term, answer: Term, rules: Rules) -> Match | None:
    """Tuples and intervals. (1, 2) may be either, and equals only what has the same brackets."""
    if "bracket" not in (gold.head, answer.head) or gold.head != answer.head:
        return None
    if gold.name != answer.name:
        return wrong("compare", f"brackets {answer.name} where {gold.name} is wanted")
    return _in_order(gold.args, answer.args, rules)


def _ratios(gold: Term, answer: Term, rules: Rules) -> Match | None:
    if "ratio" not in (gold.head, answer.head):
        return None
    if gold.head == answer.head:
        if read_unit(gold.name) != read_unit(answer.name) and gold.name and answer.name:
            return wrong("units", f"{answer.name}, not {gold.name}")
        found = _in_order(gold.args, answer.args, rules)
        if found.right or not rules.ratio_is_fraction or gold.name or not _lowest_terms(gold) or len(gold.args) != 2 or len(answer.args) != 2:
            return found
        return found_by(same(quotient(*gold.args), quotient(*answer.args), seconds=rules.worker_seconds))
    pairs = all(len(term.args) == 2 for term in (gold, answer) if term.head == "ratio")
    if rules.ratio_is_fraction and pairs and {gold.head, answer.head}.isdisjoint(_STRUCTURES - {"ratio"}):
        one, other = (quotient(*t.args) if t.head == "ratio" else t for t in (gold, answer))
        return quantities(one, other, rules)
    return wrong("compare", "only one of them is a ratio")


def _lowest_terms(ratio: Term) -> bool:
    """Whether a ratio cannot be reduced; 12:30 is more likely a time than 2:5."""
    values = [arg.value for arg in ratio.args]
    return all(v is not None and v.denominator == 1 for v in values) and math.gcd(*(int(v) for v in values if v is not None)) == 1


def _bases(gold: Term, answer: Term, rules: Rules) -> Match | None:
    if "base" not in (gold.head, answer.head):
        return None
    if gold.head == answer.head:
        if gold.name != answer.name:
            return wrong("compare", "other digits")
        return found_by(same(gold.args[0], answer.args[0]))
    ten = answer if answer.head == "base" else gold
    if ten.args[0].value == 10:  # 42_10 is 42
        plain = number(int(ten.name))
        return match(*((gold, plain) if ten is answer else (plain, answer)), rules)
    if gold.head == "base" and rules.base_may_be_missing and answer.value is not None:
        return right("exact", "the same digits") if str(answer.value) == gold.name else wrong("compare", "other digits")
    return wrong("compare", "only one of them names a base")
