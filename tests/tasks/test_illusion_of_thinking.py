from __future__ import annotations

import pytest

from menolab.errors import BadInput
from menolab.keys import Key
from menolab.tasks.blocks_world import BlocksWorld
from menolab.tasks.checker_jumping import CheckerJumping
from menolab.tasks.hanoi import Hanoi
from menolab.tasks.illusion_of_thinking import IllusionOfThinking, attempts
from menolab.tasks.move_puzzle import MovePuzzle, read_moves, read_state, write_moves
from menolab.tasks.river_crossing import RiverCrossing
from menolab.verifiers.extract import response

TASKS = (
    IllusionOfThinking(Hanoi(), most=10), IllusionOfThinking(CheckerJumping(), most=8), IllusionOfThinking(RiverCrossing(), most=8),
    IllusionOfThinking(BlocksWorld(), most=12),
)  # fmt: skip


def corrupted(puzzle: MovePuzzle, start: list, moves: list, at: int) -> list | None:
    """The moves with another one at `at` that is illegal there; None where a neighbour in the list happens to be legal."""
    state = read_state(start)
    for move in moves[:at]:
        state = puzzle.step(state, move)
    other = next((m for m in moves if m not in puzzle.moves(state) and set(m) not in map(set, puzzle.moves(state))), None)
    return None if other is None else [*moves[:at], other, *moves[at + 1 :]]


@pytest.mark.parametrize("task", TASKS, ids=lambda t: t.name)
def test_every_size_is_solved_and_a_corrupted_solution_names_its_first_illegal_move(task: IllusionOfThinking) -> None:
    checked = 0
    for problem in task.listed():
        assert task.verify(problem, response("", problem.answer)).right
        moves = list(read_moves(problem.answer))
        for at in {0, len(moves) // 2, len(moves) - 1}:
            wrong_moves = corrupted(task.puzzle, problem.facts["start"], moves, at)
            if wrong_moves is None:
                continue
            verdict = task.verify(problem, response("", write_moves(wrong_moves)))
            assert verdict.label == "wrong" and verdict.stage == "play" and verdict.reason.startswith(f"move {at + 1} of {len(moves)}, ")
            checked += 1
    assert checked >= 10


def test_a_noisy_stub_collapses_with_n() -> None:
    """A solver that errs once in fifty moves solves (1 - 1/50)^(2^n - 1) of the puzzles of size n."""
    task, share = IllusionOfThinking(Hanoi(), most=8), []
    for problem in task.listed():
        moves, solved = read_moves(problem.answer), 0
        for sample in range(60):
            random = Key.root(3).fold(problem.id, sample).random()
            noisy = [move if random.random() > 0.02 else (move[0], move[2], move[1]) for move in moves]
            solved += task.verify(problem, response("", write_moves(noisy))).right
        share.append(solved / 60)
        expected = 0.98 ** len(moves)
        assert abs(share[-1] - expected) < 4 * max((expected * (1 - expected) / 60) ** 0.5, 1 / 60), (problem.facts["n"], share, expected)
    assert share[0] > 0.9 and share[-1] < 0.1


def test_verdicts_of_other_kinds() -> None:
    task = IllusionOfThinking(Hanoi(), most=3, partial=True)
    problem = task.listed()[1]
    short = task.verify(problem, "<answer>moves = [[1, 0, 1]]</answer>")
    assert (short.stage, short.score) == ("goal", 0.5)
    half = task.verify(problem, "<answer>moves = [[1, 0, 1], [2, 0, 1]]</answer>")
    assert (half.stage, half.score) == ("play", 0.25)
    assert task.verify(problem, "<answer>left, then right</answer>").stage == "parse"
    assert task.verify(problem, "<answer>[]</answer>").label == "wrong"
    assert task.verify(problem, "moves = [[1, 0, 1], [2, 0, 2], [1, 1, 2]]").extracted is None
    longer = "[[1, 0, 2], [1, 2, 1], [2, 0, 2], [1, 1, 2]]"
    assert task.verify(problem, f"<answer>{longer}</answer>").right, "any solution is right, the shortest or not"


def test_attempts_inside_the_thinking() -> None:
    task = IllusionOfThinking(Hanoi(), most=3)
    problem = task.listed()[1]
    thinking = "Maybe [[1, 0, 2], [2, 0, 2]] or [[1, 0, 1], [2, 0, 2], [1, 1, 2]]; and [[ was cut"
    first, second = attempts(task.puzzle, problem, response(thinking, "moves = []"))
    assert (first.play.legal, first.play.solved, second.play.solved) == (1, False, True)
    assert 0 < first.position < second.position < 0.5
    assert attempts(task.puzzle, problem, "[[" * 100_000) == ()


def test_impossible_sizes_are_refused_and_sizes_below_the_puzzles_own_left_out() -> None:
    with pytest.raises(BadInput, match="cannot cross"):
        IllusionOfThinking(RiverCrossing(seats=3), most=6)
    assert [p.facts["n"] for p in IllusionOfThinking(BlocksWorld(), most=4).listed()] == [2, 3, 4]


@pytest.mark.parametrize("fields", [{"most": 16}, {"fewest": 0}, {"fewest": 5, "most": 4}, {"styles": ()}])
def test_bad_fields(fields: dict) -> None:
    with pytest.raises(BadInput):
        IllusionOfThinking(**fields)
