"""Rollouts, and what would be answered after each of their steps."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from menolab.engines.decoding import Decoding
from menolab.engines.engine import Engine
from menolab.errors import BadInput, check_range
from menolab.keys import Key
from menolab.records import Group, Probe, Problem, Request, Rollout
from menolab.samplers.closing import place
from menolab.samplers.independent import Independent
from menolab.samplers.sampler import Sampler
from menolab.verifiers.extract import ANSWER, END_THINK

MARKS = ("However", "Therefore", "So", "But", "Wait")
"""Words that begin a step, of the paper's list."""


@dataclass(frozen=True)
class Probed(Sampler):
    """G independent draws of every problem; after each step of each, the thinking is closed and N answers are drawn, as probes of what it is worth.

    Yue et al. 2025 (VSRM), arXiv:2508.10293: steps end where a word of reflection or transition begins, with a least distance between two ends; the last
    ends with the thinking. The worth of no thinking at all is probed too. A word counts where its tokens occur, with or without a space before them; the
    cut lies before the space.
    Probes are counted as drawn: with c cuts a rollout costs 1 + N c.
    """

    paper = "arXiv:2508.10293"

    group: int = 8
    """G, rollouts a problem."""
    answers: int = 4
    """N, answers drawn after each step."""
    marks: tuple[str, ...] = MARKS
    """Texts that begin a step."""
    gap: float = 0.125
    """Least length of a step, as a share of the token limit."""
    answer: float = 0.25
    """Longest answer, as a share of the token limit."""
    closing: str = END_THINK + ANSWER
    """What is put behind a beginning, so that an answer must follow."""

    def __post_init__(self) -> None:
        check_range("sampler.group", self.group, 1)
        check_range("sampler.answers", self.answers, 1)
        check_range("sampler.gap", self.gap, 0.0, 1.0)
        check_range("sampler.answer", self.answer, 0.0, 1.0, open_low=True)
        if "" in self.marks:
            raise BadInput("sampler.marks", self.marks, "an empty text begins everywhere; leave it out")

    def __call__(self, engine: Engine, problems: Sequence[Problem], decoding: Decoding, key: Key, progress: float = 0.0) -> list[Group]:
        groups = Independent(self.group)(engine, problems, decoding, key)
        closing, limit = engine.tokens(self.closing), max(1, round(self.answer * decoding.max_tokens))
        asked: list[tuple[int, int, int, Request]] = []
        for g, group in enumerate(groups):
            for r in group.rollouts:
                own = (r.key or key).fold("probe")
                for cut in self.cuts(engine, r, decoding.max_tokens):
                    prompt = r.prompt + r.tokens[:cut] + closing
                    if len(prompt) < engine.context:
                        asked += [(g, r.sample, cut, Request(prompt, own.fold(cut, n), limit)) for n in range(self.answers)]
        drawn = engine.generate([request for *_, request in asked], decoding) if asked else []
        probes: dict[int, list[Probe]] = {}
        for (g, sample, cut, request), done in zip(asked, drawn, strict=True):
            text = engine.decode(request.prompt[len(groups[g].rollouts[sample].prompt) :] + done.tokens)
            probes.setdefault(g, []).append(Probe(sample, cut, text, len(done.tokens)))
        return [replace(group, probes=tuple(probes.get(g, ()))) for g, group in enumerate(groups)]

    def cuts(self, engine: Engine, rollout: Rollout, limit: int) -> list[int]:
        """0, and how many tokens lie before the end of each step."""
        tokens = rollout.tokens
        at_end = place(tokens, engine.tokens(END_THINK))
        end = len(tokens) if at_end is None else at_end
        least, found = max(1, round(self.gap * limit)), [0]
        for at in sorted({at for mark in self.marks for at in _begins(engine, tokens[:end], mark)}):
            if at - found[-1] >= least and end - at >= least:
                found.append(at)
        return [*found, end] if end else found


def _begins(engine: Engine, tokens: tuple[int, ...], mark: str) -> Iterator[int]:
    """Where a step begins with the mark, the space before it included. A mark of letters is a word: "But" does not begin "Butter"."""
    for spelling in (f" {mark}", mark):
        piece = engine.tokens(spelling)
        for at in range(len(tokens) - len(piece) + 1):
            if tokens[at : at + len(piece)] == piece:
                before, behind = engine.decode(tokens[max(at - 1, 0) : at])[-1:], engine.decode(tokens[at + len(piece) : at + len(piece) + 1])[:1]
                cut_word = (mark[-1].isalpha() and behind.isalpha()) or (spelling == mark and mark[0].isalpha() and before.isalpha())
                if not cut_word and not (spelling == mark and before == " "):
                    yield at
