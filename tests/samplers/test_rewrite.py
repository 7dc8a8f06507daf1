"""Other prompts for the same problem."""

from __future__ import annotations

import pytest

from menolab.keys import Key
from menolab.pieces import members
from menolab.records import Problem
from menolab.samplers.rewrite import Advise, Distort, Rewrite

KEY = Key.root(0)
PROBLEM = Problem("p", "t", "one two three four five six seven eight", "1")


@pytest.mark.parametrize("rewrite", [*(cls() for cls in members(Rewrite).values()), Distort(1.0), Advise(("think",))], ids=repr)
def test_strength_0_is_the_problem_s_own_prompt(rewrite: Rewrite) -> None:
    assert all(rewrite(PROBLEM, 0.0, KEY.fold(i)) == PROBLEM.prompt for i in range(5))
    assert rewrite(PROBLEM, 0.7, KEY) == rewrite(PROBLEM, 0.7, KEY)


def test_the_share_of_words_replaced() -> None:
    texts = [Distort(0.5)(PROBLEM, 0.5, KEY.fold(i)).split(" ") for i in range(400)]
    changed = sum(a != b for words in texts for a, b in zip(words, PROBLEM.prompt.split(" "), strict=True)) / 400 / 8
    assert changed == pytest.approx(0.25 * 7 / 8, abs=0.03) and all(set(words) <= set(PROBLEM.prompt.split(" ")) for words in texts)


def test_advice_goes_before_the_prompt() -> None:
    got = {Advise(("a", "b"))(PROBLEM, 1.0, KEY.fold(i)) for i in range(20)}
    assert got == {f"a\n{PROBLEM.prompt}", f"b\n{PROBLEM.prompt}"}
    assert {Advise(("a",))(PROBLEM, 0.5, KEY.fold(i)) for i in range(20)} == {PROBLEM.prompt, f"a\n{PROBLEM.prompt}"}
