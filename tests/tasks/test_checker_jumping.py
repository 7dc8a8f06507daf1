from __future__ import annotations

from collections import deque

import pytest

from menolab.tasks.checker_jumping import CheckerJumping
from menolab.tasks.move_puzzle import IllegalMove, play


@pytest.mark.parametrize("n", range(1, CheckerJumping.most + 1))
def test_the_solution_is_accepted_and_has_the_known_length(n: int) -> None:
    puzzle = CheckerJumping()
    moves = puzzle.solution(n)
    assert len(moves) == (n + 1) ** 2 - 1 and play(puzzle, *puzzle(n), moves).solved


def test_no_solution_is_shorter() -> None:
    puzzle = CheckerJumping()
    start, goal = puzzle(3)
    depth, queue = {start: 0}, deque([start])
    while queue:
        state = queue.popleft()
        for move in puzzle.moves(state):
            after = puzzle.step(state, move)
            if after not in depth:
                depth[after] = depth[state] + 1
                queue.append(after)
    assert depth[goal] == 15


@pytest.mark.parametrize(
    ("move", "said"),
    [(("R", 0, 2), "other colour"), (("B", 1, 2), "no B"), (("R", 1, 3), "not empty"), (("R", 0, 5), "places are"), (("X", 1, 2), "a move is"),
     ((0, 1, 2), "a move is"),
     (("R", 1), "a move is")],
)  # fmt: skip
def test_illegal_moves(move: tuple, said: str) -> None:
    with pytest.raises(IllegalMove, match=said):
        CheckerJumping().step(CheckerJumping()(2)[0], move)


def test_nobody_moves_backwards_or_far() -> None:
    puzzle = CheckerJumping()
    with pytest.raises(IllegalMove, match="backwards"):
        puzzle.step(("_", "R", "B"), ("R", 1, 0))
    with pytest.raises(IllegalMove, match="by one place"):
        puzzle.step(("R", "B", "B", "_"), ("R", 0, 3))
