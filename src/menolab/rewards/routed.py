"""Each kind of problem its own reward."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from menolab.errors import BadInput
from menolab.records import Group
from menolab.rewards.accuracy import Accuracy
from menolab.rewards.reward import Reward
from menolab.rewards.scaled import refuse_tokens


@dataclass(frozen=True)
class Routed(Reward):
    """The term of the group's task, by name; `otherwise` where the task has none.

    Qwen Team 2025 (Qwen3), arXiv:2505.09388, general reinforcement learning: rules, a model that compares with a reference answer, or a preference model,
    task by task. Any `Reward` may stand in a route; the models themselves are not part of it.
    """

    catalogue = "qwen3-stage4-general-rl"
    paper = "arXiv:2505.09388"

    tasks: tuple[str, ...] = ()
    """Names of tasks, as problems carry them."""
    terms: tuple[Reward, ...] = ()
    """One a task."""
    otherwise: Reward = Accuracy()

    def __post_init__(self) -> None:
        if len(self.tasks) != len(self.terms):
            raise BadInput("tasks", self.tasks, f"give one task name for each of the {len(self.terms)} terms")
        if len(set(self.tasks)) < len(self.tasks):
            raise BadInput("tasks", self.tasks, "give each task once")
        for term in (*self.terms, self.otherwise):
            refuse_tokens(term, type(self).__name__)

    def fitted(self, groups: Sequence[Group], progress: float) -> Reward:
        """Each term sees the groups of its own task alone."""
        own = {name: [group for group in groups if group.problem.task == name] for name in self.tasks}
        rest = [group for group in groups if group.problem.task not in own]
        terms = tuple(term.fitted(own[name], progress) for name, term in zip(self.tasks, self.terms, strict=True))
        return Routed(self.tasks, terms, self.otherwise.fitted(rest, progress))

    def __call__(self, group: Group, progress: float) -> Sequence[float | None]:
        return dict(zip(self.tasks, self.terms, strict=True)).get(group.problem.task, self.otherwise)(group, progress)
