"""Has a model met the problems that it is examined on?"""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from menolab.engines.decoding import Decoding
from menolab.engines.engine import Engine
from menolab.engines.torch_engine import TorchEngine
from menolab.errors import BadInput, check_range
from menolab.evaluation import statistics
from menolab.evaluation.record import Row
from menolab.keys import Key
from menolab.models.policy import Policy
from menolab.records import Problem
from menolab.studies.desk import Desk
from menolab.studies.findings import Findings, Number, Plot, Series, Sheet, number
from menolab.studies.study import Study
from menolab.studies.subject import Subject
from menolab.tasks.layouts import file_task
from menolab.tasks.task import Task, draw


@dataclass(frozen=True)
class Contamination(Study):
    """Given the first part of each problem, does the model write the rest of it, and answer what it was not asked? And how many of the problems, or their
    n-grams, are among the training problems?

    Partial-prompt completion as in Wu et al. 2025, "Reasoning or Memorization? Unreliable Results of Reinforcement Learning Due to Data Contamination",
    arXiv:2507.10532: the model reads 40, 60 or 80 % of a problem without a chat template and goes on greedily; its continuation is compared with the rest by
    exact match and ROUGE-L, and its answer with the answer (partial-prompt answer accuracy). That a rest may be guessed from the wording is measured by the
    same scores against other problems' rests, which is ours. N-gram overlap as in Brown et al. 2020, arXiv:2005.14165, appendix C, with whole problems shorter
    than n words compared as wholes.
    """

    paper = "arXiv:2507.10532"

    shares: tuple[float, ...] = (0.4, 0.6, 0.8)
    """How much of a problem is given, in words."""
    training: str = ""
    """Problems that were trained on: a file or hub:owner/name:split; empty: the training side of the run's task."""
    drawn: int = 2000
    """Training problems drawn of an endless task."""
    ngram: int = 13
    """Words of the n-grams that are looked for."""

    def __post_init__(self) -> None:
        for share in self.shares:
            if not 0 < share < 1:
                raise BadInput("shares", share, "give a part of the problem, between 0 and 1")
        check_range("drawn", self.drawn, 1)
        check_range("ngram", self.ngram, 1)

    def __call__(self, subjects: Sequence[Subject], desk: Desk) -> Findings:
        task, numbers = desk.task(subjects), {}
        problems = desk.asked(subjects, task)
        whole = replace(desk.decoding(subjects), temperature=0.0)
        rows: list[tuple[str | Number, ...]] = []
        series = []
        for subject in subjects:
            scores = [self._completed(subject, desk, task, problems, whole, share) for share in self.shares] if subject.engine is not None else []
            columns = ("exact match", "ROUGE-L", "by chance", "answer")
            rows += [(subject.label, f"{share:.0%}", *(s[name] for name in columns)) for share, s in zip(self.shares, scores, strict=False)]
            for share, found in zip(self.shares, scores, strict=False):
                numbers |= {f"{what} at {share:.0%}, {subject.label}": found[what] for what in ("exact match", "ROUGE-L beyond chance", "answer")}
            if scores:
                e = [s["exact match"] for s in scores]
                series.append(Series(subject.label, list(self.shares), [x.mean for x in e], [x.low or 0.0 for x in e], [x.high or 0.0 for x in e]))
        overlap, source = self._overlap(subjects, desk.key.fold("training"), problems)
        numbers |= overlap
        header = ("model", "given", "rest exact", "ROUGE-L", "against others' rests", "answer right")
        return Findings(
            title=f"Contamination: {', '.join(s.label for s in subjects)} on {task.name}",
            verdict=verdict(numbers, source),
            numbers=numbers,
            tables=(Sheet("Completing problems from their beginning", header, rows),) if rows else (),
            charts=(Plot("Rest of the problem written exactly", series, "share of the problem given", "share"),) if len(self.shares) > 1 and series else (),
            shows_not=(
                "That a model which cannot complete problems has not met them: it may have met them reworded or translated, or only their answers.",
                "Anything of training data that was not looked at: overlap is with the training problems named here only.",
            ),
            warnings=() if source else ("overlap with training problems was not looked for: give --training FILE, or a run",),
        )

    def _completed(
        self, subject: Subject, desk: Desk, task: Task, problems: Sequence[Problem], decoding: Decoding, share: float
    ) -> dict[str, Number]:
        parts = [cut(p.prompt, share) for p in problems]
        asked = [replace(p, prompt=head) for p, (head, _) in zip(problems, parts, strict=True)]
        engine = unformatted(subject.opened())
        result = desk.draw(subject, f"{subject.label}-first-{share:.0%}", task, asked, decoding, 1, key=desk.key.fold("partial"), engine=engine)
        tails = [tail for _, tail in parts]
        return completion_scores(result.rows, tails, desk.key.fold("scores"))

    def _overlap(self, subjects: Sequence[Subject], key: Key, problems: Sequence[Problem]) -> tuple[dict[str, Number], str]:
        """Overlap with the training problems, and what these are; nothing where none are known."""
        setup = next((s.setup for s in reversed(subjects) if s.setup is not None), None)
        if self.training:
            texts = [p.prompt for p in file_task(self.training).listed() or ()]
            source = self.training
        elif setup is not None:
            # The run's own rule: held-out problems and those that it evaluates on are never drawn.
            listed = {p.prompt for p in problems}
            stream = draw(setup.task, key, evaluation=False, avoid=lambda p: setup.task.name == p.task and p.prompt in listed)
            texts = [p.prompt for p in itertools.islice(stream, self.drawn)]
            source = f"{len(texts)} training problems of {setup.task.name}"
        else:
            return {}, ""
        same, partly = overlap([p.prompt for p in problems], texts, self.ngram)
        return {
            "problems in training": number(statistics.share(same), "share", f"equal up to case, spaces and punctuation to one of {source}"),
            f"{self.ngram}-grams in training": number(statistics.share(partly), "share", f"of a problem's {self.ngram}-grams, those in {source}"),
        }, source


def unformatted(engine: Engine) -> Engine:
    """The engine without a chat template: a problem is to be gone on with, not to be answered."""
    if not isinstance(engine, TorchEngine) or not engine.policy.chat:
        return engine
    return TorchEngine(Policy(engine.policy.model, engine.policy.tokenizer, chat=False), engine.max_batch, engine.dtype)


def cut(prompt: str, share: float) -> tuple[str, str]:
    """The first `share` of a prompt's words (rounded up, at least one word is left over) and the rest with the space before it.

    Raises:
        BadInput: a prompt of one word.
    """
    words = prompt.split()
    if len(words) < 2:
        raise BadInput("prompt", prompt, "has one word, so that there is no part of it to give")
    given = min(len(words) - 1, math.ceil(share * len(words) - 1e-9))
    place = 0
    for word in words[:given]:
        place = prompt.index(word, place) + len(word)
    return prompt[:place], prompt[place:]


def plainly(text: str) -> list[str]:
    """Words in lower case without the punctuation at their ends; what is punctuation alone ("=") stays."""
    return [word.strip(".,;:!?\"'()[]") or word for word in text.lower().split()]


def continues_with(completion: str, tail: str) -> bool:
    """Whether a completion begins with the whole tail, up to spaces and line breaks, and does not go on within its last word or number."""
    said, wanted = " ".join(completion.split()), " ".join(tail.split())
    return said.startswith(wanted) and not (wanted[-1:].isalnum() and said[len(wanted) : len(wanted) + 1].isalnum())


def common(a: Sequence[str], b: Sequence[str]) -> int:
    """Length of the longest common subsequence."""
    row = [0] * (len(b) + 1)
    for x in a:
        last = 0
        for j, y in enumerate(b, 1):
            last, row[j] = row[j], last + 1 if x == y else max(row[j], row[j - 1])
    return row[-1]


def rouge_l(candidate: str, reference: str) -> float:
    """ROUGE-L: F1 of the longest common subsequence of words, 2 L / (|candidate| + |reference|).

    Lin 2004, "ROUGE: A Package for Automatic Evaluation of Summaries", with beta = 1: P = L / |candidate|, R = L / |reference| and
    F = 2 P R / (P + R).
    """
    a, b = plainly(candidate), plainly(reference)
    return 2 * common(a, b) / (len(a) + len(b)) if a and b else 0.0


def completion_scores(rows: Sequence[Row], tails: Sequence[str], key: Key) -> dict[str, Number]:
    """What the completions of problems' beginnings (one a problem) say against the rests of the problems."""
    others = [*tails[1:], tails[0]]  # with one problem there is no other, and the difference is 0
    exact_P = np.array([continues_with(row.text, tail) for row, tail in zip(rows, tails, strict=True)], dtype=float)
    # A continuation is compared as far as the rest is long: what the model says after it is another matter.
    own_P, other_P = (
        np.array([rouge_l(" ".join(row.text.split()[: len(tail.split())]), tail) for row, tail in zip(rows, rests, strict=True)]) for rests in (tails, others)
    )
    right_P = np.array([row.label == "right" for row in rows], dtype=float)
    beyond = statistics.paired_difference(other_P, own_P, key.fold("beyond"))
    return {
        "exact match": number(statistics.share(exact_P), "share", "greedy continuations that write the rest of the problem word for word"),
        "ROUGE-L": number(statistics.share(own_P), "share", "longest common subsequence of the continuation and the rest, F1 over words"),
        "by chance": number(statistics.share(other_P), "share", "the same against another problem's rest: what the wording gives away"),
        "ROUGE-L beyond chance": number(beyond, "points", "against the problem's own rest minus against another problem's"),
        "answer": number(statistics.share(right_P), "share", "right answers to problems of which only the beginning was given"),
    }


def overlap(evaluated: Sequence[str], trained: Sequence[str], n: int) -> tuple[np.ndarray, np.ndarray]:
    """For each evaluated text: 1 where it equals a trained one, and the share of its word n-grams that occur in a trained one. `[P]` each.

    Texts are compared in lower case without punctuation; of a text shorter than n words the whole is its one n-gram, found only as a whole trained text.
    """
    whole = {tuple(plainly(text)) for text in trained}
    pieces = {gram for words in whole for gram in _grams(words, n)}
    ours = [tuple(plainly(text)) for text in evaluated]
    same_P = np.array([words in whole for words in ours], dtype=float)
    part_P = np.array([np.mean([gram in pieces for gram in _grams(words, n)]) for words in ours])
    return same_P, part_P


def _grams(words: tuple[str, ...], n: int) -> list[tuple[str, ...]]:
    return [words[i : i + n] for i in range(max(1, len(words) - n + 1))]


def verdict(numbers: dict[str, Number], source: str) -> str:
    """What the numbers say, in words."""
    said = []
    beyond = {name: x for name, x in numbers.items() if name.startswith("ROUGE-L beyond chance at")}
    exact = {name: x for name, x in numbers.items() if name.startswith("exact match at")}
    if exact:
        name, most = max(exact.items(), key=lambda item: item[1].mean or 0.0)
        said.append(f"The rest of a problem was written word for word in {most} at most ({name.removeprefix('exact match ')}).")
        firm = [n.removeprefix("ROUGE-L beyond chance ") for n, x in beyond.items() if x.low is not None and x.low > 0]
        said.append(f"Completions fit their own problem better than others' {'at ' + '; '.join(f.removeprefix('at ') for f in firm) if firm else 'nowhere'}.")
    if source:
        same = numbers["problems in training"]
        said.append(f"Of the problems {same} are among {source}.")
    return " ".join(said) or "Nothing could be looked at: no model to ask and no training problems to compare with."
