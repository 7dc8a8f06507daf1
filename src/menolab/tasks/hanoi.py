"""The Tower of Hanoi."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from menolab.errors import BadInput
from menolab.tasks.move_puzzle import IllegalMove, Move, MovePuzzle, State, shortest

PEGS = 3
_SEARCHED = 8
"""Most disks for which solutions are searched for: 3^8 positions."""


@dataclass(frozen=True)
class Hanoi(MovePuzzle):
    """n disks from the first peg to the third, a larger one never on a smaller. A move is ``[disk, from peg, to peg]``; 2^n - 1 are needed.

    A position holds each peg's disks, the top one last. Source: arXiv:2506.06941, section 3.1. Barred moves, an uncommon rule, are not the paper's.
    """

    barred: tuple[tuple[int, int], ...] = ()
    """Pairs (from peg, to peg) between which no disk may move."""

    def __post_init__(self) -> None:
        if not all(len(pair) == 2 and set(pair) <= set(range(PEGS)) and pair[0] != pair[1] for pair in self.barred) or len(set(self.barred)) < len(self.barred):
            raise BadInput("barred", self.barred, "different pairs (from, to) of the pegs 0, 1 and 2")

    @property
    def name(self) -> str:
        return "hanoi"

    def __call__(self, n: int) -> tuple[State, State]:
        self.check_size(n)
        stack = tuple(range(n, 0, -1))
        start, goal = (stack, (), ()), ((), (), stack)
        if self.barred and (n > _SEARCHED or shortest(self, start, goal) is None):
            raise BadInput("barred", self.barred, f"with these moves barred {n} disks cannot be moved, or are more than the {_SEARCHED} that are searched")
        return start, goal

    def step(self, state: State, move: Sequence[Any]) -> State:
        if len(move) != 3 or not all(type(part) is int for part in move):
            raise IllegalMove("a move is [disk, from peg, to peg]")
        disk, source, target = move
        if not (0 <= source < PEGS and 0 <= target < PEGS) or source == target:
            raise IllegalMove("the pegs are 0, 1 and 2, and a move goes from one to another")
        if (source, target) in self.barred:
            raise IllegalMove(f"no disk may move from peg {source} to peg {target}")
        if not state[source] or state[source][-1] != disk:
            raise IllegalMove(f"disk {disk} is not on top of peg {source}")
        if state[target] and state[target][-1] < disk:
            raise IllegalMove(f"disk {disk} would lie on the smaller disk {state[target][-1]}")
        pegs = list(state)
        pegs[source], pegs[target] = state[source][:-1], (*state[target], disk)
        return tuple(pegs)

    def moves(self, state: State) -> tuple[Move, ...]:
        return tuple(
            (state[a][-1], a, b)
            for a in range(PEGS)
            for b in range(PEGS)
            if a != b and (a, b) not in self.barred and state[a] and (not state[b] or state[b][-1] > state[a][-1])
        )

    def solution(self, n: int) -> tuple[Move, ...]:
        """A shortest solution; the only one where no moves are barred."""
        start, goal = self(n)
        return (shortest(self, start, goal) or ()) if self.barred else tuple(_carry(n, 0, 2))

    def prompt(self, n: int) -> str:
        return self.posed(n, *self(n))

    def posed(self, n: int, start: State, goal: State) -> str:
        """The puzzle in words, from any position to any other."""
        return (
            f"There are three pegs, numbered from 0, and {n} {'disk' if n == 1 else 'disks'} of different sizes, numbered from 1 (smallest). Rules:\n"
            "- Only one disk is moved at a time.\n"
            "- A move takes the top disk of one peg and puts it on top of another peg.\n"
            "- A larger disk may not be placed on a smaller one.\n"
            f"{''.join(f'- No disk may move from peg {a} to peg {b}.{chr(10)}' for a, b in self.barred)}"
            f"Start, each peg from bottom to top: {_pegs(start)}\nGoal: {_pegs(goal)}\n"
            "Find the sequence of moves from start to goal, each as [disk, from peg, to peg]. For two disks it is "
            "moves = [[1, 0, 1], [2, 0, 2], [1, 1, 2]]."
        )


def _pegs(state: State) -> str:
    return str([list(peg) for peg in state])


def _carry(n: int, source: int, target: int) -> Iterator[Move]:
    if n:
        spare = 3 - source - target
        yield from _carry(n - 1, source, spare)
        yield (n, source, target)
        yield from _carry(n - 1, spare, target)
