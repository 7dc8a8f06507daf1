"""Checker jumping on a line."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from menolab.tasks.move_puzzle import IllegalMove, Move, MovePuzzle, State

RED, BLUE, EMPTY = "R", "B", "_"
_AHEAD = {RED: 1, BLUE: -1}


@dataclass(frozen=True)
class CheckerJumping(MovePuzzle):
    """n red and n blue checkers change sides; each slides or jumps ahead over one of the other colour. A move is ``[colour, from, to]``.

    (n + 1)^2 - 1 moves are needed: the checkers must cross n^2 times, each time by a jump, and go 2 n (n + 1) places in all.
    Source: arXiv:2506.06941, section 3.1.
    """

    most = 12

    @property
    def name(self) -> str:
        return "checker_jumping"

    def __call__(self, n: int) -> tuple[State, State]:
        self.check_size(n)
        return (RED,) * n + (EMPTY,) + (BLUE,) * n, (BLUE,) * n + (EMPTY,) + (RED,) * n

    def step(self, state: State, move: Sequence[Any]) -> State:
        if len(move) != 3 or move[0] not in (RED, BLUE) or type(move[1]) is not int or type(move[2]) is not int:
            raise IllegalMove('a move is ["R" or "B", from, to]')
        colour, source, target = move
        if not (0 <= source < len(state) and 0 <= target < len(state)):
            raise IllegalMove(f"the places are 0 to {len(state) - 1}")
        if state[source] != colour:
            raise IllegalMove(f"there is no {colour} at {source}")
        if state[target] != EMPTY:
            raise IllegalMove(f"place {target} is not empty")
        ahead = (target - source) * _AHEAD[colour]
        if ahead < 0:
            raise IllegalMove(f"{colour} would move backwards")
        if ahead > 2:
            raise IllegalMove("a checker slides by one place or jumps by two")
        if ahead == 2 and state[(source + target) // 2] == colour:
            raise IllegalMove("a checker jumps over one of the other colour only")
        places = list(state)
        places[source], places[target] = EMPTY, colour
        return tuple(places)

    def moves(self, state: State) -> tuple[Move, ...]:
        hole, found = state.index(EMPTY), []
        for source in range(max(hole - 2, 0), min(hole + 3, len(state))):
            colour = state[source]
            if colour == EMPTY or (hole - source) * _AHEAD[colour] < 0:
                continue
            if abs(hole - source) == 1 or state[(hole + source) // 2] != colour:
                found.append((colour, source, hole))
        return tuple(found)

    def solution(self, n: int) -> tuple[Move, ...]:
        """A shortest solution (there are two, mirror images), by depth-first search that remembers dead ends."""
        start, goal = self(n)
        line: list[Move] = []
        dead: set[State] = set()

        def search(state: State) -> bool:
            if state == goal:
                return True
            for move in self.moves(state):
                after = self.step(state, move)
                if after not in dead:
                    line.append(move)
                    if search(after):
                        return True
                    line.pop()
            dead.add(state)
            return False

        search(start)
        return tuple(line)

    def prompt(self, n: int) -> str:
        start, goal = self(n)
        return (
            f"On a line of {2 * n + 1} places, numbered from 0, stand {n} red checkers (R) on the left, {n} blue checkers (B) on the right, and one place "
            "between them is empty (_). Rules:\n"
            "- A checker can slide into the empty place next to it.\n"
            "- A checker can jump over exactly one checker of the other colour into the empty place.\n"
            "- Checkers never move backwards, towards the side where they started.\n"
            f"Start: {json.dumps(start)}\nGoal: {json.dumps(goal)}\n"
            'Find the sequence of moves from start to goal, each as [colour, from, to]. For one checker a side it is '
            'moves = [["R", 0, 1], ["B", 2, 0], ["R", 1, 2]].'
        )
