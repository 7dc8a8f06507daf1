"""Procedures that are told step by step and have only to be carried out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
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
_WORDS = (
    "river", "stone", "window", "garden", "yellow", "silent", "paper", "copper", "lantern", "winter", "market", "bridge", "feather", "signal", "valley",
    "orange", "hammer", "pocket", "mirror", "harbour", "blanket", "candle", "thunder", "village", "button", "meadow", "ladder", "basket", "pepper", "needle",
    "anchor", "barrel", "carpet", "dragon", "engine", "forest", "guitar", "helmet", "island", "jacket", "kettle", "lemon", "magnet", "nickel", "oyster",
    "pencil", "quartz", "rabbit", "saddle", "tunnel", "umbrella", "violin", "wagon", "zipper", "acorn",
)  # fmt: skip


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


def _sort(random: Random, steps: int) -> Drawn:
    """As many swaps as steps, by drawing strings until one takes so many."""
    while True:
        states = _swaps(_text(random, steps + random.randint(1, 4), ascii_lowercase[: 6 + steps]))
        if len(states) == steps + 1:
            return f"String: {states[0]}", states


def _swaps(text: str) -> list[Any]:
    states, cells, at = [text], list(text), 0
    for letter in ascii_lowercase:
        while letter in cells[at:]:
            found = cells.index(letter, at)
            cells[at], cells[found] = cells[found], cells[at]
            if found != at:
                states.append("".join(cells))
            at += 1
    return states


def _gather(random: Random, steps: int) -> Drawn:
    strings = [_text(random, random.randint(5, 9)) for _ in range(3)]
    picks = [(which, start, random.randint(1, min(4, len(strings[which]) - start))) for which, start in ((random.randrange(3), random.randrange(5))
             for _ in range(steps))]
    states = [""]
    for which, start, count in picks:
        states.append(states[-1] + strings[which][start : start + count])
    return f"Strings: {', '.join(strings)}\nSets: {', '.join(map(str, picks))}", states


def _count(random: Random, steps: int) -> Drawn:
    strings = [_text(random, random.randint(3, 7)) for _ in range(steps - 1)]
    rows = [[s, letters := sum(c.isalpha() for c in s), number := int("".join(c for c in s if c.isdigit()) or 0), letters * number] for s in strings]
    return f"Strings: {', '.join(strings)}", ["", *rows, sum(row[3] for row in rows)]


def _search(random: Random, steps: int) -> Drawn:
    strings = [_text(random, random.randint(8, 14), "abc") for _ in range(3)]
    parts = random.sample([a + b for a in "abc" for b in ("", *"abc", *(x + y for x in "abc" for y in "abc"))], steps)
    states: list[Any] = [[0, 0, 0]]
    for part in parts:
        states.append([count + sum(s.startswith(part, i) for i in range(len(s))) for count, s in zip(states[-1], strings, strict=True)])
    return f"Strings: {', '.join(strings)}\nSubstrings: {', '.join(parts)}", states


def _substitute(random: Random, steps: int) -> Drawn:
    text, letters = _text(random, steps, ascii_lowercase[:8]), random.sample(ascii_lowercase[:8], 4)
    pairs = {letter: random.choice(ascii_lowercase[8:]) for letter in letters}
    states = ["".join(pairs.get(c, c) for c in text[:k]) + text[k:] for k in range(steps + 1)]
    return f"String: {text}\nPairs: {', '.join(f'({a}, {b})' for a, b in pairs.items())}", states


def _encode(random: Random, steps: int) -> Drawn:
    first, runs = random.randrange(2), [random.randint(1, 5) for _ in range(steps)]
    coded = [f"{(first + k) % 2}_{run}" for k, run in enumerate(runs)]
    return f"String: {''.join(code[0] * run for code, run in zip(coded, runs, strict=True))}", [coded[:k] for k in range(steps + 1)]


def _split_at(random: Random, steps: int) -> Drawn:
    text = _text(random, steps + random.randint(2, 8))
    cuts = random.sample(range(1, len(text)), steps)
    states = [[text[a:b] for a, b in pairwise([0, *sorted(cuts[:k]), len(text)])] for k in range(steps + 1)]
    return f"String: {text}\nIndices: {', '.join(map(str, cuts))}", states


def _split_part(random: Random, steps: int) -> Drawn:
    states, pairs = [[_text(random, steps + random.randint(3, 8))]], []
    for _ in range(steps):
        parts = states[-1]
        which = random.choice([i for i, part in enumerate(parts) if len(part) > 1])
        at = random.randint(1, len(parts[which]) - 1)
        pairs.append((which, at))
        states.append([*parts[:which], parts[which][:at], parts[which][at:], *parts[which + 1 :]])
    return f"String: {states[0][0]}\nPairs: {', '.join(map(str, pairs))}", states


def _compose(random: Random, steps: int) -> Drawn:
    """Rules that make one character of each pair, so that a string of n + 1 is done after n steps."""
    letters = "abc"
    rules = {a + b: random.choice(letters) for a in letters for b in letters}
    states = [_text(random, steps + 1, letters)]
    for _ in range(steps):
        at = states[-1]
        states.append(at[:-2] + rules[at[-2:]])
    return f"Rules: {'; '.join(f'{pair[0]}, {pair[1]} -> {made}' for pair, made in rules.items())}\nString: {states[0]}", states


def _decompose(random: Random, steps: int) -> Drawn:
    """Rules whose results come later in the alphabet, so that every string is done some time; drawn until it takes as many steps as wanted."""
    while True:
        letters = ascii_lowercase[: random.randint(3, 8)]
        rules = {a: random.choice(ascii_lowercase[i + 1 : i + 4]) + random.choice(ascii_lowercase[i + 1 : i + 4]) for i, a in enumerate(letters)}
        states = [_text(random, random.randint(1, 3), letters)]
        while len(states) <= steps + 1 and (found := next((i for i, c in enumerate(states[-1]) if c in rules), None)) is not None:
            states.append(states[-1][:found] + rules[states[-1][found]] + states[-1][found + 1 :])
        if len(states) == steps + 1:
            return f"String: {states[0]}\nRules: {', '.join(f'{a} -> {b}' for a, b in rules.items())}", states


def _compare(random: Random, steps: int) -> Drawn:
    target, others = _text(random, 8), list[str]()
    while len(others) < steps - 1:
        shared = random.randint(0, 7)
        others.append(target[:shared] + random.choice([c for c in _CHARACTERS if c != target[shared]]) + _text(random, 7 - shared))
    matched = [target[: next(i for i, (a, b) in enumerate(zip(target, other, strict=True)) if a != b)] for other in others]
    rest = [_text(random, 8) for _ in range(random.randint(0, 2))]
    return f"Target: {target}\nStrings: {', '.join([*others, target, *rest])}", ["", *matched, [*matched, target]]


def _count_letters(random: Random, steps: int) -> Drawn:
    words = random.choices(_WORDS, k=steps)
    counts = [[sum(word.count(letter) for word in words[:k]) for letter in ascii_lowercase] for k in range(steps + 1)]
    return f"Sentence: {' '.join(words).capitalize()}", counts


def _decode(random: Random, steps: int) -> Drawn:
    pieces = [(random.choice(ascii_lowercase), random.randint(1, 6)) for _ in range(steps)]
    states = ["".join(letter * count for letter, count in pieces[:k]) for k in range(steps + 1)]
    return f"Pieces: {', '.join(f'{letter}x{count}' for letter, count in pieces)}", states


def _fill_word(random: Random, steps: int) -> Drawn:
    words = random.choices(_WORDS, k=steps + random.randint(2, 6))
    places = sorted(random.sample(range(len(words)), steps))
    pairs = [(number, words[place]) for number, place in enumerate(places, 1)]
    random.shuffle(pairs)
    states = [" ".join([f"[{places.index(i) + 1}]" if i in places else word for i, word in enumerate(words)])]
    for number, word in pairs:
        states.append(states[-1].replace(f"[{number}]", word))
    return f"Sentence: {states[0]}\nPairs: {', '.join(f'({number}, {word})' for number, word in pairs)}", states


def _delete_word(random: Random, steps: int) -> Drawn:
    words = random.sample(_WORDS, min(len(_WORDS), steps + random.randint(2, 5)))
    states, removed = [" ".join(words)], random.sample(words, steps)
    for word in removed:
        states.append(" ".join(w for w in states[-1].split() if w != word))
    return f"Sentence: {states[0]}\nWords: {', '.join(removed)}", states


_PROCEDURES: dict[str, tuple[str, Callable[[Random, int], Drawn]]] = {
    "copy": (
        "Start with an empty string. At each step append the string that the next index names; indices count from 0.",
        _copy,
    ),
    "rhythm": (
        "Start with an empty string. At each step append the next number and then the next letter; where a list ends, go on from its beginning.",
        _rhythm,
    ),
    "push_pop": (
        "Carry out the actions one by one: pop_left and pop_right remove the first and the last character, push_left(A) and push_right(A) add A at "
        "the beginning and at the end.",
        _push_pop,
    ),
    "rotate": (
        "For each pair (m, n) take the characters from index m to index n - 1, counted from 0; shift each of them by one place to the right, and "
        "put the last of them at the first place.",
        _rotate,
    ),
    "delete_char": (
        "For each letter of the list, remove its first occurrence from the string.",
        _delete_char,
    ),
    "cumulate": (
        "Apply the operations to the number one by one.",
        _cumulate,
    ),
    "move_cyclic": (
        "Move the x through the array by each pair of direction and amount; beyond one end it goes on from the other.",
        _move_cyclic,
    ),
    "find_cyclic": (
        "Start at the given letter with the given number. At each step move to the next character on the right, beyond the end to the first, and "
        "decrease the number by one, until it is zero. The states before the last are pairs [character, number]; the final state is the character "
        "alone.",
        _find_cyclic,
    ),
    "sort": (
        "Sort the string into alphabetical order: for each letter from a to z, and beginning at the first position, look for the letter from the "
        "current position to the right; where it is found, swap it with the character at the current position and go on to the next position, until "
        "the letter is not found any more. Only swaps that change the string are steps.",
        _sort,
    ),
    "gather": (
        "Start with an empty string. For each set (N, i, n) append the n characters of string N that begin at index i; both count from 0.",
        _gather,
    ),
    "count": (
        "For each string, let N1 be the number of its letters, N2 the number that its digits form in their order (0 if there are none), and N3 "
        "their product; the state is the list [string, N1, N2, N3]. After the last string the final state is the sum of all N3.",
        _count,
    ),
    "search": (
        "Start with a count of 0 for each string. For each substring, add to each count how often the substring occurs in that string, overlapping "
        "occurrences included. The states are lists of the counts.",
        _search,
    ),
    "substitute": (
        "Go through the string from left to right. At each step, if the character is the first of a pair, replace it by the second; a step that "
        "changes nothing counts too.",
        _substitute,
    ),
    "encode": (
        "From the beginning of the string, take each run of the same character and append the text character_length to a list. The states are the "
        "lists.",
        _encode,
    ),
    "split1": (
        "For each index, split the string before the character of that index, which counts from 0 in the string as given. The states are lists of "
        "the parts, in order.",
        _split_at,
    ),
    "split2": (
        "For each pair (i, j), split the i-th part before its j-th character; both count from 0. The states are lists of the parts, in order.",
        _split_part,
    ),
    "compose": (
        "The rule A, B -> C says: where A and B follow each other in this order, they become C. At each step apply a rule to the two characters at "
        "the right end of the string, until one is left.",
        _compose,
    ),
    "decompose": (
        "The rule A -> BC says: A becomes BC. At each step replace the leftmost character that a rule is for, until there is none.",
        _decompose,
    ),
    "compare": (
        "Compare the target with each string in turn, character by character from the first, until one equals it. The state after a string that "
        "does not is the part at its beginning that matched; the final state is the list of all these parts and the target.",
        _compare,
    ),
    "count2": (
        "Count the letters of the sentence word by word, capitals as small letters. The states are lists of 26 counts, from a to z.",
        _count_letters,
    ),
    "decode": (
        "Start with an empty string. For each piece AxB append the character A, B times.",
        _decode,
    ),
    "fill_word": (
        "For each pair (number, word), replace the number in its brackets by the word.",
        _fill_word,
    ),
    "delete_word": (
        "Remove the words of the list from the sentence, one at each step.",
        _delete_word,
    ),
}
PROCEDURES = tuple(_PROCEDURES)


@dataclass(frozen=True)
class ProcBench(Task):
    """Strings, lists and numbers worked on by a procedure that the prompt tells in full; every state after every step is asked for. Difficulty: the steps.

    All of ProcBench's 23 procedures, with our generators and wordings after the published templates. Its 5,520 questions are kept on a data hub, not in its
    repository, and were not at hand. There the states are read out of free text by another language model; here they are asked for as JSON and read as data.
    Where a template leaves a case open the prompt says what counts: overlapping occurrences do, and a substitution that changes nothing is a step; compose
    works at the right end alone, which the template's "from right to left" may say more widely.
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
        return Demonstration(text, style)
