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
    else:
        letters, at, number = given(problem, "String")[0], given(problem, "Letter")[0], int(given(problem, "Number")[0])
        states = []
        while number:
            states.append([at, number])
            at, number = letters[(letters.index(at) + 1) % len(letters)], number - 1
        states.append(at)
    return states[1:]


@pytest.mark.parametrize("procedure", PROCEDURES)
def test_the_gold_is_what_carrying_out_the_words_gives(procedure: str) -> None:
    task = ProcBench((procedure,), 2, 25)
    for i in range(25):
        problem = task(ROOT.fold(i))
        assert read_states(problem.answer) == carried_out(problem), problem
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
