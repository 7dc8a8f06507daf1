"""Blocks world with three stacks."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import zip_longest
from string import ascii_uppercase
from typing import Any

from menolab.tasks.move_puzzle import IllegalMove, Move, MovePuzzle, State

STACKS = 3


@dataclass(frozen=True)
class BlocksWorld(MovePuzzle):
    """n blocks on two of three stacks are to stand interleaved on the first. A move is ``[block, from stack, to stack]``.

    The first half of the alphabet's first n letters lies on stack 0 and the rest on stack 1; the goal takes from the tops of both in turn, beginning
    with stack 1, so that both must be taken apart. Source: arXiv:2506.06941, section 3.1; for odd n, which it does not use, stack 1 has one block more.
    """

    fewest = 2
    most = 26

    @property
    def name(self) -> str:
        return "blocks_world"

    def __call__(self, n: int) -> tuple[State, State]:
        self.check_size(n)
        first, second = tuple(ascii_uppercase[: n // 2]), tuple(ascii_uppercase[n // 2 : n])
        goal = tuple(block for pair in zip_longest(reversed(second), reversed(first)) for block in pair if block)
        return (first, second, ()), (goal, (), ())

    def step(self, state: State, move: Sequence[Any]) -> State:
        if len(move) != 3 or not isinstance(move[0], str) or type(move[1]) is not int or type(move[2]) is not int:
            raise IllegalMove('a move is ["block", from stack, to stack]')
        block, source, target = move
        if not (0 <= source < STACKS and 0 <= target < STACKS) or source == target:
            raise IllegalMove("the stacks are 0, 1 and 2, and a move goes from one to another")
        if not state[source] or state[source][-1] != block:
            raise IllegalMove(f"block {block[:20]} is not on top of stack {source}")
        stacks = list(state)
        stacks[source], stacks[target] = state[source][:-1], (*state[target], block)
        return tuple(stacks)

    def moves(self, state: State) -> tuple[Move, ...]:
        return tuple((state[a][-1], a, b) for a in range(STACKS) for b in range(STACKS) if a != b and state[a])

    def solution(self, n: int) -> tuple[Move, ...]:
        """Clear the first stack, then dig out the goal's blocks from the bottom up, the two other stacks taking what lies above.

        Not always shortest: that needs a search whose cost grows exponentially in n.
        """
        state, (goal, *_) = self(n)
        line: list[Move] = []

        def put(source: int, target: int) -> None:
            nonlocal state
            line.append((state[source][-1], source, target))
            state = self.step(state, line[-1])

        while state[0]:
            put(0, 2)
        for block in goal:
            source = 1 if block in state[1] else 2
            while state[source][-1] != block:
                put(source, 3 - source)
            put(source, 0)
        return tuple(line)

    def prompt(self, n: int) -> str:
        start, goal = (json.dumps(state) for state in self(n))
        return (
            f"There are three stacks, numbered from 0, and {n} blocks. Rules:\n"
            "- Only the topmost block of a stack can be moved.\n"
            "- A block is placed on an empty place or on top of another block; no other stacks can be made.\n"
            f"Start, each stack from bottom to top: {start}\nGoal: {goal}\n"
            "Find the sequence of moves from start to goal, each as [block, from stack, to stack]. For example, from "
            '[["A", "B"], ["C"], []] to [["A"], ["B"], ["C"]] it is moves = [["C", 1, 2], ["B", 0, 1]].'
        )
