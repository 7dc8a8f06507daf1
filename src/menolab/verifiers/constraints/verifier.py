"""The constraints verifier."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar

from menolab.errors import BadInput
from menolab.records import Problem, Verdict, right, undecided, wrong
from menolab.verifiers.constraints.kind import Kind, Unreadable
from menolab.verifiers.constraints.kinds import KINDS, MATHIF
from menolab.verifiers.constraints.language import Unknown
from menolab.verifiers.extract import ANSWER, END_ANSWER, END_THINK, THINK
from menolab.verifiers.verifier import Verifier

MAX_TEXT = 200_000
"""Characters of the longest response that is looked at."""
MAX_CONSTRAINTS = 100
_NAMES = (("instruction_id_list", "kwargs"), ("constraint_name", "constraint_args"))
"""How IFEval and MathIF call the two parallel lists."""


@dataclass(frozen=True)
class Constraint:
    """One constraint of a prompt."""

    name: str
    kind: Kind
    settings: Mapping[str, Any]


@dataclass(frozen=True)
class Constraints(Verifier):
    """Right if the response follows every instruction of IFEval's or MathIF's kinds; the score is the share that it follows.

    Facts: ``instruction_id_list`` and ``kwargs`` (IFEval), or ``constraint_name`` and ``constraint_args`` (MathIF): parallel lists. What is looked at is
    what stands after the thinking, and inside the last answer tags if there are any. So over many problems the share that is right is IFEval's
    prompt-level accuracy and MathIF's hard accuracy; MathIF's soft accuracy is the mean score, and the reason has the counts of IFEval's
    instruction-level one, strict and loose.

    Loose is IFEval's: an instruction is followed if any of eight texts follows it, which are the response, itself without its first line, its last,
    or both, and each of these without asterisks.

    One that cannot be told (a language, without langdetect) leaves the verdict undecided, unless another is not followed.

    Source: IFEval (arXiv:2311.07911, section 2.2) and MathIF (arXiv:2505.14810); what each kind accepts is from the authors' code (`kinds`).
    """

    catalogue = "mathif"
    paper: ClassVar[str] = "arXiv:2311.07911, arXiv:2505.14810"
    kinds: ClassVar[tuple[str, ...]] = ("ifeval", "mathif")
    golds: ClassVar[tuple[type, ...]] = ()
    loose: bool = False
    """Whether the verdict and the score are the loose ones."""

    def __call__(self, problem: Problem, text: str) -> Verdict:
        """The verdict on a whole response."""
        try:
            constraints = read_constraints(problem.facts)
        except Unreadable as error:
            return undecided("gold", str(error))
        said = spoken(text)
        if said is None:
            return wrong("extract", "the thinking or the answer was not finished")
        if len(said) > MAX_TEXT:
            return wrong("extract", f"the response is longer than {MAX_TEXT} characters", said[:1000])
        tried = variants(said)
        faults = [_fault(constraint, tried[:1]) for constraint in constraints]
        loosely = [fault and _fault(constraint, tried[1:]) for constraint, fault in zip(constraints, faults, strict=True)]
        return _verdict(constraints, faults, loosely, said, loose=self.loose)

    def check(self, problem: Problem, where: str) -> None:
        """Raise `BadInput` where the facts hold no constraints that can be read."""
        try:
            read_constraints(problem.facts)
        except Unreadable as error:
            raise BadInput(where, sorted(problem.facts), f"{error}; see meno grade --help") from error

    def readable(self, answer: str) -> bool:
        """Always: there is no gold answer."""
        return True

    def strictly(self) -> Verifier:
        """The same without the loose reading."""
        return replace(self, loose=False)


def _verdict(constraints: Sequence[Constraint], faults: list[str | None], loosely: list[str | None], said: str, *, loose: bool) -> Verdict:
    """`faults` and `loosely`: one a constraint, empty where it is followed, None where nobody can tell."""
    used, n = loosely if loose else faults, len(constraints)
    followed, also = (sum(fault == "" for fault in each) for each in (faults, loosely))
    counts = f"{followed} of {n} followed" + (f", {also} loosely" if also != followed else "")
    broken = [f"{constraint.name}: {fault}" for constraint, fault in zip(constraints, used, strict=True) if fault]
    untold = [constraint.name for constraint, fault in zip(constraints, used, strict=True) if fault is None]
    if broken:
        return wrong("constraints", f"{counts}; {'; '.join(broken)}", said, sum(fault == "" for fault in used) / n)
    if untold:
        return undecided("language", f"{counts}; {untold[0]}: the language cannot be told without langdetect: pip install 'menolab[constraints]'", said)
    return right("constraints", counts, said)


def _fault(constraint: Constraint, texts: Sequence[str]) -> str | None:
    """Empty if one of `texts` follows the constraint, else what is amiss with the first; None where that cannot be told. An empty text follows none."""
    first, told = "an empty response", True
    for place, text in enumerate(texts):
        try:
            fault = constraint.kind.check(text, **constraint.settings) if text.strip() else "an empty response"
        except Unknown:
            told = False
            continue
        if not fault:
            return ""
        first = fault if place == 0 else first
    return first if told else None


def spoken(text: str) -> str | None:
    """What a response says after its thinking: the inside of its last answer tags, else all of it. None where thinking or answer were cut off."""
    tail = text.rpartition(END_THINK)[2]
    if THINK in tail:
        return None
    if ANSWER not in tail:
        return tail.strip("\n")
    before, closed, _ = tail.rpartition(END_ANSWER)
    return before.rpartition(ANSWER)[2].strip("\n") if closed and ANSWER in before else None


def variants(text: str) -> tuple[str, ...]:
    """IFEval's eight texts, the response itself first."""
    lines = text.split("\n")
    cut = [text, *("\n".join(part).strip() for part in (lines[1:], lines[:-1], lines[1:-1]))]
    return (*cut, *(part.replace("*", "") for part in cut))


def read_constraints(facts: Mapping[str, Any]) -> tuple[Constraint, ...]:
    """The constraints of a problem's facts.

    Raises:
        Unreadable: what is wrong with them.
    """
    found = [pair for pair in _NAMES if pair[0] in facts]
    if len(found) != 1:
        raise Unreadable("the row needs instruction_id_list and kwargs, or constraint_name and constraint_args" + (", not both" if found else ""))
    names, settings = facts[found[0][0]], facts.get(found[0][1])
    if not isinstance(names, (list, tuple)) or not 0 < len(names) <= MAX_CONSTRAINTS:
        raise Unreadable(f"{found[0][0]} is no list of 1 to {MAX_CONSTRAINTS} names")
    settings = [None] * len(names) if settings is None else settings
    if not isinstance(settings, (list, tuple)) or len(settings) != len(names):
        raise Unreadable(f"{found[0][1]} is not a list as long as {found[0][0]}")
    return tuple(_read(name, given) for name, given in zip(names, settings, strict=True))


def _read(name: object, given: Any) -> Constraint:
    kind = KINDS.get(name) or MATHIF.get(name) if isinstance(name, str) else None
    if kind is None or not isinstance(name, str):
        raise Unreadable(f"no constraint is called {str(name)[:80]!r}")
    try:
        return Constraint(name, kind, kind.read(given))
    except Unreadable as error:
        raise Unreadable(f"{name}: {error}") from error
