"""Puzzles whose length of solution grows with one knob, checked move by move."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass

from menolab.errors import check_range
from menolab.keys import Key
from menolab.records import Demonstration, Problem, Verdict, right, undecided, wrong
from menolab.tasks.hanoi import Hanoi
from menolab.tasks.mixture import check_mixture, choose_style
from menolab.tasks.move_puzzle import MovePuzzle, Play, Unreadable, play, read_moves, read_state, write_moves
from menolab.tasks.task import Task
from menolab.verifiers.extract import END_THINK, extract, response

FORMAT = "Think in <think> </think> tags, then give the complete list of moves in <answer> </answer> tags, as in <answer>moves = [...]</answer>."
STYLES = ("states", "direct")
LONGEST = 2_000_000
"""Characters of the longest answer that is played."""

_LIST = re.compile(r"\[\s*\[")
_BRACKET = re.compile(r"[\[\]]")


@dataclass(frozen=True)
class IllusionOfThinking(Task):
    """One puzzle a size n from `fewest` to `most`: Hanoi, CheckerJumping, RiverCrossing or BlocksWorld; difficulty is n.

    Every move of the answer is played by the rules, so any solution is right; a wrong verdict names the first illegal move. The sizes are a finite list:
    accuracy against n is read off its problems. `attempts` plays the lists of moves inside the thinking, for the paper's analysis of traces.
    Prompts say what the paper's say, in our words and with the house's answer tags; what the system and the user prompt repeat is said once.
    Source: Shojaee et al. 2025, "The Illusion of Thinking" (arXiv:2506.06941), section 3.1. Its sizes up to 20 disks (a million moves) are cut at 15.
    """

    catalogue = "illusion-of-thinking"
    paper = "arXiv:2506.06941"

    puzzle: MovePuzzle = Hanoi()
    fewest: int = 1
    """Sizes below the puzzle's own smallest are left out."""
    most: int = 10
    partial: bool = False
    """Whether a wrong list scores half the share of its moves before the first illegal one; otherwise 0. Moving to and fro is legal, so beware in rewards."""
    strict: bool = True
    """Accept answers in answer tags only."""
    styles: tuple[str, ...] = STYLES
    weights: tuple[float, ...] = (0.5, 0.5)

    def __post_init__(self) -> None:
        check_range("most", self.most, self.puzzle.fewest, self.puzzle.most)
        check_range("fewest", self.fewest, 1, self.most)
        check_mixture(self.styles, self.weights, STYLES)
        for n in self.sizes:
            self.puzzle(n)  # sizes that cannot be solved are refused before anything is drawn

    @property
    def name(self) -> str:
        return self.puzzle.name

    @property
    def sizes(self) -> range:
        """The sizes of the problems."""
        return range(max(self.fewest, self.puzzle.fewest), self.most + 1)

    def listed(self) -> tuple[Problem, ...]:
        """One problem a size, small ones first."""
        return tuple(map(self._problem, self.sizes))

    def __call__(self, key: Key) -> Problem:
        """One of the sizes, uniform."""
        return self._problem(key.random().choice(self.sizes))

    def _problem(self, n: int) -> Problem:
        start, goal = self.puzzle(n)
        prompt = f"{self.puzzle.prompt(n)}\n{FORMAT}"
        facts = json.loads(json.dumps({"n": n, "start": start, "goal": goal}))
        return Problem(f"{self.puzzle!r} n={n}", self.name, prompt, write_moves(self.puzzle.solution(n)), float(n), facts)

    def verify(self, problem: Problem, text: str) -> Verdict:
        """Right if the moves are all legal and end in the goal."""
        found = extract(text, strict=self.strict)
        if found.answer is None:
            return wrong("extract", found.reason)
        if len(found.answer) > LONGEST:
            return wrong("extract", f"the answer is longer than {LONGEST} characters", found.answer[:2000])
        try:
            moves = read_moves(found.answer)
        except Unreadable as error:
            return wrong("parse", str(error), found.answer)
        try:
            start, goal = read_state(problem.facts["start"]), read_state(problem.facts["goal"])
        except (KeyError, TypeError) as error:
            return undecided("gold", f"the problem has no start and goal ({error})", found.answer)
        played = play(self.puzzle, start, goal, moves)
        if played.solved:
            return right("play", played.reason, found.answer)
        score = played.legal / played.total / 2 if self.partial and played.total else 0.0
        return wrong("goal" if played.legal == played.total else "play", played.reason, found.answer, score)

    def steps(self, problem: Problem, text: str) -> tuple[int, int] | None:
        """(moves before the first illegal one, moves in all) of the answer; None where no list can be read."""
        found = extract(text, strict=self.strict)
        if found.answer is None or len(found.answer) > LONGEST:
            return None
        try:
            moves = read_moves(found.answer)
        except Unreadable:
            return None
        played = play(self.puzzle, read_state(problem.facts["start"]), read_state(problem.facts["goal"]), moves)
        return played.legal, played.total

    def demonstrate(self, problem: Problem, key: Key) -> Demonstration:
        """"states": every move with the position after it, then the list; "direct": the list alone."""
        style = choose_style(self.styles, self.weights, key)
        lines = []
        if style == "states":
            state = read_state(problem.facts["start"])
            for move in read_moves(problem.answer):
                state = self.puzzle.step(state, move)
                lines.append(f"{json.dumps(move)} -> {json.dumps(state)}")
        text = response("\n".join(lines), problem.answer)
        return Demonstration(text, style)


@dataclass(frozen=True)
class Attempt:
    """A list of moves inside the thinking."""

    position: float
    """Where it begins, as a share of the thinking's characters."""
    play: Play


def attempts(puzzle: MovePuzzle, problem: Problem, text: str) -> tuple[Attempt, ...]:
    """The lists of moves that occur in the thinking of a response, each played from the start, in order.

    What is not a whole list of lists is passed over; a position written as a list of lists counts as moves, since nothing tells them apart.
    Source: arXiv:2506.06941, section 4.3 (positions of right and wrong solutions within the thoughts).
    """
    thinking = text.partition(END_THINK)[0]
    start, goal = read_state(problem.facts["start"]), read_state(problem.facts["goal"])
    closing, found, end = _closing(thinking), [], 0
    for match in _LIST.finditer(thinking):
        at = match.start()
        if at < end or at not in closing:
            continue
        try:
            moves = read_moves(thinking[at : closing[at]])
        except Unreadable:
            continue
        found.append(Attempt(at / len(thinking), play(puzzle, start, goal, moves)))
        end = closing[at]
    return tuple(found)


def _closing(text: str) -> dict[int, int]:
    """Opening bracket -> just after the bracket that closes it."""
    pairs, still_open = {}, []
    for match in _BRACKET.finditer(text):
        if match.group() == "[":
            still_open.append(match.start())
        elif still_open:
            pairs[still_open.pop()] = match.end()
    return pairs
