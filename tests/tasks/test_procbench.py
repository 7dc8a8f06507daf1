from __future__ import annotations

import re

import pytest

from menolab.errors import BadInput
from menolab.keys import Key
from menolab.records import Problem
from menolab.tasks.procbench import PROCEDURES, ProcBench
from menolab.verifiers.extract import response
from menolab.verifiers.state_sequence import read_states, write_states

ROOT = Key.root(17)


def given(problem: Problem, name: str) -> list[str]:
    """A line of what is given, cut at the commas that are not inside brackets."""
    return re.split(r", (?![^(]*\))", re.findall(rf"^{name}: (.*)$", problem.prompt, re.MULTILINE)[0])


def pairs_of(problem: Problem, name: str) -> list[list[str]]:
    return [re.findall(r"\w+", pair) for pair in given(problem, name)]


def sorted_again(problem: Problem) -> list:
    (text,) = given(problem, "String")
    states, at = [text], 0
    for letter in "abcdefghijklmnopqrstuvwxyz":
        while (found := states[-1].find(letter, at)) >= 0:
            if found > at:
                cells = list(states[-1])
                cells[at], cells[found] = letter, cells[at]
                states.append("".join(cells))
            at += 1
    assert states[-1] == "".join(sorted(text))
    return states


def gathered(problem: Problem) -> list:
    strings, states = given(problem, "Strings"), [""]
    for which, start, count in (map(int, pair) for pair in pairs_of(problem, "Sets")):
        assert start + count <= len(strings[which])
        states.append(states[-1] + "".join(strings[which][start + k] for k in range(count)))
    return states


def counted(problem: Problem) -> list:
    states: list = [""]
    for text in given(problem, "Strings"):
        letters, number = len(re.findall("[a-z]", text)), int("0" + "".join(re.findall("[0-9]", text)))
        states.append([text, letters, number, letters * number])
    return [*states, sum(row[3] for row in states[1:])]


def searched(problem: Problem) -> list:
    strings, states = given(problem, "Strings"), [[0, 0, 0]]
    for part in given(problem, "Substrings"):
        states.append([n + len(re.findall(f"(?={part})", text)) for n, text in zip(states[-1], strings, strict=True)])
    return states


def substituted(problem: Problem) -> list:
    states, pairs = given(problem, "String"), dict(map(tuple, pairs_of(problem, "Pairs")))
    for i in range(len(states[0])):
        cells = list(states[-1])
        cells[i] = pairs.get(cells[i], cells[i])
        states.append("".join(cells))
    return states


def encoded(problem: Problem) -> list:
    states: list = [[]]
    for run in re.findall("0+|1+", given(problem, "String")[0]):
        states.append([*states[-1], f"{run[0]}_{len(run)}"])
    return states


def split_by_index(problem: Problem) -> list:
    (text,), done, states = given(problem, "String"), set[int](), [given(problem, "String")]
    for index in map(int, given(problem, "Indices")):
        done.add(index)
        states.append("".join(("/" if i in done else "") + c for i, c in enumerate(text)).split("/"))
    return states


def split_by_pair(problem: Problem) -> list:
    states = [given(problem, "String")]
    for which, at in (map(int, pair) for pair in pairs_of(problem, "Pairs")):
        parts = list(states[-1])
        part = parts.pop(which)
        parts[which:which] = [part[:at], part[at:]]
        assert all(parts)
        states.append(parts)
    return states


def composed(problem: Problem) -> list:
    rules = {a + b: c for a, b, c in (re.findall(r"\w", rule) for rule in re.findall(r"^Rules: (.*)$", problem.prompt, re.MULTILINE)[0].split("; "))}
    states = given(problem, "String")
    while len(states[-1]) > 1:
        *left, a, b = states[-1]
        states.append("".join(left) + rules[a + b])
    return states


def decomposed(problem: Problem) -> list:
    rules, states = dict(rule.split(" -> ") for rule in given(problem, "Rules")), given(problem, "String")
    while match := re.search(f"[{''.join(rules)}]", states[-1]):
        states.append(states[-1][: match.start()] + rules[match.group()] + states[-1][match.end() :])
    return states


def compared(problem: Problem) -> list:
    (target,), states = given(problem, "Target"), list[object]([""])
    for text in given(problem, "Strings"):
        if text == target:
            break
        same = [a == b for a, b in zip(text, target, strict=True)]
        states.append(text[: same.index(False)])
    return [*states, [*states[1:], target]]


def letters_counted(problem: Problem) -> list:
    states = [[0] * 26]
    for word in given(problem, "Sentence")[0].lower().split():
        states.append([n + word.count(chr(97 + i)) for i, n in enumerate(states[-1])])
    return states


def decoded(problem: Problem) -> list:
    states = [""]
    for letter, count in (piece.split("x", 1) if piece[0] != "x" else ("x", piece[2:]) for piece in given(problem, "Pieces")):
        states.append(states[-1] + letter * int(count))
    return states


def filled(problem: Problem) -> list:
    states = given(problem, "Sentence")
    for number, word in pairs_of(problem, "Pairs"):
        assert states[-1].count(f"[{number}]") == 1
        states.append(states[-1].replace(f"[{number}]", word))
    assert "[" not in states[-1]
    return states


def words_deleted(problem: Problem) -> list:
    states = given(problem, "Sentence")
    for word in given(problem, "Words"):
        words = states[-1].split()
        words.remove(word)
        states.append(" ".join(words))
    return states


AGAIN = {
    "sort": sorted_again, "gather": gathered, "count": counted, "search": searched, "substitute": substituted, "encode": encoded, "split1": split_by_index,
    "split2": split_by_pair, "compose": composed, "decompose": decomposed, "compare": compared, "count2": letters_counted, "decode": decoded,
    "fill_word": filled, "delete_word": words_deleted,
}  # fmt: skip


def carried_out(problem: Problem) -> list:
    """The states once more, from the words of the prompt."""
    procedure = problem.facts["procedure"]
    if procedure == "copy":
        states, strings = [""], given(problem, "Strings")
        for index in given(problem, "Indices"):
            states.append(states[-1] + strings[int(index)])
    elif procedure == "rhythm":
        states, numbers, letters = [""], given(problem, "Numbers"), given(problem, "Letters")
        for _ in range(int(given(problem, "Steps")[0])):
            states.append(states[-1] + numbers[0] + letters[0])
            numbers, letters = numbers[1:] + numbers[:1], letters[1:] + letters[:1]
    elif procedure == "push_pop":
        states = given(problem, "String")
        for action in given(problem, "Actions"):
            kept = list(states[-1])
            if action.startswith("pop"):
                kept.pop(0 if action == "pop_left" else -1)
            else:
                kept.insert(0 if action.startswith("push_left") else len(kept), action[-2])
            states.append("".join(kept))
    elif procedure == "rotate":
        states = given(problem, "String")
        for pair in given(problem, "Pairs"):
            m, n = map(int, re.findall(r"\d+", pair))
            cells = list(states[-1])
            cells.insert(m, cells.pop(n - 1))
            states.append("".join(cells))
    elif procedure == "delete_char":
        states = given(problem, "String")
        for letter in given(problem, "Letters"):
            at = states[-1].index(letter)
            states.append(states[-1][:at] + states[-1][at + 1 :])
    elif procedure == "cumulate":
        states = [int(given(problem, "Number")[0])]
        for operation in given(problem, "Operations"):
            states.append(states[-1] * int(operation[1:]) if operation[0] == "*" else states[-1] + int(operation[1:]))
    elif procedure == "move_cyclic":
        states = given(problem, "Array")
        for move in given(problem, "Moves"):
            at = states[-1]
            for _ in range(int(re.findall(r"\d+", move)[0])):
                at = at[-1] + at[:-1] if "right" in move else at[1:] + at[0]
            states.append(at)
    elif procedure in AGAIN:
        states = AGAIN[procedure](problem)
    else:
        letters, at, number = given(problem, "String")[0], given(problem, "Letter")[0], int(given(problem, "Number")[0])
        states = []
        while number:
            states.append([at, number])
            at, number = letters[(letters.index(at) + 1) % len(letters)], number - 1
        states.append(at)
    return states[1:]


def test_all_procedures_are_there() -> None:
    assert len(PROCEDURES) == 23


@pytest.mark.parametrize("procedure", PROCEDURES)
def test_the_gold_is_what_carrying_out_the_words_gives(procedure: str) -> None:
    task = ProcBench((procedure,), 2, 25)
    for i in range(25):
        problem = task(ROOT.fold(i))
        assert read_states(problem.answer) == carried_out(problem), problem
        assert task.verify(problem, response("", problem.answer)).right
        assert problem.difficulty == problem.facts["steps"] == len(carried_out(problem))


def test_a_stub_that_errs_in_each_step_decays_with_the_number_of_steps() -> None:
    """Right in all n steps with probability (1 - p)^n; here p = 0.1."""
    share = {}
    for steps in (2, 6, 16):
        task, solved = ProcBench(("cumulate",), steps, steps), 0
        for sample in range(200):
            problem, random = task(ROOT.fold("stub", steps, sample)), ROOT.fold("error", steps, sample).random()
            states = [state if random.random() > 0.1 else "wrong" for state in read_states(problem.answer)]
            verdict = task.verify(problem, response("", write_states(states)))
            assert verdict.score == (states.index("wrong") / steps if "wrong" in states else 1.0)
            solved += verdict.right
        share[steps] = solved / 200
        expected = 0.9**steps
        assert abs(share[steps] - expected) < 4 * (expected * (1 - expected) / 200) ** 0.5, share
    assert share[2] > share[6] > share[16]


@pytest.mark.parametrize("fields", [{"procedures": ()}, {"procedures": ("x",)}, {"procedures": ("copy", "copy")}, {"fewest": 1}, {"most": 51},
    {"fewest": 9, "most": 8}])
def test_bad_fields(fields: dict) -> None:
    with pytest.raises(BadInput):
        ProcBench(**fields)
