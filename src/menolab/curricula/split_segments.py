"""Trees of rollouts to groups of siblings."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from statistics import fmean

from menolab.curricula.filter import Filter, all_equal
from menolab.records import Group, Rollout

Path = tuple[int, ...]


@dataclass(frozen=True)
class SplitSegments(Filter):
    """Every branching of a tree becomes a group: its rollouts are the segments after one prefix, each worth the mean of what came of it.

    Yang et al. 2025 (TreeRPO), arXiv:2506.05183: a leaf's reward is the verifier's, a parent's the mean of its children's, and siblings are compared
    with one another. The prefix moves into the prompt, so a shared segment is learnt from once and group-relative advantages need not know of trees.
    Rewards a token of later segments count in that value, a segment's own reach it a token at a time. Siblings of equal value are dropped. Groups
    that no tree sampler drew stay as they are.
    """

    paper = "arXiv:2506.05183"

    def __call__(self, groups: Sequence[Group]) -> list[Group]:
        return [siblings for group in groups for siblings in split(group) if not all_equal(siblings)]


def split(group: Group) -> list[Group]:
    """The sibling groups of one tree, root first. A group without a tree is its own only one."""
    if not any(r.path for r in group.sampled):
        return [group]
    leaves = {r.path: r for r in group.sampled}
    families: dict[Path, dict[Path, Rollout]] = {}
    for path, leaf in leaves.items():
        for depth in range(len(path)):
            families.setdefault(path[:depth], {}).setdefault(path[: depth + 1], _segment(leaf, path, depth))
    own = {path: math.fsum(r.token_rewards) for nodes in families.values() for path, r in nodes.items()}
    values = node_values({path: r.reward for path, r in leaves.items()}, own)
    return [
        group.with_rollouts(tuple(replace(r, sample=i, reward=values[path]) for i, (path, r) in enumerate(nodes.items())))
        for _, nodes in sorted(families.items())
    ]


def node_values(rewards: Mapping[Path, float | None], own: Mapping[Path, float] | None = None) -> dict[Path, float | None]:
    """The value of every node from those of the leaves, bottom-up: the mean over the children that could be scored, None where none could.

    Args:
        own: what the tokens of a node's own segment are worth by themselves; it counts for the nodes above.
    """
    values, own = dict(rewards), own or {}
    for depth in range(max(map(len, rewards), default=0) - 1, 0, -1):
        for node in sorted({path[:depth] for path in values if len(path) > depth}):
            scored = [v + own.get(path, 0.0) for path, v in values.items() if len(path) == depth + 1 and path[:depth] == node and v is not None]
            values[node] = fmean(scored) if scored else None
    return values


def _segment(leaf: Rollout, path: Path, depth: int) -> Rollout:
    """What the path adds at `depth`, as a response to all that came before it."""
    start, last = leaf.cuts[depth], depth + 1 == len(path)
    end = len(leaf.tokens) if last else leaf.cuts[depth + 1]
    return replace(
        leaf,
        prompt=leaf.prompt + leaf.tokens[:start],
        tokens=leaf.tokens[start:end],
        logprobs=leaf.logprobs[start:end],
        token_rewards=leaf.token_rewards[start:end],
        finish=leaf.finish if last else "length",
        given=min(max(leaf.given - start, 0), end - start),
        verdict=leaf.verdict if last else None,
        path=path[: depth + 1],
        cuts=(),
    )
