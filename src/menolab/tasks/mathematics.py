"""What tasks of published mathematics share: the prompt, the verifier, the gold in a box, worked solutions."""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass, replace
from typing import Any, ClassVar

from menolab.errors import BadInput
from menolab.keys import Key
from menolab.records import Demonstration, Problem, Verdict
from menolab.tasks.published import PublishedFile, answer_of, content_id, text_of
from menolab.tasks.rows import Row
from menolab.verifiers.extract import response
from menolab.verifiers.math.verifier import Math
from menolab.verifiers.verifier import Verifier

FAMILY = "mathematics"
"""Under which all of them give ids, so that one question in two benchmarks is one problem and falls on one side of the division."""
BOXED = "Please reason step by step, and put your final answer within \\boxed{}."
"""The sentence that most published evaluations put after (or before) the question, since Qwen2.5-Math (arXiv:2409.12122)."""

_BOX = re.compile(r"\\(?:boxed|fbox)(?![A-Za-z])\s*")
_BRACE = re.compile(r"\\.|[{}]", re.DOTALL)
_BETWEEN = re.compile(r"(?:[\s,;$.]|\\(?:text|mbox)|[{}]|and|or)*")


@dataclass(frozen=True)
class MathematicsFile(PublishedFile):
    """Questions with one final answer. The prompt is the question, a line's end and `instruction`; the verifier is lenient, as evaluations want it."""

    styles: ClassVar[tuple[str, ...]] = ("own",)

    verifier: Verifier = Math()
    instruction: str = BOXED
    """What follows the question on a line of its own; empty: nothing."""

    def posed(self, question: str, answer: str, *, difficulty: float = 0.0, facts: dict[str, Any] | None = None, solution: str = "") -> Problem:
        """The problem of a question. A worked solution is kept as a fact, for `demonstrate`."""
        question = question.strip()
        prompt = f"{question}\n{self.instruction}" if self.instruction else question
        facts = {**(facts or {}), **({"solution": solution.strip()} if solution.strip() else {})}
        return Problem(content_id(question), FAMILY, prompt, answer, difficulty, facts)

    def verify(self, problem: Problem, text: str) -> Verdict:
        """The verdict; where the organisers accepted several answers (fact "accepted"), right if any of them is met."""
        verdicts = [self.verifier(replace(problem, answer=answer), text) for answer in problem.facts.get("accepted", [problem.answer])]
        return next((verdict for verdict in verdicts if verdict.right), verdicts[0])

    def demonstrate(self, problem: Problem, key: Key) -> Demonstration:
        """The file's own worked solution as the thought, the gold as the answer."""
        if "solution" not in problem.facts:
            raise NotImplementedError(f"{self.name} has no worked solution of this problem")
        return Demonstration(response(problem.facts["solution"], problem.answer), "own")


def question_of(row: Row, where: str, *fields: str) -> str:
    """The question of a row: the first of `fields` that it has, as text or as a conversation of one message.

    Raises:
        BadInput: none of them, or something else.
    """
    field = next((name for name in fields if name in row), fields[0])
    value = row.get(field)
    if isinstance(value, (list, tuple)) and len(value) == 1 and isinstance(value[0], dict):
        return text_of({field: value[0].get("content", value[0].get("value"))}, field, where)
    return text_of(row, field, where)


def gold_of(row: Row, where: str, *fields: str) -> str:
    """The answer of a row: the first of `fields` that it has.

    Raises:
        BadInput: none of them, or neither text nor a number.
    """
    return answer_of(row, next((name for name in fields if name in row), fields[0]), where)


def boxes(solution: str) -> list[tuple[int, int, str]]:
    r"""(start, end, content) of each ``\boxed{...}`` or ``\fbox{...}`` with balanced braces, or ``\boxed 5``; boxes within boxes are left out."""
    found: list[tuple[int, int, str]] = []
    for match in _BOX.finditer(solution):
        if found and match.start() < found[-1][1]:
            continue
        begin, depth = match.end(), 0
        if not solution.startswith("{", begin):
            word = re.match(r"[^\s$]+", solution[begin:])
            if word:
                found.append((match.start(), begin + word.end(), word.group()))
            continue
        for brace in _BRACE.finditer(solution, begin):
            depth += {"{": 1, "}": -1}.get(brace.group(), 0)
            if depth == 0:
                found.append((match.start(), brace.end(), solution[begin + 1 : brace.start()].strip()))
                break
    return found


def boxed_gold(row: Row, field: str, where: str) -> tuple[str, dict[str, Any]]:
    r"""The content of the last box of a worked solution, which is how the benchmark itself is graded, and facts about it.

    Where another box stands beside the last one ("$\boxed{-2}$ and $\boxed{1}$") the gold is a part of the answer, or one of two forms of it: the fact
    "ambiguous" says so.

    Raises:
        BadInput: no box.
    """
    solution = text_of(row, field, where)
    found = boxes(solution)
    if not found:
        raise BadInput(f"{where}: {field}", solution[-200:], "the worked solution has no \\boxed{} answer; leave the row out or box its answer")
    beside = [left[2] for left, right in itertools.pairwise(found) if _BETWEEN.fullmatch(solution[left[1] : right[0]]) and left[2] != right[2]]
    return found[-1][2], {"ambiguous": f"boxed beside the gold: {', '.join(beside)}"} if beside else {}
