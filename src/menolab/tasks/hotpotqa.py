"""HotpotQA: questions that need facts of two Wikipedia passages."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from menolab.records import Problem
from menolab.tasks.multihop import MultihopFile
from menolab.tasks.published import stem
from menolab.tasks.rows import Row


@dataclass(frozen=True)
class HotpotQA(MultihopFile):
    """Questions with ten passages, two of which hold the facts (the distractor setting), or without any (closed book), as the file is.

    Reads question, answer, and where they are there context (the passages), type, level and the id. Prompt: the passages, titled and with an empty line
    between, the question, how to answer; rows without a context are asked closed book. ``ShortAnswer(measure="f1")`` gives the answer's F1; the supporting
    facts are not judged.
    Two files were checked: 100 training questions with their passages, and 500 of the development set, questions and answers only. A file of passages
    alone (hotpotqa_train_corpus.json) is no set of questions and is refused.
    Known defects, left as published: one model that reads one passage at a time gets 67 F1, so much of it needs no two hops (Min et al. 2019,
    arXiv:1906.02900); golds say more than was asked ("Paul Thomas Mann" for "Thomas Mann") or are misspelt ("6.21 e6hL"); one of the hundred has four
    passages.
    Source: Yang et al. 2018, "HotpotQA" (arXiv:1809.09600).
    """

    paper = "arXiv:1809.09600"
    kind: ClassVar[str] = "hotpotqa"
    source: ClassVar[str] = (
        "with passages: OSU-NLP-Group/HippoRAG @ 3d95d255a8db0c1699b853cfb4fbe5056708162d; "
        "without: RUCAIBox/R1-Searcher @ 631167cbb3c2464f805730e3e364a690f5b136d4"
    )
    licence: ClassVar[str] = "MIT"
    columns: ClassVar[tuple[str, ...]] = ("question", "answer")

    path: str = "hub:hotpotqa/hotpot_qa/distractor:validation"

    @classmethod
    def recognises(cls, row: Row, path: str) -> bool:
        """Passages with supporting facts but no evidences, which are 2WikiMultihopQA's; or, for questions alone, the file's name."""
        if not super().recognises(row, path) or "evidences" in row or "prompt" in row:
            return False
        return {"context", "supporting_facts"} <= set(row) or "hotpot" in stem(path)

    def problem(self, row: Row, where: str) -> Problem:
        """The problem of a row. Raises `BadInput` as `MultihopFile.hopped` does."""
        return self.hopped(row, where)
