"""Knights and Knaves: who always tells the truth and who always lies."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random
from typing import Any

from menolab.errors import BadInput, RunFailed, check_range
from menolab.keys import Key
from menolab.records import Demonstration, Problem, Verdict
from menolab.tasks.knights_knaves_logic import (
    CONNECTIVES,
    MAX_PEOPLE,
    Statement,
    depth,
    holds,
    identity,
    in_marks,
    in_words,
    people_in,
    read_statements,
    solve,
)
from menolab.tasks.mixture import check_mixture, choose_style
from menolab.tasks.task import Task
from menolab.verifiers.assignment import KNAVE, KNIGHT, Assignment
from menolab.verifiers.extract import response
from menolab.verifiers.verifier import Verifier

NAME = "knights_knaves"
WORDINGS = ("short", "full")
STYLES = ("search", "direct")
_MOST_DRAWS = 20_000

NAMES = (
    "Abigail", "Aiden", "Alexander", "Amelia", "Aria", "Aurora", "Ava", "Avery", "Benjamin", "Charlotte", "Chloe", "Daniel", "David", "Ella",
    "Emily", "Emma", "Ethan", "Evelyn", "Grace", "Harper", "Henry", "Isabella", "Jack", "Jacob", "James", "Joseph", "Liam", "Lily", "Logan",
    "Lucas", "Mason", "Matthew", "Mia", "Michael", "Noah", "Oliver", "Olivia", "Owen", "Penelope", "Riley", "Samuel", "Scarlett", "Sebastian",
    "Sofia", "Victoria", "William", "Zoey",
)  # fmt: skip

_FULL = (
    "A very special island is inhabited only by knights and knaves. Knights always tell the truth, and knaves always lie. You meet {count} "
    "inhabitants: {names}. {statements} So who is a knight and who is a knave?"
)
FORMAT = (
    "Think in <think> </think> tags, then state the identity of each person in <answer> </answer> tags, for example "
    "<answer>(1) Zoey is a knight\n(2) Oliver is a knave</answer>."
)


def knights_knaves_problem(names: Sequence[str], statements: Any, *, wording: str = "full", prompt: str | None = None) -> Problem:
    """The puzzle in which the k-th person says the k-th statement, whoever made it: same content, same id.

    Difficulty: the number of people plus a tenth of the deepest statement's depth, so that people count first.

    Args:
        prompt: the published text, where there is one; else it is written in `wording`.

    Raises:
        BadInput: malformed statements, a name twice, or not exactly one solution.
    """
    statements = read_statements(statements)
    if len({name.casefold() for name in names}) != len(statements):
        raise BadInput("names", tuple(names), f"give {len(statements)} different names, one a statement")
    found = list(solve(statements))
    if len(found) != 1:
        raise BadInput("statements", statements, f"a puzzle has exactly one solution; this has {len(found)}")
    roles = [(name, KNIGHT if knight else KNAVE) for name, knight in zip(names, found[0], strict=True)]
    if wording == "short":
        answer = " ".join(f"{name} {role}" for name, role in roles)
    else:
        answer = "\n".join(f"({number}) {name} is a {role}" for number, (name, role) in enumerate(roles, 1))
    return Problem(
        id=identity(names, statements),
        task=NAME,
        prompt=prompt or _prompt(names, statements, wording),
        answer=answer,
        difficulty=len(names) + max(map(depth, statements)) / 10,
        facts={"names": list(names), "statements": _lists(statements), "solution": list(found[0]), "wording": wording},
    )


def _prompt(names: Sequence[str], statements: Sequence[Statement], wording: str) -> str:
    if wording == "short":
        return "".join(f"{name}: {in_marks(s, names)}\n" for name, s in zip(names, statements, strict=True))
    said = " ".join(f'{name} said, "{in_words(s, names)}".' for name, s in zip(names, statements, strict=True))
    listed = f"{', '.join(names[:-1])}{',' if len(names) > 2 else ''} and {names[-1]}"
    return f"{_FULL.format(count=len(names), names=listed, statements=said)} {FORMAT}"


def _lists(value: Any) -> Any:
    return [_lists(v) for v in value] if isinstance(value, tuple) else value


@dataclass(frozen=True)
class KnightsKnaves(Task):
    """Random puzzles with exactly one solution, the kind of each statement (atom, not, and, or, ->, <=>) drawn uniformly.

    Source: Xie et al. 2024, "On Memorization of Large Language Models in Logical Reasoning" (arXiv:2410.23123); used by Logic-RL
    (arXiv:2502.14768). Left out: their twenty ways of saying "said", which change nothing.
    """

    catalogue = "knights-knaves"
    paper = "arXiv:2410.23123"

    fewest: int = 3
    """People, from `fewest` to `most`, uniform."""
    most: int = 3
    depth: int = 1
    """Connectives nested in a statement at most."""
    wording: str = "short"
    """"short": letters and marks (``A: !B&C``) for tiny models; "full": the published English."""
    styles: tuple[str, ...] = STYLES
    weights: tuple[float, ...] = (0.8, 0.2)
    verifier: Verifier = Assignment(strict=True)

    def __post_init__(self) -> None:
        check_range("fewest", self.fewest, 2)
        check_range("most", self.most, self.fewest, min(8, MAX_PEOPLE))
        check_range("depth", self.depth, 0, 4)
        if self.wording not in WORDINGS:
            raise BadInput("wording", self.wording, f"one of {', '.join(WORDINGS)}")
        check_mixture(self.styles, self.weights, STYLES)

    @property
    def name(self) -> str:
        return NAME

    def __call__(self, key: Key) -> Problem:
        """One puzzle.

        Raises:
            RunFailed: no puzzle with one solution was met.
        """
        random = key.random()
        people = random.randint(self.fewest, self.most)
        names = tuple("ABCDEFGH"[:people]) if self.wording == "short" else tuple(random.sample(NAMES, people))
        for _ in range(_MOST_DRAWS):
            statements = tuple(_draw(random, people, speaker, self.depth) for speaker in range(people))
            if len(list(solve(statements))) == 1:
                return knights_knaves_problem(names, statements, wording=self.wording)
        raise RunFailed(f"knights_knaves: {_MOST_DRAWS} draws gave no puzzle with one solution; allow deeper statements")

    def verify(self, problem: Problem, text: str) -> Verdict:
        return self.verifier(problem, text)

    def demonstrate(self, problem: Problem, key: Key) -> Demonstration:
        """"search": assume, check every statement that is settled, go back on a contradiction; "direct": the answer alone."""
        return knights_knaves_demonstration(problem, choose_style(self.styles, self.weights, key))


def knights_knaves_demonstration(problem: Problem, style: str) -> Demonstration:
    """A response to a puzzle in a named style."""
    text = response(assume_and_check(problem) if style == "search" else "", problem.answer)
    return Demonstration(text, style)


def _draw(random: Random, people: int, speaker: int, most: int) -> Statement:
    """What one person says. Alone, an atom is about someone else: "I am a knight" says nothing and "I am a knave" nobody can say."""
    kind = random.choice(("atom", *CONNECTIVES)) if most else "atom"
    if kind == "atom":
        return _atom(random, [p for p in range(people) if p != speaker])
    if kind == "not" and most == 1:
        return ("not", _atom(random, [p for p in range(people) if p != speaker]))
    return (kind, *(_inner(random, people, most - 1) for _ in range(1 if kind == "not" else 2)))


def _inner(random: Random, people: int, most: int) -> Statement:
    if most == 0 or random.random() < 0.5:
        return _atom(random, list(range(people)))
    kind = random.choice(CONNECTIVES)
    return (kind, *(_inner(random, people, most - 1) for _ in range(1 if kind == "not" else 2)))


def _atom(random: Random, people: Sequence[int]) -> Statement:
    return (random.choice(("telling-truth", "lying")), random.choice(people))


# ---- the worked search ----------------------------------------------------------------------------------------------------------------------


def assume_and_check(problem: Problem) -> str:
    """A depth-first search: assume the next person a knight, then a knave; after each, check the statements that are settled.

    Short wording: one line an assumption, ``A+B- no B`` (B's statement fails) or ``A+B-`` (nothing fails). Full wording: in sentences.
    """
    names, statements = problem.facts["names"], read_statements(problem.facts["statements"])
    lines: list[str] = []
    _assume([], names, statements, problem.facts["wording"] == "short", lines)
    return "\n".join(lines)


def _assume(knights: list[bool], names: Sequence[str], statements: Sequence[Statement], short: bool, lines: list[str]) -> bool:
    if len(knights) == len(names):
        return True
    for knight in (True, False):
        tried = [*knights, knight]
        culprit = _contradicted(tried, statements)
        lines.append(_line(tried, culprit, names, short))
        if culprit is None and _assume(tried, names, statements, short, lines):
            return True
    return False


def _contradicted(knights: list[bool], statements: Sequence[Statement]) -> int | None:
    """The first person whose statement is settled by the roles assumed so far and does not fit that person's role."""
    known = frozenset(range(len(knights)))
    for person, knight in enumerate(knights):
        if people_in(statements[person]) <= known and holds(statements[person], knights) != knight:
            return person
    return None


def _line(knights: list[bool], culprit: int | None, names: Sequence[str], short: bool) -> str:
    if short:
        roles = "".join(f"{name}{'+' if knight else '-'}" for name, knight in zip(names, knights, strict=False))
        return roles if culprit is None else f"{roles} no {names[culprit]}"
    assumed = f"Assume {names[len(knights) - 1]} is a {'knight' if knights[-1] else 'knave'}."
    if culprit is None:
        return f"{assumed} No contradiction."
    return f"{assumed} This contradicts what {names[culprit]} said{'' if knights[culprit] else ', which must be false'}."
