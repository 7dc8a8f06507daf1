"""Groups that have been judged, written in a line."""

from __future__ import annotations

from dataclasses import replace

from menolab.records import Group, Problem, Rollout, Verdict, right, undecided, wrong

VERDICTS: dict[str, Verdict] = {"right": right("compare", "", "1"), "wrong": wrong("compare", "", "2"), "undecided": undecided("compare", "slow")}


def judged(*rollouts: tuple[str, str, int], limit: int | None = 100, answer: str = "1") -> Group:
    """A group of (text, verdict, number of tokens)."""
    made = [Rollout((1,), (2,) * n, (-0.1,) * n, text, "stop", i, VERDICTS[label]) for i, (text, label, n) in enumerate(rollouts)]
    return Group(Problem("p", "t", "?", answer), tuple(made), limit)


def texts(*written: str, answer: str = "1") -> Group:
    """A group of responses, all of them judged wrong."""
    return judged(*((text, "wrong", 3) for text in written), answer=answer)


def with_scores(group: Group, *scores: float | None) -> Group:
    """The group with verdicts of these scores (right at 1, undecided at None)."""
    made = [VERDICTS["undecided"] if s is None else replace(VERDICTS["right" if s == 1 else "wrong"], score=s) for s in scores]
    return group.with_rollouts(tuple(replace(r, verdict=v) for r, v in zip(group.rollouts, made, strict=True)))
