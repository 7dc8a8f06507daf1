"""GPQA: graduate-level questions with four choices."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import ClassVar

from menolab.errors import BadInput
from menolab.keys import Key
from menolab.records import Problem
from menolab.tasks.published import PublishedFile, content_id, text_of
from menolab.tasks.rows import Row
from menolab.verifiers.choice import MultipleChoice
from menolab.verifiers.verifier import Verifier

LETTERS = "ABCD"
OFFICIAL = ("Question", "Correct Answer", "Incorrect Answer 1", "Incorrect Answer 2", "Incorrect Answer 3")
PROMPT = (
    "Answer the following multiple choice question. The last line of your response should be of the following format: 'Answer: $LETTER' (without quotes) "
    "where LETTER is one of ABCD. Think step by step before answering.\n\n{question}\n\n{choices}"
)
"""The wording of OpenAI's simple-evals."""


@dataclass(frozen=True)
class GPQA(PublishedFile):
    """Questions in biology, physics and chemistry that a search does not answer; the diamond set has 198.

    Reads the official columns (Question, Correct Answer, Incorrect Answer 1 to 3), or LIMO's id, question and answer, whose question ends in the choices
    "A. ..." to "D. ..." and a closing sentence, which is dropped. Choices are shuffled by `seed` and the question's content, the same for every model.
    Prompt: that of simple-evals ("Answer: $LETTER").
    Known defects: LIMO's copy has the right choice first in all 198 rows, so unshuffled a model that always says A is perfect. The authors ask that no
    example is shown in plain text on the web: `meno tasks` prints none.
    Source: Rein et al. 2023, "GPQA" (arXiv:2311.12022).
    """

    paper = "arXiv:2311.12022"
    kind: ClassVar[str] = "gpqa"
    source: ClassVar[str] = "GAIR-NLP/LIMO @ 2284c6a0e6653aa8894bd12fdecc1212ba706c3a"
    licence: ClassVar[str] = "MIT (as the copy's README says); CC-BY-4.0 (the data set)"
    columns: ClassVar[tuple[str, ...]] = ()
    shown: ClassVar[bool] = False

    path: str = "hub:Idavidrein/gpqa/gpqa_diamond:train"
    verifier: Verifier = MultipleChoice()
    seed: int = 0
    """Which order the choices are in."""

    @classmethod
    def recognises(cls, row: Row, path: str) -> bool:
        """The official columns, or a letter as the answer to a question that ends in four choices."""
        if set(OFFICIAL) <= set(row):
            return True
        return set(row) == {"id", "question", "answer"} and str(row["answer"]) in LETTERS and _split(str(row["question"])) is not None

    def problem(self, row: Row, where: str) -> Problem:
        """The problem of a row.

        Raises:
            BadInput: no four choices, or no letter among them.
        """
        if "Correct Answer" in row:
            question, right, *wrong = (text_of(row, field, where).strip() for field in OFFICIAL)
            choices = [right, *wrong]
        else:
            parts = _split(text_of(row, "question", where))
            letter = row.get("answer")
            if parts is None or not isinstance(letter, str) or letter not in LETTERS or len(letter) != 1:
                raise BadInput(f"{where}: question", "(not shown)", "must end in the choices A. to D., with one of these letters as the answer")
            question, choices = parts
            right = choices[LETTERS.index(letter)]
        order = list(range(4))
        identity = content_id(question, *sorted(choices))
        Key.root(self.seed).fold("choices", identity).random().shuffle(order)
        shuffled = [choices[place] for place in order]
        gold = LETTERS[order.index(choices.index(right))]
        listed = "\n".join(f"{letter}) {choice}" for letter, choice in zip(LETTERS, shuffled, strict=True))
        return Problem(identity, self.kind, PROMPT.format(question=question, choices=listed), gold, facts={"choices": shuffled})


def _split(text: str) -> tuple[str, list[str]] | None:
    """The question and its four choices, from a text that ends in "A. ..." to "D. ..." and perhaps a closing paragraph."""
    starts = []
    end = len(text)
    for letter in reversed(LETTERS):
        found = list(re.finditer(rf"^[ \t]*\(?{letter}[.):][ \t]+", text[:end], re.MULTILINE))
        if not found:
            return None
        starts.append(found[-1])
        end = found[-1].start()
    begins = [*reversed(starts)]
    ends = [*(match.start() for match in begins[1:]), len(text)]
    choices = [text[match.end() : stop].strip() for match, stop in zip(begins, ends, strict=True)]
    choices[-1] = choices[-1].partition("\n\n")[0].strip()
    question = text[: begins[0].start()].strip()
    return (question, choices) if question and all(choices) else None
