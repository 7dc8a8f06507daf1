"""River crossing with actors and their agents."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations, product
from typing import Any, ClassVar

from menolab.errors import BadInput, check_range
from menolab.tasks.move_puzzle import IllegalMove, Move, MovePuzzle, State

_PERSON = re.compile(r"([aA])_?\{?([0-9]{1,3})\}?")
LEFT, RIGHT = 0, 1

Counts = tuple[int, tuple[int, int, int, int]]
"""Where the boat is, and how many pairs have (actor, agent) at (left, left), (left, right), (right, left), (right, right)."""
Crossing = tuple[int, int, int, int, int]
"""How many whole pairs, actors alone and agents alone of pairs that are together, and actors and agents of separated pairs are in the boat."""


@dataclass(frozen=True)
class RiverCrossing(MovePuzzle):
    """n actors a_i and their agents A_i cross in a small boat; no actor may be with another's agent, in the boat or on a bank, without their own.

    A move is the list of those in the boat. Which sizes can be solved is decided by search: two seats carry 3 pairs, three seats 5, four seats any number.
    The paper takes three seats from four pairs on, so that all its puzzles of six pairs and more are impossible and its models were marked wrong for
    not solving them (Lawsen 2025, arXiv:2506.09250, section 3); such a puzzle is refused here. Source: arXiv:2506.06941, section 3.1.
    """

    most: ClassVar[int] = 40

    seats: int = 0
    """0: two up to three pairs, three up to five (as in the paper), and four beyond (where the paper's are impossible)."""

    def __post_init__(self) -> None:
        check_range("seats", self.seats, 0, 10)

    @property
    def name(self) -> str:
        return "river_crossing"

    def __call__(self, n: int) -> tuple[State, State]:
        self.check_size(n)
        if _crossings(n, self._seats(n)) is None:
            raise BadInput("n", n, f"{n} pairs cannot cross with {self._seats(n)} seats; give more seats")
        return (LEFT, (LEFT,) * n, (LEFT,) * n), (RIGHT, (RIGHT,) * n, (RIGHT,) * n)

    def _seats(self, n: int) -> int:
        return self.seats or (2 if n <= 3 else 3 if n <= 5 else 4)

    def step(self, state: State, move: Sequence[Any]) -> State:
        boat, actors, agents = state
        people = [_person(part, len(actors)) for part in move]
        if not people:
            raise IllegalMove("the boat cannot travel empty")
        if len(set(people)) != len(people):
            raise IllegalMove("someone is in the boat twice")
        if len(people) > self._seats(len(actors)):
            raise IllegalMove(f"the boat has {self._seats(len(actors))} seats")
        for is_agent, number in people:
            if (agents if is_agent else actors)[number] != boat:
                raise IllegalMove(f"{'A' if is_agent else 'a'}_{number + 1} is not on the boat's side")
        _check(people, "in the boat")
        sides = (list(actors), list(agents))
        for is_agent, number in people:
            sides[is_agent][number] = 1 - boat
        for bank, place in ((LEFT, "on the left"), (RIGHT, "on the right")):
            _check([(who, i) for who in (False, True) for i, side in enumerate(sides[who]) if side == bank], place)
        return (1 - boat, tuple(sides[0]), tuple(sides[1]))

    def moves(self, state: State) -> tuple[Move, ...]:
        boat, actors, agents = state
        here = [f"a_{i + 1}" for i, side in enumerate(actors) if side == boat] + [f"A_{i + 1}" for i, side in enumerate(agents) if side == boat]
        found = []
        for size in range(1, self._seats(len(actors)) + 1):
            for group in combinations(here, size):
                try:
                    self.step(state, group)
                except IllegalMove:
                    continue
                found.append(group)
        return tuple(found)

    def solution(self, n: int) -> tuple[Move, ...]:
        """A shortest solution: crossings found by breadth-first search over counts, then given to the lowest numbers."""
        state, _ = self(n)
        line = []
        for crossing in _crossings(n, self._seats(n)) or ():
            move = _named(state, crossing)
            state = self.step(state, move)
            line.append(move)
        return tuple(line)

    def prompt(self, n: int) -> str:
        seats = self._seats(n)
        return (
            f"{n} actors (a_1 to a_{n}) and their {n} agents (A_1 to A_{n}; A_1 is the agent of a_1, and so on) want to cross a river in a boat that holds "
            f"only {seats} people at a time. No actor can be in the presence of another agent, including while riding the boat, unless their own agent is "
            "also present. All are on the left side with the boat at first, and all are to be on the right side at the end. The boat cannot travel empty.\n"
            "Find the sequence of crossings, each as the list of the people in the boat; the first goes from left to right, the second back, and so on. "
            'For two pairs and two seats it is moves = [["A_2", "a_2"], ["A_2"], ["A_1", "A_2"], ["A_1"], ["A_1", "a_1"]].'
        )


def _person(part: Any, n: int) -> tuple[bool, int]:
    match = _PERSON.fullmatch(part) if isinstance(part, str) else None
    if match is None or not 1 <= int(match.group(2)) <= n:
        raise IllegalMove(f"{str(part)[:20]!r} is nobody; a move is a list of people, a_1 to a_{n} and A_1 to A_{n}")
    return match.group(1) == "A", int(match.group(2)) - 1


def _check(people: Iterable[tuple[bool, int]], place: str) -> None:
    """Raise `IllegalMove` where an actor is with an agent but not with their own."""
    actors, agents = set(), set()
    for is_agent, number in people:
        (agents if is_agent else actors).add(number)
    lost = sorted(actors - agents)
    if agents and lost:
        raise IllegalMove(f"a_{lost[0] + 1} would be {place} with A_{min(agents) + 1} and without A_{lost[0] + 1}")


@lru_cache(maxsize=256)
def _crossings(n: int, seats: int) -> tuple[Crossing, ...] | None:
    """A shortest sequence of crossings, or None where there is none. Pairs are interchangeable, so only their numbers are searched."""
    start, goal = (LEFT, (n, 0, 0, 0)), (RIGHT, (0, 0, 0, n))
    came: dict[Counts, tuple[Counts, Crossing] | None] = {start: None}
    queue = deque([start])
    while queue:
        at = queue.popleft()
        if at == goal:
            line: list[Crossing] = []
            while step := came[at]:
                at, crossing = step
                line.append(crossing)
            return tuple(reversed(line))
        for crossing, after in _after(at, seats):
            if after not in came:
                came[after] = (at, crossing)
                queue.append(after)
    return None


def _after(at: Counts, seats: int) -> Iterator[tuple[Crossing, Counts]]:
    """Every safe crossing and what it leads to."""
    boat, counts = at
    together, apart = 3 * boat, (1, 2) if boat == LEFT else (2, 1)  # indices: both here; actor here and agent there; agent here and actor there
    ranges = [range(min(counts[together], seats) + 1)] * 3 + [range(min(counts[i], seats) + 1) for i in apart]
    for whole, actors, agents, lone_actors, lone_agents in product(*ranges):
        aboard = 2 * whole + actors + agents + lone_actors + lone_agents
        if not 1 <= aboard <= seats or whole + actors + agents > counts[together]:
            continue
        if (actors or lone_actors) and (whole or agents or lone_agents):  # an actor without the own agent beside another's agent, in the boat
            continue
        after = list(counts)
        after[together] -= whole + actors + agents
        after[3 - together] += whole + lone_actors + lone_agents
        after[apart[0]] += agents - lone_actors  # the agent crossed, the actor is still here
        after[apart[1]] += actors - lone_agents
        both_left, actor_left, agent_left, both_right = after
        if (actor_left and (both_left or agent_left)) or (agent_left and (both_right or actor_left)):
            continue  # an actor on the left (right) whose agent is across, beside any agent there
        yield (whole, actors, agents, lone_actors, lone_agents), (1 - boat, (both_left, actor_left, agent_left, both_right))


def _named(state: State, crossing: Crossing) -> Move:
    """A crossing with the lowest numbers of each kind of pair."""
    boat, actors, agents = state
    whole, actor, agent, lone_actor, lone_agent = crossing
    pairs = list(enumerate(zip(actors, agents, strict=True), 1))
    together = [i for i, sides in pairs if sides == (boat, boat)]
    aboard = [name for i in together[:whole] for name in (f"a_{i}", f"A_{i}")]
    aboard += [f"a_{i}" for i in together[whole : whole + actor]]
    aboard += [f"A_{i}" for i in together[whole + actor : whole + actor + agent]]
    aboard += [f"a_{i}" for i, sides in pairs if sides == (boat, 1 - boat)][:lone_actor]
    aboard += [f"A_{i}" for i, sides in pairs if sides == (1 - boat, boat)][:lone_agent]
    return tuple(aboard)
