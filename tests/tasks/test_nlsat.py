from __future__ import annotations

import re
from itertools import product

import pytest

from menolab.errors import BadInput
from menolab.keys import Key
from menolab.records import Problem
from menolab.tasks.nlsat import Consistency, NLSat, in_words, search_trace
from menolab.tasks.satisfiability import random_clauses, satisfies, solve

ROOT = Key.root(11)


def by_hand(variables: int, clauses: tuple[tuple[int, ...], ...]) -> bool:
    """Try every assignment."""
    return any(all(any((v > 0) == values[abs(v) - 1] for v in clause) for clause in clauses) for values in product((True, False), repeat=variables))


def read_rules(problem: Problem) -> tuple[tuple[int, ...], ...]:
    """The formula once more, from the English alone."""
    number = {name: i for i, name in enumerate(problem.facts["properties"], 1)}
    clauses = []
    for line in re.findall(r"^\d+\. If (.*)\.$", problem.prompt, re.MULTILINE):
        conditions, conclusion = line.split(" then ")
        literals = []
        for said, sign in [*((c, -1) for c in conditions.split(" and ")), (conclusion, 1)]:
            words = said.split(" is ")[1].split()
            literals.append(sign * (-1 if words[0] == "not" else 1) * number[words[-1]])
        clauses.append(tuple(literals))
    return tuple(clauses)


def test_the_english_says_the_formula_and_labels_agree_with_brute_force() -> None:
    task, satisfiable = NLSat(5, 8), 0
    for i in range(60):
        problem = task(ROOT.fold(i))
        clauses, names = read_rules(problem), problem.facts["properties"]
        assert [sorted(c) for c in clauses] == [sorted(c) for c in problem.facts["clauses"]]
        truth = by_hand(len(names), clauses)
        assert (problem.answer != "inconsistent") == truth
        if truth:
            held = problem.answer.split(", ")
            assert satisfies([name in held for name in names], clauses)
        label = NLSat(5, 8, asked="label")(ROOT.fold(i))
        assert (label.answer == "consistent") == truth and label.id == problem.id
        satisfiable += truth
    assert 15 <= satisfiable <= 45


def test_about_half_can_be_satisfied_at_the_default_ratio_and_effort_peaks_there() -> None:
    random = ROOT.fold("effort").random()

    def measured(ratio: float, variables: int = 20, count: int = 60) -> tuple[float, float]:
        solved = [solve(variables, random_clauses(random, variables, round(ratio * variables))) for _ in range(count)]
        return sum(s.assignment is not None for s in solved) / count, sum(s.decisions for s in solved) / count

    easy, threshold, over = measured(2.0), measured(NLSat().ratio), measured(10.0)
    assert easy[0] > 0.98 and 0.35 < threshold[0] < 0.65 and over[0] < 0.02
    assert threshold[1] > 1.3 * easy[1] and threshold[1] > 1.3 * over[1]


def test_any_case_is_right_and_a_wrong_claim_of_inconsistency_is_not() -> None:
    task = NLSat()
    problem = next(p for p in (task(ROOT.fold("sat", i)) for i in range(20)) if p.answer != "inconsistent")
    names = problem.facts["properties"]
    for bits in range(2 ** len(names)):
        held = [name for i, name in enumerate(names) if bits >> i & 1]
        fits = satisfies([name in held for name in names], problem.facts["clauses"])
        verdict = task.verify(problem, f"<answer>{', '.join(held) or 'none'}</answer>")
        assert verdict.right == fits and (fits or re.fullmatch(r"rule \d+ does not hold", verdict.reason))
    assert task.verify(problem, "<answer>inconsistent</answer>").label == "wrong"
    assert task.verify(problem, "<answer>consistent</answer>").reason == "names no case"
    never = next(p for p in (task(ROOT.fold("unsat", i)) for i in range(20)) if p.answer == "inconsistent")
    assert task.verify(never, "<answer>Inconsistent.</answer>").right and not task.verify(never, "<answer>none</answer>").right


@pytest.mark.parametrize(
    ("answer", "label", "said"),
    [("red, not big", "right", ""), ("the dog is red and the dog is not big", "right", ""), ("red\nnot big", "right", ""), ("Red.", "right", ""),
     ("red, purple", "wrong", "purple"),
     ("red, not red", "wrong", "both"), ("big", "wrong", "rule 1"), ("maybe red", "wrong", "none of the properties"), ("none", "wrong", "rule 1")],
)  # fmt: skip
def test_forms_of_answers(answer: str, label: str, said: str) -> None:
    problem = Problem("p", "nlsat", "?", "red", facts={"properties": ["red", "big"], "clauses": [[1], [1, -2]], "asked": "case"})
    verdict = Consistency()(problem, f"<answer>{answer}</answer>")
    assert verdict.label == label and said in verdict.reason
    assert Consistency()(Problem("p", "nlsat", "?", "red"), "<answer>red</answer>").label == "undecided"
    labelled = Problem("p", "nlsat", "?", "consistent", facts={**problem.facts, "asked": "label"})
    assert Consistency()(labelled, "<answer>consistent</answer>").right and not Consistency()(labelled, "<answer>red</answer>").right


def test_the_search_ends_in_a_case_or_tries_everything() -> None:
    assert search_trace(["red", "big"], [(1, 2), (-1, 2), (-1, -2)]) == ["red", "red, big: rule 3 fails", "red, not big: rule 2 fails", "not red",
        "not red, big"]
    assert search_trace(["red"], [(1,), (-1,)]) == ["red: rule 2 fails", "not red: rule 1 fails"]


def test_a_rule_denies_all_but_its_conclusion() -> None:
    said = in_words(ROOT.random(), (1, -2, 3), ["red", "big", "kind"], "dog")
    assert said in {
        f"If {' and '.join(a)} then {b}."
        for a, b in (
            (x, y)
            for y, rest in (("the dog is red", ("the dog is big", "the dog is not kind")), ("the dog is not big",
                ("the dog is not red", "the dog is not kind")),
                            ("the dog is kind", ("the dog is not red", "the dog is big")))
            for x in (rest, rest[::-1])
        )
    }  # fmt: skip


@pytest.mark.parametrize("fields", [{"fewest": 3}, {"most": 31}, {"ratio": 0.5}, {"ratio": float("nan")}, {"asked": "x"}, {"styles": ()}])
def test_bad_fields(fields: dict) -> None:
    with pytest.raises(BadInput):
        NLSat(**fields)
