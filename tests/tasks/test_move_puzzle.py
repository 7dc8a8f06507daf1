from __future__ import annotations

import pytest

from menolab.errors import BadInput, RunFailed
from menolab.tasks.hanoi import Hanoi
from menolab.tasks.move_puzzle import Unreadable, play, read_moves, read_state, shortest, write_moves


@pytest.mark.parametrize(
    ("text", "moves"),
    [
        ("moves = [[1, 0, 2], [2, 0, 1]]", ((1, 0, 2), (2, 0, 1))),
        ("```python\nmoves = [[1,0,2],\n [2, 0, 1],\n]\n```", ((1, 0, 2), (2, 0, 1))),
        ("[['R', 0, 1], [\"B\", 2, 0], [\u2019R\u2019, 1, 2]]", (("R", 0, 1), ("B", 2, 0), ("R", 1, 2))),
        ('moves =[[" A_2 " , " a_2 "] , [" A_2 "]]', (("A_2", "a_2"), ("A_2",))),
        ("[(1, 0, 2)]", ((1, 0, 2),)),
        ("[]", ()),
        ("[[]]", ((),)),
    ],
)
def test_reads_lists_of_moves(text: str, moves: tuple) -> None:
    assert read_moves(text) == moves
    assert read_moves(write_moves(moves)) == moves


@pytest.mark.parametrize(
    "text",
    ["", "1, 0, 2", "[1, 0, 2]", "[[1, 0, 2]", "[[1, 0, 2]]]", "[[1, 0, 2]] [[1, 0, 2]]", "[[1 0 2]]", "[[1,, 0]]", "[[[1]]]", "[[1.5, 0, 2]]", "[[R, 0, 1]]",
     "[[1, 0, 2]] and so on", "moves = [[1, 0, 2], ...]", "[[__import__('os')]]", "[[1, 0, 2]] [", "{}", "[[1e9, 0, 2]]", "[[9999999999, 0, 1]]"],
)  # fmt: skip
def test_anything_else_is_unreadable(text: str) -> None:
    with pytest.raises(Unreadable):
        read_moves(text)


def test_reading_is_linear() -> None:
    for text in ("[[" * 50_000, "[[1, 0, 2], " * 30_000, "[" + "[1, 0, 2], " * 30_000 + "[1"):
        with pytest.raises(Unreadable):
            read_moves(text)


def test_playing_stops_at_the_first_illegal_move() -> None:
    start, goal = Hanoi()(2)
    assert play(Hanoi(), start, goal, [(1, 0, 1), (2, 0, 2), (1, 1, 2)]).solved
    played = play(Hanoi(), start, goal, [(1, 0, 1), (2, 0, 1), (1, 1, 2)])
    assert (played.legal, played.total, played.solved) == (1, 3, False)
    assert played.reason == "move 2 of 3, [2, 0, 1]: disk 2 would lie on the smaller disk 1"
    assert not play(Hanoi(), start, goal, []).solved and play(Hanoi(), goal, goal, []).solved


def test_states_come_back_from_json_lists_and_sizes_are_checked() -> None:
    assert read_state([[3, 2, 1], [], []]) == Hanoi()(3)[0]
    for n in (0, 16, True, 2.0):
        with pytest.raises(BadInput, match="sizes from 1 to 15"):
            Hanoi()(n)  # type: ignore[arg-type]


def test_shortest_solutions() -> None:
    start, goal = Hanoi()(5)
    assert shortest(Hanoi(), start, goal) == Hanoi().solution(5) and shortest(Hanoi(), start, start) == ()
    assert shortest(Hanoi(((0, 1), (0, 2))), start, goal) is None
    with pytest.raises(RunFailed, match="20 positions"):
        shortest(Hanoi(), start, goal, most=20)
