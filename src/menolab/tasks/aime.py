"""AIME: 15 problems a paper, each with a whole number from 0 to 999 as its answer."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import ClassVar

from menolab.errors import BadInput
from menolab.records import Problem
from menolab.tasks.mathematics import MathematicsFile, gold_of, question_of
from menolab.tasks.published import stem
from menolab.tasks.rows import Row


@dataclass(frozen=True)
class AIME(MathematicsFile):
    """Problems of the American Invitational Mathematics Examination; scores are usually the mean over many samples, since 30 problems are few.

    Reads problem, question or prompt, and answer or final_answer; the file is told by its name, its links, its source or its column aime_number. Golds
    are written without leading zeros ("073" is 73), responses may have them. Results are listed under the file's name, as several years are
    evaluated side by side. Prompt: the problem and "Please reason step by step, ... \\boxed{}".
    Known defects: 2022-II-8 of the 2021-2024 file has the gold "080 or 081 (both were accepted)": either is right. Two published copies of AIME 2024
    differ in the text of 5 of 30 problems (not in an answer), so they are not recognised as one. Some files copy figures as Asymptote code.
    Source: Mathematical Association of America; copies as in `source`.
    """

    catalogue = "aime"
    kind: ClassVar[str] = "aime"
    source: ClassVar[str] = (
        "hkust-nlp/simpleRL-reason @ cf1c7858bfc145a27aa733e75d930d34f0d318a6; "
        "GAIR-NLP/AIME-Preview @ 7011a9eae7c4b78071f27b6f77f618d65608cfb0"
    )
    licence: ClassVar[str] = "MIT (simpleRL-reason); none stated (AIME-Preview)"
    columns: ClassVar[tuple[str, ...]] = ()

    path: str = "hub:HuggingFaceH4/aime_2024:train"

    @property
    def name(self) -> str:
        return contest_name(self.kind, self.path)

    @classmethod
    def recognises(cls, row: Row, path: str) -> bool:
        """By the file's name, the links to the papers, the source, or the column aime_number."""
        return is_contest(row, path, "aime")

    def problem(self, row: Row, where: str) -> Problem:
        """The problem of a row.

        Raises:
            BadInput: no problem, or an answer that is not a whole number from 0 to 999.
        """
        gold = gold_of(row, where, "answer", "final_answer")
        accepted = [str(int(number)) for number in re.findall(r"\d+", gold)]
        either = re.fullmatch(r"\d{1,3} or \d{1,3} \(both were accepted\)", gold)
        if not (either or re.fullmatch(r"\d{1,3}", gold)):
            raise BadInput(f"{where}: answer", gold, "an AIME answer is a whole number from 0 to 999")
        facts = {"accepted": accepted, "ambiguous": gold} if either else {}
        facts |= {"year": int(row["year"])} if isinstance(row.get("year"), int) else {}
        solution = row.get("solution")
        question = question_of(row, where, "problem", "question", "prompt")
        return self.posed(question, accepted[0], facts=facts, solution=solution if isinstance(solution, str) else "")


def is_contest(row: Row, path: str, contest: str) -> bool:
    """Whether a row is of the contest "aime" or "amc"."""
    if not ({"problem", "question", "prompt"} & set(row) and {"answer", "final_answer"} & set(row)) or "constraint_desc" in row:
        return False
    if f"_{contest.upper()}_" in str(row.get("url") or "") or f"{contest}_number" in row or row.get("source") == contest:
        return True
    other = {"aime": "_AMC_", "amc": "_AIME_"}[contest]
    named = contest in stem(path) and other not in str(row.get("url") or "")
    return named and not isinstance(row.get("prompt"), str)  # a file of prompts and answers is its owner's, whatever it is called


def contest_name(contest: str, path: str) -> str:
    """The file's name, with the contest's before it where that does not say it."""
    return stem(path) if contest in stem(path) else f"{contest}-{stem(path)}"
