"""The verb `judge`: verdicts, then named reward terms, then their weighted sum."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import replace

from menolab.records import Group
from menolab.rewards.reward import Reward, TokenReward
from menolab.tasks.task import Task, verify

Asker = Callable[[Sequence[Group]], Sequence[Group]]
"""Adds the opinions of judges to groups with verdicts."""


def judge(
    groups: Sequence[Group], task: Task, rewards: Sequence[Reward], weights: Sequence[float], progress: float, ask: Asker | None = None
) -> list[Group]:
    """Groups with verdicts, opinions, reward terms (by class name) and rewards.

    A rollout that any term cannot score (None) is unscorable as a whole: no credit, and left out of every baseline. Terms that reward tokens make up
    `token_rewards` instead of `reward`.

    Args:
        ask: asks the judges that the terms want to hear, about all groups at once.
    """
    verified = [with_verdicts(group, task) for group in groups]
    judged = list(ask(verified)) if ask else verified
    fitted = [term.fitted(judged, progress) for term in rewards]
    return [_scored(group, term_names(rewards), fitted, weights, progress) for group in judged]


def with_verdicts(group: Group, task: Task) -> Group:
    """The group with a verdict on each of its rollouts and probes."""
    rollouts = tuple(replace(r, verdict=verify(task, group.problem, r.text)) for r in group.rollouts)
    return replace(group, rollouts=rollouts, probes=tuple(replace(p, verdict=verify(task, group.problem, p.text)) for p in group.probes))


def _scored(group: Group, names: Sequence[str], terms: Sequence[Reward], weights: Sequence[float], progress: float) -> Group:
    columns = [list(term(group, progress)) for term in terms]
    token_terms = [(w, term.tokens(group, progress)) for term, w in zip(terms, weights, strict=True) if isinstance(term, TokenReward)]
    whole_terms = [i for i, term in enumerate(terms) if not isinstance(term, TokenReward)]
    rollouts = []
    for i, rollout in enumerate(group.rollouts):
        values = [None if column[i] != column[i] else column[i] for column in columns]
        total = None if None in values else sum((weights[k] * (values[k] or 0.0) for k in whole_terms), 0.0)
        tokens = _sum([(w, rows[i]) for w, rows in token_terms])
        rollouts.append(replace(rollout, rewards=dict(zip(names, values, strict=True)), reward=total, token_rewards=tokens))
    return group.with_rollouts(tuple(rollouts))


def _sum(parts: Sequence[tuple[float, tuple[float, ...] | None]]) -> tuple[float, ...]:
    """The weighted sum a token of the terms that could be scored."""
    scored = [tuple(w * x for x in row) for w, row in parts if row is not None]
    return tuple(map(math.fsum, zip(*scored, strict=True)))


def term_names(rewards: Sequence[Reward]) -> list[str]:
    """Class names of the terms; a second term of one class is Name.2."""
    names: list[str] = []
    for term in rewards:
        name = type(term).__name__
        repeats = sum(known.partition(".")[0] == name for known in names)
        names.append(f"{name}.{repeats + 1}" if repeats else name)
    return names
