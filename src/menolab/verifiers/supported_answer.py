"""A short answer with the sentences that it rests on, by joint F1."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, ClassVar

from menolab.errors import BadInput
from menolab.records import Problem, Verdict, right, undecided, wrong
from menolab.verifiers.answer import AnswerVerifier, Unreadable
from menolab.verifiers.short_answer import harmonic, normalise, read_golds, token_overlap

Fact = tuple[str, int]
"""Title of a passage, and a sentence of it, counted from 0."""

_FENCE = re.compile(r"```\w*")
FIELD = "supporting_facts"


def read_facts(value: Any) -> frozenset[Fact]:
    """The facts of ``[["Title", 0], ...]``, or of the Hub's form ``{"title": [...], "sent_id": [...]}``.

    Raises:
        Unreadable: something else.
    """
    if isinstance(value, dict) and isinstance(value.get("title"), list) and isinstance(value.get("sent_id"), list):
        value = list(zip(value["title"], value["sent_id"], strict=False))
    if not isinstance(value, (list, tuple)) or not all(_is_fact(fact) for fact in value):
        raise Unreadable('the supporting facts are no list of pairs ["title", number of the sentence]')
    return frozenset((fact[0], fact[1]) for fact in value)


def _is_fact(fact: Any) -> bool:
    return isinstance(fact, (list, tuple)) and len(fact) == 2 and isinstance(fact[0], str) and type(fact[1]) is int


def fact_overlap(gold: Iterable[Fact], found: Iterable[Fact]) -> tuple[float, float]:
    """Precision and recall of the facts, as sets; 0 where a side has none."""
    ours, theirs = set(gold), set(found)
    common = len(ours & theirs)
    return (common / len(theirs) if theirs else 0.0, common / len(ours) if ours else 0.0)


@dataclass(frozen=True)
class SupportedAnswer(AnswerVerifier):
    """Right if the answer equals a gold after normalisation and the supporting facts are exactly the gold ones (joint EM); the score is the joint F1.

    The answer is JSON: ``{"answer": "...", "supporting_facts": [["Title", 0], ...]}``; the problem's fact is ``supporting_facts``. With (p_a, r_a) precision
    and recall of the answer's words and (p_s, r_s) those of the facts, the joint F1 is the harmonic mean of p_a p_s and r_a r_s. The reason names each part.
    Source: Yang et al. 2018, "HotpotQA" (arXiv:1809.09600), section 5.2, as the authors' evaluation script counts it.
    """

    catalogue = "hotpotqa"
    kinds: ClassVar[tuple[str, ...]] = ("supporting_facts", "hotpot_joint")
    golds: ClassVar[tuple[type, ...]] = (str, int, float, list)
    longest: ClassVar[int] = 20_000

    def judge(self, problem: Problem, answer: str) -> Verdict:
        """The verdict on an extracted answer."""
        try:
            wanted = read_facts(problem.facts.get(FIELD))
        except Unreadable as error:
            return undecided("gold", str(error), answer)
        try:
            said, facts = _read(answer)
        except Unreadable as error:
            return wrong("parse", str(error), answer)
        overlap = max((token_overlap(gold, said) for gold in read_golds(problem.answer)), key=lambda pair: harmonic(*pair))
        support = fact_overlap(wanted, facts)
        joint = harmonic(overlap[0] * support[0], overlap[1] * support[1])
        equal = any(normalise(gold) == normalise(said) for gold in read_golds(problem.answer))
        parts = f"answer F1 {harmonic(*overlap):.2f}, supporting facts F1 {harmonic(*support):.2f}, joint F1 {joint:.2f}"
        return right("compare", parts, answer) if equal and facts == wanted else wrong("compare", parts, answer, joint)

    def check(self, problem: Problem, where: str) -> None:
        """Raise `BadInput` where the row has no supporting facts."""
        try:
            read_facts(problem.facts.get(FIELD))
        except Unreadable as error:
            raise BadInput(f"{where}: {FIELD}", problem.facts.get(FIELD), str(error)) from error

    def readable(self, answer: str) -> bool:
        """Whether a word is left of a gold answer."""
        return any(normalise(gold) for gold in read_golds(answer))


def _read(answer: str) -> tuple[str, frozenset[Fact]]:
    try:
        data = json.loads(_FENCE.sub("", answer).strip())
    except (ValueError, RecursionError) as error:
        raise Unreadable("not JSON") from error
    if not isinstance(data, dict) or not isinstance(data.get("answer"), (str, int, float)):
        raise Unreadable('not an object {"answer": "...", "supporting_facts": [...]}')
    return str(data["answer"]), read_facts(data.get(FIELD))
