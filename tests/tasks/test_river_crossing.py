from __future__ import annotations

from collections import deque

import pytest

from menolab.errors import BadInput
from menolab.tasks.move_puzzle import IllegalMove, play
from menolab.tasks.river_crossing import RiverCrossing


def fewest_crossings(n: int, seats: int) -> int | None:
    """By search over who is where, with the rule written out once more: no actor beside an agent without the own one."""

    def safe(group: frozenset[str]) -> bool:
        agents = {p[1:] for p in group if p[0] == "A"}
        return not agents or all(p[1:] in agents for p in group if p[0] == "a")

    everyone = frozenset(f"{who}{i}" for who in "aA" for i in range(n))
    depth, queue = {(everyone, True): 0}, deque([(everyone, True)])
    while queue:
        left, boat = queue.popleft()
        if not left:
            return depth[left, boat]
        here = sorted(left if boat else everyone - left)
        groups = {frozenset(here[i] for i in pick if i < len(here)) for pick in _picks(len(here), seats)}
        for group in groups:
            after = left - group if boat else left | group
            if safe(group) and safe(after) and safe(everyone - after) and (after, not boat) not in depth:
                depth[after, not boat] = depth[left, boat] + 1
                queue.append((after, not boat))
    return None


def _picks(people: int, seats: int) -> list[tuple[int, ...]]:
    from itertools import combinations

    return [pick for size in range(1, seats + 1) for pick in combinations(range(people), size)]


@pytest.mark.parametrize(("n", "seats"), [(1, 2), (2, 2), (3, 2), (2, 3), (3, 3), (4, 3), (5, 3), (3, 4)])
def test_solutions_are_shortest_by_an_independent_search(n: int, seats: int) -> None:
    puzzle = RiverCrossing(seats=seats)
    moves = puzzle.solution(n)
    assert play(puzzle, *puzzle(n), moves).solved and len(moves) == fewest_crossings(n, seats)


@pytest.mark.parametrize(("n", "seats"), [(4, 2), (2, 1)])
def test_impossible_puzzles_are_refused_and_really_impossible(n: int, seats: int) -> None:
    assert fewest_crossings(n, seats) is None
    with pytest.raises(BadInput, match="cannot cross"):
        RiverCrossing(seats=seats)(n)


def test_the_papers_sizes_from_six_pairs_on_are_never_made() -> None:
    for n in range(6, 12):
        with pytest.raises(BadInput, match="more seats"):
            RiverCrossing(seats=3)(n)
        assert play(RiverCrossing(), *RiverCrossing()(n), RiverCrossing().solution(n)).solved  # with four seats
    assert play(RiverCrossing(), *RiverCrossing()(40), RiverCrossing().solution(40)).solved
    assert "only 2 people" in RiverCrossing().prompt(3) and "only 3 people" in RiverCrossing().prompt(5)


@pytest.mark.parametrize(
    ("moves", "said"),
    [([[]], "empty"), ([["a_1", "a_1"]], "twice"), ([["a_1", "a_2", "A_1"]], "2 seats"), ([["x"]], "nobody"), ([["a_4"]], "nobody"), ([[1]], "nobody"),
     ([["A_1"]], "a_1 would be on the left with A_2 and without A_1"), ([["a_1", "A_2"]], "a_1 would be in the boat with A_2"),
     ([["a_1", "a_2"], ["a_3"]], "not on the boat's side")],
)  # fmt: skip
def test_illegal_moves(moves: list, said: str) -> None:
    puzzle = RiverCrossing()
    played = play(puzzle, *puzzle(3), moves)
    assert not played.solved and played.legal == len(moves) - 1 and said in played.reason


def test_the_prompts_own_example_and_names_without_marks() -> None:
    puzzle = RiverCrossing()
    assert play(puzzle, *puzzle(2), [["A_2", "a_2"], ["A_2"], ["A_1", "A_2"], ["A_1"], ["A_1", "a_1"]]).solved
    assert play(puzzle, *puzzle(1), [["A1", "a_{1}"]]).solved


def test_legal_moves_are_those_that_step_allows() -> None:
    puzzle = RiverCrossing()
    start, _ = puzzle(3)
    assert set(puzzle.moves(start)) == {
        ("a_1",), ("a_2",), ("a_3",), ("a_1", "a_2"), ("a_1", "a_3"), ("a_2", "a_3"), ("a_1", "A_1"), ("a_2", "A_2"), ("a_3", "A_3")
    }  # fmt: skip
    with pytest.raises(IllegalMove):
        puzzle.step(start, ("A_1", "A_2"))
