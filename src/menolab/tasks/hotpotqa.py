"""HotpotQA: questions that need facts of two Wikipedia passages."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar

from menolab.errors import BadInput
from menolab.records import Problem
from menolab.tasks.multihop import MultihopFile, sentences_of
from menolab.tasks.published import stem, text_of
from menolab.tasks.rows import Row
from menolab.verifiers.answer import Unreadable
from menolab.verifiers.supported_answer import FIELD, SupportedAnswer, read_facts


@dataclass(frozen=True)
class HotpotQA(MultihopFile):
    """Questions with ten passages, two of which hold the facts (the distractor setting), or without any (closed book), as the file is.

    Reads question, answer, and where they are there context (the passages), type, level and the id. Prompt: the passages, titled and with an empty line
    between, the question, how to answer; rows without a context are asked closed book. ``ShortAnswer(measure="f1")`` gives the answer's F1. With the
    verifier ``SupportedAnswer()`` the sentences are numbered, JSON with the answer and its supporting facts is asked for, and both are judged; every row needs
    a context and supporting_facts then.
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
        """The problem of a row.

        Raises:
            BadInput: as `MultihopFile.hopped` does; supporting facts in another form, or none where they are judged.
        """
        problem, judged = self.hopped(row, where), isinstance(self.verifier, SupportedAnswer)
        if not row.get(FIELD) and not judged:
            return problem
        try:
            facts = {**problem.facts, FIELD: sorted(map(list, read_facts(row.get(FIELD))))}
        except Unreadable as error:
            raise BadInput(f"{where}: {FIELD}", row.get(FIELD), str(error)) from error
        if not judged:
            return replace(problem, facts=facts)
        if "context" not in row:
            raise BadInput(f"{where}: context", None, "without passages no supporting facts can be asked for")
        return replace(problem, facts=facts, prompt=_asked(row, where))


def _asked(row: Row, where: str) -> str:
    """The prompt that asks for the supporting facts too."""
    shown = "".join(
        f"{title}\n" + "".join(f"[{number}] {' '.join(sentence.split())}\n" for number, sentence in enumerate(sentences)) + "\n"
        for title, sentences in sentences_of(row, where)
    )
    return (
        f"{shown}{text_of(row, 'question', where).strip()}\nThink in <think> </think> tags, then give JSON in <answer> </answer> tags: a short answer, and the "
        'sentences that it rests on, by title and number: {"answer": "...", "supporting_facts": [["title", 0], ...]}.'
    )
