"""Puzzles that are solved by a list of moves: what a puzzle is, how moves are read, and how they are played."""

from __future__ import annotations

import abc
import json
import re
from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from menolab.errors import BadInput, RunFailed
from menolab.pieces import Piece

State = tuple[Any, ...]
"""A position: tuples of numbers and strings, nested."""
Move = tuple[int | str, ...]

_QUOTES = "\"'`\u2018\u2019\u201c\u201d"
_TOKEN = re.compile(rf"\s*(?:([\[\],()])|(-?[0-9]{{1,9}})(?![\w.])|[{_QUOTES}]([^{_QUOTES}\[\]\n]{{0,20}})[{_QUOTES}])")
_NAMED = re.compile(r"(?:```\w*)?\s*(?:moves\s*=)?\s*")


class IllegalMove(ValueError):
    """The rules forbid the move; the text says why."""


class Unreadable(ValueError):
    """The text is not a list of moves."""


class MovePuzzle(Piece):
    """A family of puzzles with one knob n: `puzzle(n)` gives where it starts and where it is to end, `step` plays one move by the rules."""

    fewest: ClassVar[int] = 1
    """Smallest n."""
    most: ClassVar[int] = 15
    """Largest n: solutions stay short enough to be read."""

    @property
    @abc.abstractmethod
    def name(self) -> str:
        """What results are listed under."""

    @abc.abstractmethod
    def __call__(self, n: int) -> tuple[State, State]:
        """Start and goal.

        Raises:
            BadInput: there is no such size, or it cannot be solved.
        """

    @abc.abstractmethod
    def step(self, state: State, move: Sequence[Any]) -> State:
        """The position after a move.

        Raises:
            IllegalMove: it is no move, or the rules forbid it here.
        """

    @abc.abstractmethod
    def moves(self, state: State) -> tuple[Move, ...]:
        """Every legal move of a position, in a fixed order."""

    @abc.abstractmethod
    def solution(self, n: int) -> tuple[Move, ...]:
        """Moves from start to goal."""

    @abc.abstractmethod
    def prompt(self, n: int) -> str:
        """The puzzle in words, with the form that a move has."""

    def check_size(self, n: int) -> None:
        """Raise `BadInput` unless there is a puzzle of size n."""
        if not isinstance(n, int) or isinstance(n, bool) or not self.fewest <= n <= self.most:
            raise BadInput("n", n, f"{self.name} has sizes from {self.fewest} to {self.most}")


@dataclass(frozen=True)
class Play:
    """What became of a list of moves."""

    legal: int
    """Moves before the first illegal one."""
    total: int
    solved: bool
    reason: str
    """Which move was illegal and why, or whether the goal was reached."""


def play(puzzle: MovePuzzle, start: State, goal: State, moves: Sequence[Sequence[Any]]) -> Play:
    """Play `moves` from `start` until one is illegal; solved if all are legal and the last ends in `goal`."""
    state = start
    for number, move in enumerate(moves, 1):
        try:
            state = puzzle.step(state, move)
        except IllegalMove as error:
            return Play(number - 1, len(moves), False, f"move {number} of {len(moves)}, {shown_move(move)}: {error}")
    solved = state == goal
    return Play(len(moves), len(moves), solved, f"{len(moves)} moves, {'the goal is reached' if solved else 'the goal is not reached'}")


def shortest(puzzle: MovePuzzle, start: State, goal: State, most: int = 100_000) -> tuple[Move, ...] | None:
    """A shortest list of moves by breadth-first search; None where the goal cannot be reached.

    Raises:
        RunFailed: more than `most` positions were met.
    """
    came: dict[State, tuple[State, Move] | None] = {start: None}
    queue = deque([start])
    while queue and goal not in came:
        state = queue.popleft()
        for move in puzzle.moves(state):
            came.setdefault(after := puzzle.step(state, move), (state, move))
            if came[after] == (state, move):
                queue.append(after)
        if len(came) > most:
            raise RunFailed(f"{puzzle.name}: the search met {most} positions without an end")
    if goal not in came:
        return None
    line: list[Move] = []
    step = came[goal]
    while step:
        line.append(step[1])
        step = came[step[0]]
    return tuple(reversed(line))


def read_moves(text: str) -> tuple[Move, ...]:
    """The moves of ``moves = [[1, 0, 2], ["A", 0, 1]]``: one list of lists of numbers and quoted strings, and nothing else.

    "moves =" and a code fence may be missing; quotes may be single, double or typographic; brackets may be round. Linear in the length.

    Raises:
        Unreadable: anything else.
    """
    at = _NAMED.match(text).end()  # type: ignore[union-attr]
    tokens, at = _tokens(text, at)
    if text[at:].strip().strip("`").strip():
        raise Unreadable(f"{text[at:].strip()[:20]!r} is no part of a list of moves")
    return _moves(tokens)


def _tokens(text: str, at: int) -> tuple[list[int | str | tuple[str]], int]:
    """Brackets and commas as strings, numbers as ints, quoted strings wrapped in a tuple; and where they end."""
    tokens: list[int | str | tuple[str]] = []
    depth = 0
    while match := _TOKEN.match(text, at):
        at = match.end()
        mark, number, string = match.groups()
        if mark:
            depth += (mark in "[(") - (mark in "])")
            tokens.append("[" if mark == "(" else "]" if mark == ")" else mark)
            if depth <= 0:
                break
        else:
            tokens.append(int(number) if number else (string.strip(),))
    return tokens, at


def _moves(tokens: Sequence[int | str | tuple[str]]) -> tuple[Move, ...]:
    if len(tokens) < 2 or tokens[0] != "[" or tokens[-1] != "]":
        raise Unreadable("not a list [[...], ...]" if not tokens or tokens[0] != "[" else "the list is not closed")
    moves: list[Move] = []
    move: list[int | str] | None = None
    comma = True  # whether a value may stand here
    for token in tokens[1:-1]:
        if token == ",":
            if comma:
                raise Unreadable("two commas in a row")
            comma = True
        elif token == "]":
            if move is None:
                raise Unreadable("brackets do not match")
            moves.append(tuple(move))
            move, comma = None, False
        elif not comma:
            raise Unreadable("a comma is missing")
        elif token == "[":
            if move is not None:
                raise Unreadable("a move holds a list")
            move = []
        elif move is None:
            raise Unreadable("a move is a list, like [1, 0, 2]")
        else:
            move.append(token[0] if isinstance(token, tuple) else token)
            comma = False
    if move is not None:
        raise Unreadable("the list is not closed")
    return tuple(moves)


def shown_move(move: Iterable[Any]) -> str:
    """A move as it is written in an answer, cut where it is too long to read."""
    text = json.dumps(list(move), ensure_ascii=False)
    return text if len(text) <= 80 else f"{text[:77]}..."


def write_moves(moves: Iterable[Move]) -> str:
    """Moves as an answer."""
    return f"moves = [{', '.join(json.dumps(list(move)) for move in moves)}]"


def read_state(data: Any) -> State:
    """A position from its JSON lists."""
    return tuple(read_state(part) if isinstance(part, list) else part for part in data)
