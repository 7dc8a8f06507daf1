"""Trees to sibling groups: values are means of children, siblings are compared, each segment counts once."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest

from menolab.advantages.advantage import Chain, credit
from menolab.advantages.group_baseline import GroupBaseline
from menolab.curricula.split_segments import SplitSegments, node_values, split
from menolab.records import Group, Problem, Rollout
from menolab.stages.collate import collate
from oracles import mean


def leaf(path: tuple[int, ...], reward: float | None, sample: int) -> Rollout:
    """A response of one token a segment: 10 times the depth plus the branch."""
    tokens = tuple(10 * d + branch for d, branch in enumerate(path))
    return Rollout((99,), tokens, tuple(-0.1 * t for t in tokens), "", "stop", sample, reward=reward, path=path, cuts=tuple(range(len(path))))


def tree(rewards: dict[tuple[int, ...], float | None]) -> Group:
    return Group(Problem("p", "t", "?", "1"), tuple(leaf(path, r, i) for i, (path, r) in enumerate(rewards.items())), 16)


TWO = {(0, 0): 1.0, (0, 1): 0.0, (1, 0): 0.0, (1, 1): 0.0}


def _value(rewards: dict[tuple[int, ...], float | None], node: tuple[int, ...]) -> float | None:
    if node in rewards:
        return rewards[node]
    depth = len(node)
    children = {path[: depth + 1] for path in rewards if path[:depth] == node}
    values = [v for v in (_value(rewards, child) for child in children) if v is not None]
    return mean(values) if values else None


@pytest.mark.parametrize("seed", range(5))
def test_values_are_means_of_children_in_ragged_trees_too(seed: int) -> None:
    rng = random.Random(seed)
    rewards: dict[tuple[int, ...], float | None] = {}

    def grow(path: tuple[int, ...]) -> None:
        if len(path) == 3 or (path and rng.random() < 0.3):
            rewards[path] = rng.choice([0.0, 1.0, 0.5, None])
        else:
            for i in range(3):
                grow((*path, i))

    grow(())
    for node, value in node_values(rewards).items():
        assert value == pytest.approx(_value(rewards, node)) if value is not None else _value(rewards, node) is None


def test_full_trees_have_means_of_leaves() -> None:
    rng = random.Random(0)
    rewards = {(i, j, k): rng.random() for i in range(2) for j in range(2) for k in range(2)}
    for node, value in node_values(dict(rewards)).items():
        assert value == pytest.approx(mean([r for path, r in rewards.items() if path[: len(node)] == node]))


def test_the_credit_goes_to_the_step_that_decides() -> None:
    """Two decisions, right only after 0 then 0: under branch 1 nothing can be learnt."""
    groups = split(tree(TWO))
    assert [[r.reward for r in g.rollouts] for g in groups] == [[0.5, 0.0], [1.0, 0.0], [0.0, 0.0]]
    assert [[(r.prompt, r.tokens) for r in g.rollouts] for g in groups] == [
        [((99,), (0,)), ((99,), (1,))],
        [((99, 0), (10,)), ((99, 0), (11,))],
        [((99, 1), (10,)), ((99, 1), (11,))],
    ]
    assert groups[0].rollouts[0].finish == "length" and groups[1].rollouts[0].finish == "stop"
    kept = SplitSegments()([tree(TWO)])
    assert kept == groups[:2], "siblings of equal value are dropped"
    got = credit(collate(kept, 16), Chain((GroupBaseline(),)))
    assert got[:, 0].tolist() == pytest.approx([0.25, -0.25, 0.5, -0.5])


def test_unscorable_leaves_leave_the_mean() -> None:
    groups = split(tree({(0, 0): 1.0, (0, 1): None, (1, 0): None, (1, 1): None}))
    assert [r.reward for r in groups[0].rollouts] == [1.0, None] and [r.reward for r in groups[1].rollouts] == [1.0, None]


def test_segments_keep_their_own_tokens_log_probabilities_and_hints() -> None:
    long = Rollout((99,), (1, 2, 3, 4, 5), (-1.0, -2.0, -3.0, -4.0, -5.0), "", "length", 0, reward=1.0, path=(0, 1), cuts=(0, 3), given=4)
    other = replace(long, path=(0, 0), tokens=(1, 2, 3), logprobs=(-1.0, -2.0, -3.0), reward=0.0, finish="stop")
    first, second = split(Group(Problem("p", "t", "?", "1"), (long, other)))
    assert first.rollouts[0].tokens == (1, 2, 3) and first.rollouts[0].given == 3 and len(first.rollouts) == 1
    assert second.rollouts[0].logprobs == (-4.0, -5.0) and second.rollouts[0].given == 1 and second.rollouts[0].finish == "length"
    assert second.rollouts[1].tokens == (), "the other ended exactly where its last segment began"


def test_without_a_tree_it_is_the_group_itself() -> None:
    rollouts = tuple(Rollout((9,), (1, 2), (-0.5, -0.5), "", "stop", i, reward=float(i == 0)) for i in range(3))
    plain = Group(Problem("p", "t", "?", "1"), rollouts)
    assert SplitSegments()([plain]) == [plain]
    depth_1 = plain.with_rollouts(tuple(replace(r, path=(i,), cuts=(0,)) for i, r in enumerate(rollouts)))
    (kept,) = SplitSegments()([depth_1])
    assert [(r.prompt, r.tokens, r.reward) for r in kept.rollouts] == [(r.prompt, r.tokens, r.reward) for r in rollouts]


def test_token_rewards_behind_a_segment_are_part_of_what_it_leads_to() -> None:
    group = tree(TWO)
    group = group.with_rollouts(tuple(replace(r, token_rewards=(0.5, 0.25 * (i == 2))) for i, r in enumerate(group.rollouts)))
    root, _, second = split(group)
    assert [(r.reward, r.token_rewards) for r in root.rollouts] == [(0.5, (0.5,)), (0.125, (0.5,))]
    assert [(r.reward, r.token_rewards) for r in second.rollouts] == [(0.0, (0.25,)), (0.0, (0.0,))]
    assert len(SplitSegments()([group])) == 3, "siblings whose tokens are rewarded are not alike"
