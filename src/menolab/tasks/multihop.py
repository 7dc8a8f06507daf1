"""What tasks of published questions over several Wikipedia passages share: the passages, the prompt, the verifier."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from menolab.errors import BadInput
from menolab.records import Problem
from menolab.tasks.published import answer_of, content_id, text_of
from menolab.tasks.question_file import QuestionFile
from menolab.tasks.rows import Row
from menolab.verifiers.short_answer import ShortAnswer
from menolab.verifiers.verifier import Verifier

_LEVELS = {"easy": 1.0, "medium": 2.0, "hard": 3.0}
_IDS = ("_id", "id", "idx")


@dataclass(frozen=True)
class MultihopFile(QuestionFile):
    """Questions with one short gold, with passages before them where the rows have some. Right is what equals the gold after SQuAD's normalisation."""

    verifier: Verifier = ShortAnswer()

    def hopped(self, row: Row, where: str) -> Problem:
        """The problem of a row; its id is the question's alone, so that with and without passages it is one problem.

        Raises:
            BadInput: no question, no answer, or passages in another form.
        """
        question, answer = text_of(row, "question", where).strip(), answer_of(row, "answer", where)
        passages = passages_of(row, where) if "context" in row else []
        facts = {name: row[name] for name in ("type", "level") if isinstance(row.get(name), str)}
        known = next((name for name in _IDS if name in row), None)
        facts |= {"passages": len(passages), **({"published_id": str(row[known])} if known else {})}
        shown = "".join(f"{title}: {text}\n\n" for title, text in passages)
        problem = self.posed(f"{shown}{question}", answer, "a short answer", "text", facts)
        return replace(problem, id=content_id(question), difficulty=_LEVELS.get(str(row.get("level")), 0.0))


def passages_of(row: Row, where: str) -> list[tuple[str, str]]:
    """(title, text) of each passage, as `sentences_of` reads them."""
    return [(title, " ".join("".join(sentences).split())) for title, sentences in sentences_of(row, where)]


def sentences_of(row: Row, where: str) -> list[tuple[str, list[str]]]:
    """(title, sentences) of each passage: a list of [title, sentences], or the Hub's form of it, an object of two lists.

    Raises:
        BadInput: something else.
    """
    given: Any = row["context"]
    pairs = _paired(given.get("title"), given.get("sentences")) if isinstance(given, dict) else given
    if not isinstance(pairs, list) or not pairs or not all(_is_passage(pair) for pair in pairs):
        raise BadInput(f"{where}: context", given, 'must be a list of passages ["title", ["sentence", ...]], or {"title": [...], "sentences": [[...], ...]}')
    return [(title.strip(), sentences) for title, sentences in pairs]


def _paired(titles: Any, sentences: Any) -> list[tuple[Any, Any]]:
    """The Hub's two lists as one; nothing where they are not two lists of one length."""
    fit = isinstance(titles, list) and isinstance(sentences, list) and len(titles) == len(sentences)
    return list(zip(titles, sentences, strict=True)) if fit else []


def _is_passage(pair: Any) -> bool:
    if not isinstance(pair, (list, tuple)) or len(pair) != 2:
        return False
    title, sentences = pair
    return isinstance(title, str) and isinstance(sentences, list) and all(isinstance(sentence, str) for sentence in sentences)
