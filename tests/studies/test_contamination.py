from __future__ import annotations

import json
import random
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
import pytest

from fakes import FakeEngine, Sums
from menolab.errors import BadInput
from menolab.keys import Key
from menolab.records import Completion, Problem, Request
from menolab.studies.contamination import Contamination, common, continues_with, cut, overlap, rouge_l
from menolab.studies.desk import Desk
from menolab.studies.subject import Subject


@dataclass
class Reader(FakeEngine):
    """Goes on as the texts it has read go on; else says "I do not know this"."""

    read: tuple[str, ...] = ()

    def _one(self, request: Request) -> Completion:
        head = self.decode(request.prompt)
        known = next((text[len(head) :] for text in self.read if text.startswith(head)), " I do not know this")
        tokens = tuple(map(ord, f"{known} <answer>7</answer>"))
        return Completion(tokens, (-0.5,) * len(tokens), "stop")


@dataclass(frozen=True)
class Stories(Sums):
    """Sums as long questions, which are no names of one another."""

    def __call__(self, key: Key) -> Problem:
        problem = super().__call__(key)
        a, b = problem.id.split("+")
        words = key.fold("words").random().sample(("apples", "pears", "plums", "figs", "nuts", "eggs", "limes", "dates"), 4)
        text = f"Ann has {a} {words[0]} and finds {b} {words[1]} ; how many {words[2]} and {words[3]} has she ?"
        return Problem(problem.id, self.name, text, problem.answer)


def test_a_model_that_has_read_the_problems_completes_them(tmp_path: Path):
    task = Stories()
    desk = Desk(tmp_path, on=task, problems=12)
    texts = tuple(p.prompt for p in desk.asked([], task))
    seen, fresh = Subject("seen", engine=lambda: Reader(read=texts)), Subject("fresh", engine=lambda: Reader())
    n = (found := Contamination()([seen, fresh], desk)).numbers
    assert all(n[f"exact match at {share}, seen"].mean == 1.0 and n[f"exact match at {share}, fresh"].mean == 0.0 for share in ("40%", "60%", "80%"))
    assert n["ROUGE-L beyond chance at 40%, seen"].low > 0 and abs(n["ROUGE-L beyond chance at 40%, fresh"].mean) < 0.1
    assert "100.0 %" in found.verdict and "not looked for" in found.warnings[0]


def test_training_problems_are_looked_through(tmp_path: Path):
    task = Stories()
    desk = Desk(tmp_path, on=task, problems=4)
    problems = desk.asked([], task)
    path = tmp_path / "train.jsonl"
    path.write_text("".join(json.dumps({"prompt": t, "answer": "1"}) + "\n" for t in (problems[0].prompt.upper(), "Something else altogether, friends")))
    found = Contamination(training=str(path), ngram=3)([Subject("none")], desk)
    assert found.numbers["problems in training"].mean == 0.25
    assert found.numbers["3-grams in training"].mean > 0.25 and not found.warnings and not found.tables


def test_cut_gives_words_and_loses_nothing():
    for share in (0.1, 0.4, 0.6, 0.99):
        head, tail = cut("one  two\nthree four five", share)
        assert head + tail == "one  two\nthree four five" and head.strip() and tail.split() and tail[0].isspace()
    assert cut("a b c d e", 0.4) == ("a b", " c d e") and cut("30 100 93 = 23", 0.6) == ("30 100 93", " = 23")
    with pytest.raises(BadInput, match="one word"):
        cut("word", 0.5)


def test_exact_is_the_whole_rest_and_not_more_of_a_number():
    assert continues_with(" =  23\nanswer", " = 23") and continues_with(" = 23.", " = 23")
    assert not continues_with(" = 234", " = 23") and not continues_with(" = 2", " = 23") and not continues_with("", " x")


def test_common_subsequence_against_recursion():
    @lru_cache
    def oracle(a: str, b: str) -> int:
        if not a or not b:
            return 0
        return oracle(a[1:], b[1:]) + 1 if a[0] == b[0] else max(oracle(a[1:], b), oracle(a, b[1:]))

    rng = random.Random(0)
    for _ in range(200):
        a, b = ("".join(rng.choice("abc") for _ in range(rng.randint(0, 7))) for _ in range(2))
        assert common(a, b) == oracle(a, b)


def test_rouge_l():
    """Lin's own example: P = R = 3/4 for the first candidate, 2/4 for the second."""
    assert rouge_l("police kill the gunman", "police killed the gunman") == pytest.approx(3 / 4)
    assert rouge_l("the gunman kill police", "police killed the gunman") == pytest.approx(2 / 4)
    p, r = 2 / 2, 2 / 3
    assert rouge_l("A b.", "a, b c") == pytest.approx(2 * p * r / (p + r))
    assert rouge_l("", "a") == 0.0


def test_overlap_is_that_of_sets():
    trained = ["the cat sat on the mat", "short one"]
    same, part = overlap(["The cat sat on the mat!", "a cat sat on it", "short one", "sat on"], trained, 3)
    assert same.tolist() == [1, 0, 1, 0] and np.allclose(part, [1, 1 / 3, 1, 0])


def test_settings_that_make_no_sense():
    with pytest.raises(BadInput, match="between 0 and 1"):
        Contamination(shares=(1.0,))
