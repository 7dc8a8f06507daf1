"""Other prompts for the same problem."""

from __future__ import annotations

import pytest

from menolab.errors import BadInput
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


def test_templates_of_nearest_complexity_are_drawn() -> None:
    library = Advise(("two", "five", "nine", "four"), (2.0, 5.0, 9.0, 4.0), nearest=2)
    assert library.suited(Problem("p", "t", "add 3, 4.5 and 6 to 7", "1")) == ["four", "five"]
    assert library.suited(Problem("p", "t", "no number", "1")) == ["two", "four"]
    assert Advise(("a", "b", "c"), nearest=1).suited(PROBLEM) == ["a", "b", "c"], "without complexities all suit"
    drawn = {library(Problem("p", "t", "1 2 3 4", "1"), 1.0, KEY.fold(i)).split("\n")[0] for i in range(30)}
    assert drawn == {"four", "five"}


def test_a_library_that_does_not_fit() -> None:
    with pytest.raises(BadInput, match="each of the 2 templates"):
        Advise(("a", "b"), (1.0,))
    with pytest.raises(BadInput, match="nearest"):
        Advise(("a",), nearest=0)
