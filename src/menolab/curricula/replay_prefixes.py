"""Go back to a random point of an earlier response."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from itertools import islice

from menolab.curricula.curriculum import Curriculum, State
from menolab.errors import check_range
from menolab.records import Group, Problem, Rollout


@dataclass(frozen=True)
class ReplayPrefixes(Curriculum):
    """A share of each step's problems are those of the step before, resumed at a random token of one of their responses; the rest come from the stream.

    Lee and Tong 2025 (T-SPMO), arXiv:2504.20834: replay from right and from wrong responses, so that groups branch deep in a response and not only at
    its beginning. Of every fresh group one right and one wrong response are stored, cut where the response's own key says; a group of one kind
    gives one. Replayed groups are not stored again. The share is ours. Wants a sampler that reads `Problem.start`: `Resumed`.
    """

    paper = "arXiv:2504.20834"

    share: float = 0.5
    """Of a step's problems, if so many are stored."""

    def __post_init__(self) -> None:
        check_range("share", self.share, 0.0, 1.0)

    def choose(self, state: State, problems: Iterator[Problem], count: int) -> list[Problem]:
        stored = state.get("stored", ())[: int(self.share * count)]
        replayed = [Problem(**{**entry, "start": tuple(entry["start"])}) for entry in stored]
        return [*replayed, *islice(problems, count - len(replayed))]

    def learn(self, state: State, groups: Sequence[Group]) -> State:
        found = [_cut(group.problem, r) for group in groups if not group.problem.start for r in _one_of_each(group)]
        return {"stored": [asdict(problem) for problem in found if problem.start]}


def _one_of_each(group: Group) -> list[Rollout]:
    """The first right and the first wrong response that can be cut."""
    long = [r for r in group.sampled if len(r.tokens) > 1 and r.key is not None and r.verdict is not None]
    kinds = ([r for r in long if r.verdict and r.verdict.label == label] for label in ("right", "wrong"))
    return [kind[0] for kind in kinds if kind]


def _cut(problem: Problem, r: Rollout) -> Problem:
    """The problem with a beginning of the response: at least one token, and at least one left to draw."""
    assert r.key is not None
    return replace(problem, start=r.tokens[: r.key.fold("replay").random().randrange(1, len(r.tokens))])
