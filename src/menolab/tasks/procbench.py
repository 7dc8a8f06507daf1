"""Procedures that are told step by step and have only to be carried out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from string import ascii_lowercase, digits
from typing import Any

from menolab.errors import BadInput, check_range
from menolab.keys import Key
from menolab.records import Demonstration, Problem, Verdict
from menolab.tasks.mixture import check_mixture, choose_style
from menolab.tasks.published import content_id
from menolab.tasks.task import Task
from menolab.verifiers.extract import response
from menolab.verifiers.state_sequence import StateSequence, read_states, write_states
from menolab.verifiers.verifier import Verifier

NAME = "procbench"
STYLES = ("states", "direct")

Drawn = tuple[str, list[Any]]
"""What is given, in words, and the states: the first before any step, then one after each."""

_CHARACTERS = ascii_lowercase + digits


def _text(random: Random, length: int, characters: str = _CHARACTERS) -> str:
    return "".join(random.choices(characters, k=length))


def _copy(random: Random, steps: int) -> Drawn:
    strings, order = [_text(random, random.randint(2, 5)) for _ in range(4)], [random.randrange(4) for _ in range(steps)]
    states = ["".join(strings[i] for i in order[:k]) for k in range(steps + 1)]
    return f"Strings: {', '.join(strings)}\nIndices: {', '.join(map(str, order))}", states


def _rhythm(random: Random, steps: int) -> Drawn:
    numbers, letters = _text(random, random.randint(2, 5), digits), _text(random, random.randint(2, 5), ascii_lowercase)
    states = ["".join(numbers[i % len(numbers)] + letters[i % len(letters)] for i in range(k)) for k in range(steps + 1)]
    return f"Numbers: {', '.join(numbers)}\nLetters: {', '.join(letters)}\nSteps: {steps}", states


def _push_pop(random: Random, steps: int) -> Drawn:
    states, actions = [_text(random, random.randint(4, 8))], []
    for _ in range(steps):
        at = states[-1]
        action = random.choice(("pop_left", "pop_right", "push_left", "push_right") if len(at) > 2 else ("push_left", "push_right"))
        if action.startswith("push"):
            new = random.choice(_CHARACTERS)
            actions.append(f"{action}({new})")
            states.append(new + at if action == "push_left" else at + new)
        else:
            actions.append(action)
            states.append(at[1:] if action == "pop_left" else at[:-1])
    return f"String: {states[0]}\nActions: {', '.join(actions)}", states


def _rotate(random: Random, steps: int) -> Drawn:
    states, pairs = ["".join(random.sample(_CHARACTERS, random.randint(6, 10)))], []
    for _ in range(steps):
        at = states[-1]
        m, n = sorted(random.sample(range(len(at) + 1), 2))
        m, n = (m, n) if n - m > 1 else (0, len(at))
        pairs.append((m, n))
        states.append(at[:m] + at[n - 1] + at[m : n - 1] + at[n:])
    return f"String: {states[0]}\nPairs: {', '.join(map(str, pairs))}", states


def _delete_char(random: Random, steps: int) -> Drawn:
    states, letters = [_text(random, steps + random.randint(1, 4), ascii_lowercase)], []
    for _ in range(steps):
        letters.append(random.choice(states[-1]))
        states.append(states[-1].replace(letters[-1], "", 1))
    return f"String: {states[0]}\nLetters: {', '.join(letters)}", states


def _cumulate(random: Random, steps: int) -> Drawn:
    states, operations = [random.randint(1, 9)], []
    for _ in range(steps):
        sign, number = random.choice("++*"), random.randint(2, 9)
        if sign == "*" and states[-1] * number > 10**9:
            sign = "+"
        operations.append(f"{sign}{number}")
        states.append(states[-1] + number if sign == "+" else states[-1] * number)
    return f"Number: {states[0]}\nOperations: {', '.join(operations)}", states


def _move_cyclic(random: Random, steps: int) -> Drawn:
    length = random.randint(5, 10)
    places, moves = [random.randrange(length)], []
    for _ in range(steps):
        direction, amount = random.choice(("left", "right")), random.randint(1, length - 1)
        moves.append(f"({direction}, {amount})")
        places.append((places[-1] + (amount if direction == "right" else -amount)) % length)
    states = ["-" * place + "x" + "-" * (length - 1 - place) for place in places]
    return f"Array: {states[0]}\nMoves: {', '.join(moves)}", states


def _find_cyclic(random: Random, steps: int) -> Drawn:
    letters = random.sample(_CHARACTERS, random.randint(6, 12))
    start = random.randrange(len(letters))
    states = [[letters[(start + k) % len(letters)], steps - k] for k in range(steps)] + [letters[(start + steps) % len(letters)]]
    return f"String: {''.join(letters)}\nLetter: {letters[start]}\nNumber: {steps}", states


_PROCEDURES: dict[str, tuple[str, Callable[[Random, int], Drawn]]] = {
    "copy": ("Start with an empty string. At each step append the string that the next index names; indices count from 0.", _copy),
    "rhythm": ("Start with an empty string. At each step append the next number and then the next letter; where a list ends, go on from its beginning.",
               _rhythm),
    "push_pop": ("Carry out the actions one by one: pop_left and pop_right remove the first and the last character, push_left(A) and push_right(A) add A at "
                 "the beginning and at the end.", _push_pop),
    "rotate": ("For each pair (m, n) take the characters from index m to index n - 1, counted from 0; shift each of them by one place to the right, and put "
               "the last of them at the first place.", _rotate),
    "delete_char": ("For each letter of the list, remove its first occurrence from the string.", _delete_char),
    "cumulate": ("Apply the operations to the number one by one.", _cumulate),
    "move_cyclic": ("Move the x through the array by each pair of direction and amount; beyond one end it goes on from the other.", _move_cyclic),
    "find_cyclic": ("Start at the given letter with the given number. At each step move to the next character on the right, beyond the end to the first, and "
                    "decrease the number by one, until it is zero. The states before the last are pairs [character, number]; the final state is the character "
                    "alone.", _find_cyclic),
}  # fmt: skip
PROCEDURES = tuple(_PROCEDURES)


@dataclass(frozen=True)
class ProcBench(Task):
    """Strings, lists and numbers worked on by a procedure that the prompt tells in full; every state after every step is asked for. Difficulty: the steps.

    Eight of ProcBench's 23 procedures, with our generators and wordings after the published templates: Copy, Rhythm, PushPop, Rotate, DeleteChar, Cumulate,
    MoveCyclic, FindCyclic. Its 5,520 questions are kept on a data hub, not in its repository, and were not at hand. There the states are read out of free text
    by another language model; here they are asked for as JSON and read as data.
    Source: Fujisawa et al. 2024, "ProcBench" (arXiv:2410.03117); its lengths are 2 to 6 (short), 7 to 16 (medium) and 17 to 25 (long).
    """

    catalogue = "procbench"
    paper = "arXiv:2410.03117"

    procedures: tuple[str, ...] = PROCEDURES
    """Drawn from uniformly."""
    fewest: int = 2
    """Steps, from `fewest` to `most`, uniform."""
    most: int = 6
    verifier: Verifier = StateSequence(strict=True)
    styles: tuple[str, ...] = STYLES
    weights: tuple[float, ...] = (0.5, 0.5)

    def __post_init__(self) -> None:
        if not self.procedures or set(self.procedures) - set(PROCEDURES) or len(set(self.procedures)) < len(self.procedures):
            raise BadInput("procedures", self.procedures, f"some of {', '.join(PROCEDURES)}, each once")
        check_range("fewest", self.fewest, 2)
        check_range("most", self.most, self.fewest, 50)
        check_mixture(self.styles, self.weights, STYLES)

    @property
    def name(self) -> str:
        return NAME

    def __call__(self, key: Key) -> Problem:
        random = key.random()
        procedure, steps = random.choice(self.procedures), random.randint(self.fewest, self.most)
        instruction, draw = _PROCEDURES[procedure]
        given, states = draw(random, steps)
        prompt = (
            f"{instruction}\n{given}\nGive the state after every step, without the state at the start, as JSON: "
            '{"intermediate": [all states but the last], "final": the last state}.\n'
            "Think in <think> </think> tags, then give the JSON alone in <answer> </answer> tags."
        )
        facts = {"procedure": procedure, "steps": steps, "start": states[0]}
        return Problem(content_id(procedure, given), NAME, prompt, write_states(states[1:]), float(steps), facts)

    def verify(self, problem: Problem, text: str) -> Verdict:
        return self.verifier(problem, text)

    def demonstrate(self, problem: Problem, key: Key) -> Demonstration:
        """"states": the states one a line, then the answer; "direct": the answer alone."""
        style = choose_style(self.styles, self.weights, key)
        states = [problem.facts["start"], *read_states(problem.answer)]
        text = response("\n".join(map(str, states)) if style == "states" else "", problem.answer)
        return Demonstration(text, style, self.verify(problem, text).right)
