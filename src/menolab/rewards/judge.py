"""The verb `judge`: verdicts, then named reward terms, then their weighted sum."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from menolab.records import Group
from menolab.rewards.reward import Reward
from menolab.tasks.task import Task, verify


def judge(groups: Sequence[Group], task: Task, rewards: Sequence[Reward], weights: Sequence[float], progress: float) -> list[Group]:
    """Groups with verdicts, reward terms (by class name) and rewards.

    A rollout that any term cannot score (None) is unscorable as a whole: no credit, and left out of every baseline.
    """
    names = term_names(rewards)
    judged = []
    for group in groups:
        group = group.with_rollouts(tuple(replace(r, verdict=verify(task, group.problem, r.text)) for r in group.rollouts))
        columns = {name: list(term(group, progress)) for name, term in zip(names, rewards, strict=True)}
        rollouts = []
        for i, rollout in enumerate(group.rollouts):
            terms = {name: column[i] for name, column in columns.items()}
            total = 0.0
            for weight, value in zip(weights, terms.values(), strict=True):
                total += weight * (float("nan") if value is None else value)
            rollouts.append(replace(rollout, rewards=terms, reward=None if total != total else total))
        judged.append(group.with_rollouts(tuple(rollouts)))
    return judged


def term_names(rewards: Sequence[Reward]) -> list[str]:
    """Class names of the terms; a second term of one class is Name.2."""
    names: list[str] = []
    for term in rewards:
        name = type(term).__name__
        repeats = sum(known.partition(".")[0] == name for known in names)
        names.append(f"{name}.{repeats + 1}" if repeats else name)
    return names
