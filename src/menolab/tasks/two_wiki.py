"""2WikiMultihopQA: questions over two or more Wikipedia passages, made from templates and Wikidata."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from menolab.records import Problem
from menolab.tasks.multihop import MultihopFile
from menolab.tasks.published import stem
from menolab.tasks.rows import Row


@dataclass(frozen=True)
class TwoWiki(MultihopFile):
    """Questions of 2WikiMultihopQA, with passages where the file holds them, else closed book; the checked file has 500, questions and answers only.

    Reads question, answer, and where they are there context, type and the id. Prompt: as HotpotQA's.
    Known defects, left as published: names are in title case whatever they were ("Love'S Greatest Mistake"); a country is asked for as a nationality and
    the gold is the country ("Lebanon"), so "Lebanese" is wrong. The form with passages was not checked against a published file.
    Source: Ho et al. 2020, "Constructing A Multi-hop QA Dataset for Comprehensive Evaluation of Reasoning Steps" (arXiv:2011.01060).
    """

    paper = "arXiv:2011.01060"
    kind: ClassVar[str] = "2wikimultihopqa"
    source: ClassVar[str] = "RUCAIBox/R1-Searcher @ 631167cbb3c2464f805730e3e364a690f5b136d4"
    licence: ClassVar[str] = "MIT"
    columns: ClassVar[tuple[str, ...]] = ("question", "answer")

    @classmethod
    def recognises(cls, row: Row, path: str) -> bool:
        """Passages with evidences; or, for questions alone, the file's name."""
        if not super().recognises(row, path) or "prompt" in row:
            return False
        return {"context", "evidences"} <= set(row) or "2wiki" in stem(path)

    def problem(self, row: Row, where: str) -> Problem:
        """The problem of a row. Raises `BadInput` as `MultihopFile.hopped` does."""
        return self.hopped(row, where)
