"""Trees of rollouts: every segment is continued several times."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from menolab.engines.decoding import Decoding
from menolab.engines.engine import Engine
from menolab.errors import BadInput, check_range
from menolab.keys import Key
from menolab.records import Completion, Group, Problem, Request, Rollout
from menolab.samplers.sampler import Sampler, own_keys


@dataclass(frozen=True)
class _Branch:
    """A node while the tree grows: which problem and path it belongs to, and all tokens since the prompt."""

    problem: int
    path: tuple[int, ...]
    cuts: tuple[int, ...]
    done: Completion


@dataclass(frozen=True)
class Tree(Sampler):
    """An N-ary tree of segments: N continuations of the prompt, N of each of them ..., `depth` times; its leaves are the group.

    Yang et al. 2025 (TreeRPO), arXiv:2506.05183. A segment is 1/depth of the token limit long (the last takes what is left); one that ends the
    response early is a leaf, so a group holds N^depth rollouts at most. Every rollout knows its path and where its segments start. A stop string that
    straddles two segments is not seen.
    """

    paper = "arXiv:2506.05183"

    group: int = 8
    """Leaves of a full tree, N^depth."""
    depth: int = 3
    """Segments from root to leaf."""

    def __post_init__(self) -> None:
        check_range("sampler.group", self.group, 1)
        check_range("sampler.depth", self.depth, 1)
        if self.width**self.depth != self.group:
            raise BadInput("sampler.group", self.group, f"must be N^{self.depth} for a whole N, e.g. {2**self.depth} or {3**self.depth}")

    @property
    def width(self) -> int:
        """N, continuations of every node."""
        return round(self.group ** (1.0 / self.depth))

    def __call__(self, engine: Engine, problems: Sequence[Problem], decoding: Decoding, key: Key, progress: float = 0.0) -> list[Group]:
        prompts, keys = [engine.encode(problem.prompt) for problem in problems], own_keys(problems, key)
        step = max(1, decoding.max_tokens // self.depth)
        open_ = [_Branch(p, (), (), Completion((), (), "length")) for p in range(len(problems))]
        leaves: list[_Branch] = []
        for level in range(self.depth):
            limit = decoding.max_tokens - level * step if level == self.depth - 1 else step
            children = [(branch, (*branch.path, i)) for branch in open_ for i in range(self.width)]
            requests = [Request(prompts[b.problem] + b.done.tokens, keys[b.problem].fold(*path)) for b, path in children]
            drawn = engine.generate(requests, replace(decoding, max_tokens=max(1, limit))) if requests else []
            grown = [_grow(branch, path, c) for (branch, path), c in zip(children, drawn, strict=True)]
            last = level == self.depth - 1
            leaves += [branch for branch in grown if last or branch.done.finish != "length"]
            open_ = [branch for branch in grown if not last and branch.done.finish == "length"]
        groups = []
        for p, problem in enumerate(problems):
            own = sorted((leaf for leaf in leaves if leaf.problem == p), key=lambda leaf: leaf.path)
            rollouts = [_leaf(engine, prompts[p], keys[p], i, leaf) for i, leaf in enumerate(own)]
            groups.append(Group(problem, tuple(rollouts), decoding.max_tokens))
        return groups


def _grow(branch: _Branch, path: tuple[int, ...], more: Completion) -> _Branch:
    done = Completion(branch.done.tokens + more.tokens, branch.done.logprobs + more.logprobs, more.finish)
    return _Branch(branch.problem, path, (*branch.cuts, len(branch.done.tokens)), done)


def _leaf(engine: Engine, prompt: tuple[int, ...], key: Key, sample: int, leaf: _Branch) -> Rollout:
    c = leaf.done
    text = engine.decode(c.tokens)
    return Rollout(prompt, c.tokens, c.logprobs, text, c.finish, sample, key=key.fold(*leaf.path), path=leaf.path, cuts=leaf.cuts)
