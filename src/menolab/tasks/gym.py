"""Every data set of reasoning-gym as a task."""

from __future__ import annotations

import ast
import contextlib
import hashlib
import re
import sys
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, ClassVar

from menolab.errors import BadInput, unknown
from menolab.keys import Key
from menolab.records import Problem, Verdict, right, undecided, wrong
from menolab.tasks.task import Task
from menolab.verifiers.extract import extract

INSTRUCTION = "\n\nThink in <think> </think> tags, then give the final answer alone in <answer> </answer> tags."

EVALUATES_LISTS = frozenset({"binary_matrix", "n_queens", "spiral_matrix", "string_insertion"})
"""Data sets whose own scorer calls Python's `eval` on the answer."""
EVALUATES_FORMULAS = frozenset({"countdown", "intermediate_integration", "polynomial_multiplication", "puzzle24", "simple_integration"})
"""Data sets whose own scorer gives the answer to SymPy's parser, which is `eval` underneath."""

_LONGEST = 10_000
_HARMLESS = re.compile(r"[\w\s.,'\"|\[\]-]*")
_FORMULA = re.compile(r"(?:[a-zA-MPRT-Z]|sin|cos|tan|exp|log|sqrt|pi|[0-9]{1,12}(?:\.[0-9]{1,12})?|[-+*/()\s])*")
"""N, O, Q and S are left out of the letters: SymPy gives them to functions."""
_WORD = re.compile(r"[A-Za-z]+")
_WORDS = frozenset({"sin", "cos", "tan", "exp", "log", "sqrt", "pi"})
_POWER = re.compile(r"([)0-9]?)\s*\*\*\s*(?:[0-9]{1,2}(?![0-9.])|\(\s*-?\s*[0-9]{1,2}\s*(?:/\s*[0-9]{1,2}\s*)?\))(?!\s*\*\*)")


@dataclass(frozen=True)
class Gym(Task):
    """One data set of reasoning-gym; its `score_answer` is the verifier: 1 is right, less is wrong with partial score, an exception undecided.

    Every draw is a data set of size 1 whose seed is a hash of the key: reasoning-gym's own seed + index makes item 2 of seed 1 item 1 of seed 2.
    Some scorers evaluate the answer as code; an answer that could do anything there is undecided and never reaches them.
    Source: Stojanovski et al. 2025 (arXiv:2505.24760). Left out: composite data sets and curricula, which menolab has of its own.
    """

    paper = "arXiv:2505.24760"
    quick: ClassVar[bool] = False

    dataset: str = "chain_sum"
    options: tuple[tuple[str, Any], ...] = ()
    """Options of the data set as (name, value), e.g. ``(("max_terms", 4),)``; tuples stand for lists."""
    strict: bool = True
    """Accept answers in answer tags only."""

    def __post_init__(self) -> None:
        names = [name for name, _ in self.options]
        if {"seed", "size"} & set(names) or len(set(names)) != len(names):
            raise BadInput("options", self.options, "each option once; seed and size are set by the draw")

    @property
    def name(self) -> str:
        return f"gym_{self.dataset}"

    def __call__(self, key: Key) -> Problem:
        """One problem.

        Raises:
            BadInput: reasoning-gym is not installed, has no such data set, or refuses the options.
        """
        seed = key.bits() % 2**32  # some data sets seed numpy, which takes 32 bits
        _, entry = _drawn(self.dataset, self.options, seed)
        question = str(entry["question"])
        return Problem(
            id=_digest(question),
            task=self.name,
            prompt=question + INSTRUCTION,
            answer="" if entry["answer"] is None else str(entry["answer"]),
            facts={"seed": seed},
        )

    def verify(self, problem: Problem, text: str) -> Verdict:
        """Draw the data set's entry again from the problem's seed and let its scorer judge the extracted answer."""
        found = extract(text, strict=self.strict)
        if found.answer is None:
            return wrong("extract", found.reason)
        answer = found.answer
        if len(answer) > _LONGEST:
            return wrong("extract", f"the answer is longer than {_LONGEST} characters", answer[:_LONGEST])
        if not _safe(self.dataset, answer):
            return undecided("score", "the data set's scorer would evaluate this answer as code", answer)
        dataset, entry = _drawn(self.dataset, self.options, problem.facts["seed"])
        if _digest(str(entry["question"])) != problem.id:
            return undecided("gold", "the installed reasoning-gym makes another problem of this seed", answer)
        try:
            score = float(dataset.score_answer(answer, entry))
        except Exception as error:  # a scorer that fails has decided nothing
            return undecided("score", f"score_answer raised {type(error).__name__}", answer)
        if score >= 1.0:
            return right("score", "score_answer gives 1", answer)
        return wrong("score", f"score_answer gives {score:g}", answer, score=max(score, 0.0))


def _digest(question: str) -> str:
    return hashlib.blake2b(question.encode(), digest_size=8).hexdigest()


@lru_cache(maxsize=512)
def _drawn(dataset: str, options: tuple[tuple[str, Any], ...], seed: int) -> tuple[Any, dict[str, Any]]:
    """The data set of size 1 and its entry."""
    try:
        import reasoning_gym
        from reasoning_gym.factory import DATASETS
    except ImportError as error:
        raise BadInput("dataset", dataset, "reasoning-gym is not installed: pip install 'menolab[gym]'") from error
    if dataset not in DATASETS:
        raise unknown("dataset", dataset, DATASETS)
    given = {name: list(value) if isinstance(value, tuple) else value for name, value in options}
    try:
        with contextlib.redirect_stdout(sys.stderr):  # some data sets print while they work; standard output may hold one JSON document
            made = reasoning_gym.create_dataset(dataset, size=1, seed=seed, **given)
            return made, made[0]
    except (TypeError, AssertionError, ValueError) as error:
        raise BadInput("options", options, f"reasoning-gym's {dataset} refuses them: {error}") from error


def _safe(dataset: str, answer: str) -> bool:
    """Whether the data set's scorer may see the answer."""
    if dataset in EVALUATES_LISTS:
        return _HARMLESS.fullmatch(answer) is not None or _literal(answer)
    if dataset in EVALUATES_FORMULAS:
        return _formula(answer)
    return True


def _literal(answer: str) -> bool:
    try:
        ast.literal_eval(answer)
    except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError):
        return False
    return True


def _formula(answer: str) -> bool:
    """Arithmetic in single letters and a few functions, with powers that stay small: no names to call, no attributes, no towers."""
    if len(answer) > 300 or not _FORMULA.fullmatch(answer) or any(len(w) > 1 and w not in _WORDS for w in _WORD.findall(answer)):
        return False
    powers = list(_POWER.finditer(answer))
    on_numbers = sum(bool(match.group(1)) for match in powers)
    return len(powers) == answer.count("**") and on_numbers <= 2
