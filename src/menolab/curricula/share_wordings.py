"""Learn from every rollout under every wording of its problem."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from menolab.curricula.filter import Filter
from menolab.records import Group, Rollout


@dataclass(frozen=True)
class ShareWordings(Filter):
    """Adds to every group a copy of each rollout for each other wording of the problem, with the same reward and as a response to that prompt.

    Yao et al. 2025 (Share-GRPO), arXiv:2505.16673: all wordings are trained on the trajectories of all. Copies were not drawn after their prompt, so
    their log-probabilities are unknown until they are scored. Groups of one wording stay as they are.
    """

    paper = "arXiv:2505.16673"

    def __call__(self, groups: Sequence[Group]) -> list[Group]:
        return [group.with_rollouts((*group.rollouts, *self._copies(group))) for group in groups]

    def _copies(self, group: Group) -> Iterator[Rollout]:
        prompts = {r.wording: r.prompt for r in group.rollouts}
        for wording, prompt in prompts.items():
            for r in group.rollouts:
                if r.wording != wording:
                    yield replace(r, prompt=prompt, logprobs=(float("nan"),) * len(r.tokens), wording=None)
