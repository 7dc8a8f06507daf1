from __future__ import annotations

import pytest

from menolab.errors import BadInput
from menolab.tasks.coin_flip import CoinFlip
from menolab.tasks.question_file import QuestionFile


def task() -> QuestionFile:
    return CoinFlip(path="x.json")


def test_options_are_lettered_and_either_the_letter_or_the_words_count() -> None:
    problem = task().chosen("Which?", ("red", "blue"), "B", "x row 1", {"more": 1})
    assert problem.prompt.startswith("Which?\nOptions:\nA) red\nB) blue\nThink in <think>") and problem.facts["more"] == 1
    for answer, right in (("B", True), ("b)", True), ("(B) blue", True), ("blue", True), ("red", False), ("A", False), ("A or B", False)):
        assert task().verify(problem, f"<answer>{answer}</answer>").right == right, answer
    assert task().verify(problem, "So the answer is B.").right


@pytest.mark.parametrize(("choices", "answer", "said"), [(("red", "red"), "A", "must differ"), (("red", "blue"), "C", "one of A, B"), (("red", "blue"), "a",
    "one of A, B")])
def test_bad_options(choices: tuple[str, ...], answer: str, said: str) -> None:
    with pytest.raises(BadInput, match=f"x row 1.*{said}"):
        task().chosen("Which?", choices, answer, "x row 1")


def test_space_around_and_within_a_question_does_not_change_its_identity() -> None:
    assert task().posed("  One  two\n", "x", "it", "text").id == task().posed("One two", "y", "that", "text").id
