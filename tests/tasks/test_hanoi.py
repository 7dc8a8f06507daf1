from __future__ import annotations

import pytest

from menolab.errors import BadInput
from menolab.tasks.hanoi import Hanoi
from menolab.tasks.move_puzzle import IllegalMove, play


@pytest.mark.parametrize("n", range(1, 13))
def test_the_solution_is_accepted_and_has_the_least_number_of_moves(n: int) -> None:
    puzzle = Hanoi()
    moves = puzzle.solution(n)
    assert len(moves) == 2**n - 1 and play(puzzle, *puzzle(n), moves).solved
    assert not play(puzzle, *puzzle(n), moves[:-1]).solved


@pytest.mark.parametrize(
    ("move", "said"),
    [((3, 0, 1), "not on top"), ((1, 1, 2), "not on top"), ((1, 0, 0), "one to another"), ((1, 0, 3), "pegs are"), ((1, -3, 2), "pegs are"),
     ((1, 0), "a move is"),
     (("1", 0, 2), "a move is"), ((1, 0, True), "a move is")],
)  # fmt: skip
def test_illegal_moves(move: tuple, said: str) -> None:
    with pytest.raises(IllegalMove, match=said):
        Hanoi().step(Hanoi()(3)[0], move)


def test_legal_moves_are_those_that_step_allows() -> None:
    puzzle = Hanoi()
    for state in (((3, 2, 1), (), ()), ((3,), (2,), (1,)), ((), (3, 1), (2,))):
        allowed = set()
        for move in [(d, a, b) for d in (1, 2, 3) for a in range(3) for b in range(3)]:
            try:
                puzzle.step(state, move)
            except IllegalMove:
                continue
            allowed.add(move)
        assert set(puzzle.moves(state)) == allowed


def test_barred_moves() -> None:
    """Without moves between the outer pegs a disk goes by the middle one: 3^n - 1 moves, as is known."""
    puzzle = Hanoi(barred=((0, 2), (2, 0)))
    for n in range(1, 6):
        moves = puzzle.solution(n)
        assert len(moves) == 3**n - 1 and play(puzzle, *puzzle(n), moves).solved
    with pytest.raises(IllegalMove, match="no disk may move from peg 0 to peg 2"):
        puzzle.step(puzzle(1)[0], (1, 0, 2))
    assert "No disk may move from peg 0 to peg 2.\n" in puzzle.prompt(2) and "No disk" not in Hanoi().prompt(2)
    for barred in (((0, 1), (0, 2)), ((0, 0),), ((0, 3),), ((0, 1), (0, 1)), ((0,),)):
        with pytest.raises(BadInput, match="barred"):
            Hanoi(barred=barred)(1)  # type: ignore[arg-type]
