"""What tasks of published questions with short answers share: options, the prompt, the verifier."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from menolab.errors import BadInput
from menolab.records import Problem
from menolab.tasks.published import PublishedFile, content_id, text_of, texts_of
from menolab.tasks.rows import Row
from menolab.verifiers.by_kind import ByKind
from menolab.verifiers.verifier import Verifier

_OPTION = re.compile(r"\s*([A-Z])\)\s*(\S.*)", re.DOTALL)


@dataclass(frozen=True)
class QuestionFile(PublishedFile):
    """Questions whose answer is a letter, a number or a word. The prompt is the question and a line that says how to answer; the verifier is lenient."""

    verifier: Verifier = ByKind()

    def posed(self, question: str, answer: str, how: str, kind: str, facts: dict[str, Any] | None = None) -> Problem:
        """The problem of a question.

        Args:
            how: what is to be given, e.g. "yes or no".
            kind: "choice", "number" or "text".
        """
        question = question.strip()
        prompt = f"{question}\nThink in <think> </think> tags, then give {how} in <answer> </answer> tags."
        return Problem(content_id(question), self.name, prompt, answer, 0.0, {"kind": kind, **(facts or {})})

    def chosen(self, question: str, choices: Sequence[str], answer: str, where: str, facts: dict[str, Any] | None = None) -> Problem:
        """The problem of a question with options, whose answer is the letter of one.

        Raises:
            BadInput: an option twice, or an answer that is none of the letters.
        """
        letters = [chr(ord("A") + i) for i in range(len(choices))]
        if len(set(choices)) != len(choices):
            raise BadInput(f"{where}: options", list(choices), "the options must differ")
        if answer not in letters:
            raise BadInput(f"{where}: answer", answer, f"must be one of {', '.join(letters)}")
        options = "\n".join(f"{letter}) {choice}" for letter, choice in zip(letters, choices, strict=True))
        return self.posed(f"{question}\nOptions:\n{options}", answer, "the letter of the right option", "choice", {"choices": list(choices), **(facts or {})})


class LogicLMFile(QuestionFile):
    """What the three sets that Logic-LM repacked share: rows of id, context, question, options ("A) True") and the letter of the answer."""

    def repacked(self, row: Row, where: str) -> Problem:
        """The problem of a row: the context, an empty line, the question, the options.

        Raises:
            BadInput: a field that is no text, options that are not lettered in order, an answer that is no option.
        """
        context, question, answer = (text_of(row, field, where).strip() for field in ("context", "question", "answer"))
        matches = [_OPTION.fullmatch(option) for option in texts_of(row, "options", where)]
        choices = [match.group(2).strip() for i, match in enumerate(matches) if match and match.group(1) == chr(ord("A") + i)]
        if len(choices) != len(matches):
            raise BadInput(f"{where}: options", row["options"], 'must be lettered in order, like ["A) True", "B) False"]')
        return self.chosen(f"{context}\n\n{question}", choices, answer, where, {"published_id": text_of(row, "id", where)})
