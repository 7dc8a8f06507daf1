"""Puzzles off the beaten track: larger, in another form, under another rule, or without a solution."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from itertools import permutations
from random import Random
from typing import Any

from menolab.errors import BadInput, RunFailed, check_range, unknown
from menolab.keys import Key
from menolab.records import Demonstration, Problem, Verdict, right, undecided, wrong
from menolab.tasks import move_puzzle, sudoku_rules
from menolab.tasks.hanoi import PEGS, Hanoi
from menolab.tasks.mixture import check_mixture, choose_style
from menolab.tasks.move_puzzle import State, play, read_moves, read_state, shortest, write_moves
from menolab.tasks.sudoku import search_trace
from menolab.tasks.sudoku_rules import SYMBOLS, Rules, broken, count_solutions, emptied, irregular, read_filled, shown, solutions
from menolab.tasks.task import Task
from menolab.verifiers.answer import AnswerVerifier
from menolab.verifiers.extract import response
from menolab.verifiers.verifier import Verifier

NAME = "hardcore_logic"
TRANSFORMS = ("larger", "form", "rule", "unsolvable")
STYLES = ("search", "direct")
UNSOLVABLE = "unsolvable"
_ALPHABETS = ("ABCDEF", "PQRSTU", "uvwxyz")
_MOST_DRAWS = 1000

Facts = dict[str, Any]


@dataclass(frozen=True)
class SolvedOrNot(AnswerVerifier):
    """Right if the answer is a solution by the puzzle's own rules, or says "unsolvable" where a complete search finds none.

    Reads the facts that `HardcoreLogic` writes; no solution is stored. One who always gives a grid or moves is never right about an unsolvable puzzle.
    """

    longest = 50_000

    def judge(self, problem: Problem, answer: str) -> Verdict:
        """The verdict on an extracted answer."""
        try:
            game = _GAMES[problem.facts["game"]]
            if answer.strip().rstrip(".").lower() == UNSOLVABLE:
                solvable = game.solve(dict(problem.facts)) is not None
                return wrong("solve", "there is a solution", answer) if solvable else right("solve", "there is no solution", answer)
            return game.judge(dict(problem.facts), answer)
        except (KeyError, TypeError) as error:
            return undecided("gold", f"the problem does not hold its puzzle ({error})", answer)


@dataclass(frozen=True)
class HardcoreLogic(Task):
    """Sudoku of side 4 or 6 and the Tower of Hanoi, changed in the four ways of HardcoreLogic; each puzzle is certified by a complete search.

    "larger" (its IC1): Sudoku with as few givens as keep the solution unique; Hanoi with the most disks. "form" (UE1): Sudoku with letters and with irregular
    regions; Hanoi from any position to any other. "rule" (UE2): the diagonals of a Sudoku must differ too; moves between some pegs are barred. "unsolvable"
    (UP): a given is added that clashes with no other at sight, and yet no grid fits; so many moves are barred that the goal is out of reach. To say so is the
    one right answer. Source: Liang et al. 2025, "HardcoreLogic" (arXiv:2510.12563), section 3: the ways and these two of its ten games, our generators, and
    the house's answer tags instead of its JSON. Left out: its other eight games, IC2 (denser constraints) and the published puzzles.
    """

    catalogue = "hardcorelogic"
    paper = "arXiv:2510.12563"

    game: str = "sudoku"
    """"sudoku" or "hanoi"."""
    transforms: tuple[str, ...] = TRANSFORMS
    """The ways to draw from, uniformly."""
    size: int = 4
    """Side of the Sudoku (4 or 6), or most disks (3 to 6)."""
    verifier: Verifier = SolvedOrNot(strict=True)
    styles: tuple[str, ...] = STYLES
    weights: tuple[float, ...] = (0.5, 0.5)

    def __post_init__(self) -> None:
        if self.game not in _GAMES:
            raise unknown("game", self.game, _GAMES)
        if self.game == "sudoku" and self.size not in (4, 6):
            raise BadInput("size", self.size, "4 or 6 for Sudoku")
        check_range("size", self.size, 3, 6)
        if not self.transforms or set(self.transforms) - set(TRANSFORMS) or len(set(self.transforms)) < len(self.transforms):
            raise BadInput("transforms", self.transforms, f"some of {', '.join(TRANSFORMS)}, each once")
        check_mixture(self.styles, self.weights, STYLES)

    @property
    def name(self) -> str:
        return NAME

    def __call__(self, key: Key) -> Problem:
        random = key.random()
        transform, game = random.choice(self.transforms), _GAMES[self.game]
        facts = {"game": self.game, "transform": transform, **game.draw(random, transform, self.size)}
        solution = game.solve(facts)
        if (solution is None) != (transform == "unsolvable"):
            raise RunFailed(f"{NAME}: a {transform} {self.game} is {'not ' if solution is None else ''}solvable")
        prompt = (
            f"{game.prompt(facts)}\nThe puzzle may have no solution.\nThink in <think> </think> tags, then give in <answer> </answer> tags {game.wanted}, "
            f"or the word {UNSOLVABLE} if there is no solution."
        )
        identity = json.dumps({name: value for name, value in facts.items() if name != "transform"}, sort_keys=True)
        return Problem(identity, NAME, prompt, solution or UNSOLVABLE, game.difficulty(facts), facts)

    def verify(self, problem: Problem, text: str) -> Verdict:
        return self.verifier(problem, text)

    def demonstrate(self, problem: Problem, key: Key) -> Demonstration:
        """"search": the cells filled in turn, going back where none is left, or the positions that are met; "direct": the answer alone."""
        style = choose_style(self.styles, self.weights, key)
        text = response(_GAMES[problem.facts["game"]].trace(dict(problem.facts)) if style == "search" else "", problem.answer)
        return Demonstration(text, style)


@dataclass(frozen=True)
class _Game:
    """What a game brings: all but `draw` work from the facts that it wrote."""

    draw: Callable[[Random, str, int], Facts]
    solve: Callable[[Facts], str | None]
    """A solution as an answer; None where a complete search finds none."""
    judge: Callable[[Facts, str], Verdict]
    prompt: Callable[[Facts], str]
    trace: Callable[[Facts], str]
    difficulty: Callable[[Facts], float]
    wanted: str


# ---- Sudoku ---------------------------------------------------------------------------------------------------------------------------------


def _draw_sudoku(random: Random, transform: str, side: int) -> Facts:
    regions: tuple[int, ...] = ()
    full = None
    while full is None:
        regions = irregular(random, side, 6) if transform == "form" else ()
        full = next(solutions((0,) * side**2, Rules(side, regions, transform == "rule"), random), None)
    rules = Rules(side, regions, transform == "rule")
    givens = emptied(random, full, rules, side**2 if transform == "larger" else side**2 // 2)
    if transform == "unsolvable":
        givens = _spoilt(random, givens, full, rules)
    symbols = random.choice(_ALPHABETS)[:side] if transform == "form" else SYMBOLS[:side]
    return {"side": side, "givens": list(givens), "regions": list(regions), "diagonals": rules.diagonals, "symbols": symbols}


def _spoilt(random: Random, givens: sudoku_rules.Cells, full: sudoku_rules.Cells, rules: Rules) -> sudoku_rules.Cells:
    """The givens of a puzzle whose one solution is `full`, with one more that clashes with none of them at sight and is not the solution's: so none is left.

    Where every cell's candidates are down to one, a given is taken away first, and `HardcoreLogic` searches whether a solution is left all the same.
    """
    cells = list(givens)
    while True:
        options = [(c, v) for c, given in enumerate(cells) if not given for v in sudoku_rules.candidates(cells, c, rules) if v != full[c]]
        random.shuffle(options)
        for cell, value in options:
            cells[cell] = value
            if count_solutions(cells, rules, 1) == 0:
                return tuple(cells)
            cells[cell] = 0
        cells[random.choice([c for c, given in enumerate(cells) if given])] = 0


def _rules(facts: Facts) -> Rules:
    return Rules(facts["side"], tuple(facts["regions"]), facts["diagonals"])


def _solve_sudoku(facts: Facts) -> str | None:
    found = next(solutions(facts["givens"], _rules(facts)), None)
    return None if found is None else shown(found, facts["side"], facts["symbols"])


def _judge_sudoku(facts: Facts, answer: str) -> Verdict:
    try:
        cells = read_filled(answer, facts["side"], facts["symbols"])
    except sudoku_rules.Unreadable as error:
        return wrong("parse", str(error), answer)
    if any(given and given != cell for given, cell in zip(facts["givens"], cells, strict=True)):
        return wrong("givens", "a given is changed", answer)
    fault = broken(cells, _rules(facts))
    return wrong("rules", fault, answer) if fault else right("rules", "the givens are kept and no rule is broken", answer)


def _prompt_sudoku(facts: Facts) -> str:
    side, symbols, rules = facts["side"], facts["symbols"], _rules(facts)
    boxed = sudoku_rules.SIDES[side]
    region = "every region" if facts["regions"] else f"every box of {boxed[0]} x {boxed[1]} cells"
    diagonals = ", and both diagonals as well" if facts["diagonals"] else ""
    regions = f"\nThe regions, each cell with its region's number:\n{shown([r + 1 for r in rules.areas], side)}" if facts["regions"] else ""
    return (
        f"Fill the empty cells (.) of this grid so that every row, every column and {region} holds each of {', '.join(symbols)} exactly once{diagonals}.\n"
        f"{shown(facts['givens'], side, symbols)}{regions}"
    )


def _trace_sudoku(facts: Facts) -> str:
    return "\n".join(search_trace(tuple(facts["givens"]), _rules(facts), facts["symbols"]))


def _blanks(facts: Facts) -> float:
    return float(facts["givens"].count(0))


# ---- Hanoi ----------------------------------------------------------------------------------------------------------------------------------


def _draw_hanoi(random: Random, transform: str, most: int) -> Facts:
    pairs = tuple(permutations(range(PEGS), 2))
    for _ in range(_MOST_DRAWS):
        n = most if transform == "larger" else random.randint(2, most)
        barred = {"rule": 2, "unsolvable": 3}.get(transform, 0)
        puzzle = Hanoi(tuple(sorted(random.sample(pairs, barred))))
        start, goal = _position(random, n), _position(random, n)
        if transform == "larger":
            source, target = random.sample(range(PEGS), 2)
            start, goal = _position(random, n, source), _position(random, n, target)
        if start != goal and puzzle.moves(start) and (shortest(puzzle, start, goal) is None) == (transform == "unsolvable"):
            return {"n": n, "barred": [list(pair) for pair in puzzle.barred], "start": [list(p) for p in start], "goal": [list(p) for p in goal]}
    raise RunFailed(f"{NAME}: {_MOST_DRAWS} draws gave no {transform} Hanoi")


def _position(random: Random, n: int, peg: int | None = None) -> State:
    """A legal position: every way of putting the disks on the pegs is one."""
    pegs: list[list[int]] = [[] for _ in range(PEGS)]
    for disk in range(n, 0, -1):
        pegs[random.randrange(PEGS) if peg is None else peg].append(disk)
    return tuple(map(tuple, pegs))


def _hanoi(facts: Facts) -> tuple[Hanoi, State, State]:
    return Hanoi(tuple((a, b) for a, b in facts["barred"])), read_state(facts["start"]), read_state(facts["goal"])


def _solve_hanoi(facts: Facts) -> str | None:
    moves = shortest(*_hanoi(facts))
    return None if moves is None else write_moves(moves)


def _judge_hanoi(facts: Facts, answer: str) -> Verdict:
    try:
        moves = read_moves(answer)
    except move_puzzle.Unreadable as error:
        return wrong("parse", str(error), answer)
    played = play(*_hanoi(facts), moves)
    return right("play", played.reason, answer) if played.solved else wrong("play", played.reason, answer)


def _prompt_hanoi(facts: Facts) -> str:
    puzzle, start, goal = _hanoi(facts)
    return puzzle.posed(facts["n"], start, goal)


def _trace_hanoi(facts: Facts) -> str:
    puzzle, state, goal = _hanoi(facts)
    moves = shortest(puzzle, state, goal)
    lines = []
    for move in moves or ():
        state = puzzle.step(state, move)
        lines.append(f"{json.dumps(move)} -> {json.dumps(state)}")
    if moves is None:
        met, stack = {state}, [state]
        while stack:
            at = stack.pop()
            new = {puzzle.step(at, move) for move in puzzle.moves(at)} - met
            stack += sorted(new)
            met |= new
        lines.append(f"{len(met)} positions can be reached, and the goal is none of them.")
    return "\n".join(lines)


def _moves_needed(facts: Facts) -> float:
    moves = shortest(*_hanoi(facts))
    return float(len(moves) if moves else facts["n"])


_GAMES = {
    "sudoku": _Game(_draw_sudoku, _solve_sudoku, _judge_sudoku, _prompt_sudoku, _trace_sudoku, _blanks, "the filled grid, one row a line"),
    "hanoi": _Game(_draw_hanoi, _solve_hanoi, _judge_hanoi, _prompt_hanoi, _trace_hanoi, _moves_needed, "the complete list of moves, as in moves = [...]"),
}
