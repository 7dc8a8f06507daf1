from __future__ import annotations

from collections import deque

import pytest

from menolab.tasks.blocks_world import BlocksWorld
from menolab.tasks.move_puzzle import IllegalMove, play


def test_the_papers_puzzle_of_four_blocks() -> None:
    assert BlocksWorld()(4) == ((("A", "B"), ("C", "D"), ()), (("D", "B", "C", "A"), (), ()))


@pytest.mark.parametrize("n", range(2, BlocksWorld.most + 1))
def test_the_solution_is_accepted(n: int) -> None:
    puzzle = BlocksWorld()
    assert play(puzzle, *puzzle(n), puzzle.solution(n)).solved


@pytest.mark.parametrize("n", range(2, 7))
def test_the_solution_is_not_far_from_the_shortest(n: int) -> None:
    puzzle = BlocksWorld()
    start, goal = puzzle(n)
    depth, queue = {start: 0}, deque([start])
    while goal not in depth:
        state = queue.popleft()
        for move in puzzle.moves(state):
            after = puzzle.step(state, move)
            if after not in depth:
                depth[after] = depth[state] + 1
                queue.append(after)
    assert depth[goal] <= len(puzzle.solution(n)) <= 1.5 * depth[goal]


@pytest.mark.parametrize(
    ("move", "said"),
    [(("A", 0, 2), "not on top"), (("B", 0, 0), "one to another"), (("B", 0, 3), "stacks are"), ((1, 0, 2), "a move is"), (("B", 0), "a move is")],
)
def test_illegal_moves(move: tuple, said: str) -> None:
    with pytest.raises(IllegalMove, match=said):
        BlocksWorld().step(BlocksWorld()(4)[0], move)
