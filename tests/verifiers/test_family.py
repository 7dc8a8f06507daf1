"""What every verifier promises: never raises, never hangs, works from threads, says undecided rather than wrong on an unreadable gold."""

from __future__ import annotations

import dataclasses
import inspect
import random
import sys
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from menolab.cli.grade import kinds
from menolab.pieces import from_data, to_data
from menolab.records import Problem
from menolab.verifiers.answer import AnswerVerifier
from menolab.verifiers.math.verifier import Math
from menolab.verifiers.overlap import Overlap
from menolab.verifiers.supported_answer import SupportedAnswer
from menolab.verifiers.verifier import Verifier

VERIFIERS = sorted(
    {
        v
        for v in kinds().values()
        if isinstance(v, (AnswerVerifier, Math))
        and v.golds
        and not isinstance(v, (Overlap, SupportedAnswer))
        and type(v).__module__.startswith("menolab.verifiers.")
    },
    key=lambda v: type(v).__name__,
)
"""Those of the room that look at a gold. Overlap needs a library that may be missing, SupportedAnswer an answer in another form than the gold; verifiers
that live beside their task need its facts and are tested there, and so are those with an extraction of their own."""
RIGHT = {
    "Exact": ("Paris", "Paris", "London"),
    "Math": (r"\frac{1}{2}", "0.5", "0.6"),
    "Numeric": ("1/2", "0.5", "0.6"),
    "MultipleChoice": ("B", "(b)", "C"),
    "ArithmeticTarget": ("(8-2)*4", "4*(8-2)", "8*4-2"),
    "ShortAnswer": ("the Paris", "Paris!", "London"),
    "ByKind": ("B", "(b)", "C"),
    "Grids": ("1 2\n3 4", "[[1, 2], [3, 4]]", "1 2\n3 5"),
    "LetterGrid": ("AB\nCD", "a b c d", "AB\nCE"),
    "StateSequence": ('{"intermediate": ["a"], "final": "ab"}', '{"final":"ab","intermediate":["a"]}', '{"intermediate": ["b"], "final": "ab"}'),
    "Assignment": ("Ann is a knight, Bo is a knave", "Bo: knave, Ann: knight", "Bo: knight, Ann: knave"),
}
HOSTILE = (
    "", " ", "\0", "\ud800", "(" * 100_000, "(" * 100_000 + "1" + ")" * 100_000, "-" * 1_000_000, "9" * 1_000_000, "1e999999999", "1e-999999999",
    "9**9**9**9", "9^9^9", "\\frac{" * 50_000, "\\boxed{" * 100_000, "\\boxed{" * 50_000 + "}" * 50_000, "<answer>" * 100_000,
    "</answer>" * 100_000, "<think>" * 100_000, "</think>" * 100_000, "answer is " * 100_000, "answer:" + " " * 1_000_000, "####\n" * 100_000,
    "__import__('os').system('false')", "½ ² ٣ ４ ⑨", "\u202e42\u2028", "1," * 500_000, "A" * 1_000_000, "A is a " * 100_000,
    "is a knight " * 50_000, "nan", "inf", "-inf", "1/0", "0/0", "1_000", "{" * 500_000, "\\" * 1_000_000, "$" * 1_000_000, "*" * 1_000_000,
    "= " * 400_000, "\n" * 1_000_000, "1 " * 500_000, "./" * 400_000,
)  # fmt: skip


def gold(verifier: Verifier) -> Problem:
    return Problem("p", "t", "", RIGHT[type(verifier).__name__][0])


@pytest.mark.parametrize("verifier", VERIFIERS, ids=lambda v: type(v).__name__)
class TestEveryVerifier:
    def test_accepts_the_right_and_rejects_the_wrong(self, verifier: Verifier) -> None:
        answer, same, other = RIGHT[type(verifier).__name__]
        problem = gold(verifier)
        assert verifier.readable(answer)
        for text in (answer, same):
            verdict = verifier(problem, f"<think>{other}</think><answer>{text}</answer>")
            assert (verdict.label, verdict.score, verdict.extracted) == ("right", 1.0, text)
        verdict = verifier(problem, f"<think>{answer}</think><answer>{other}</answer>")
        assert (verdict.label, verdict.score, verdict.extracted) == ("wrong", 0.0, other)

    def test_unparsed_is_wrong_at_extract(self, verifier: Verifier) -> None:
        answer = RIGHT[type(verifier).__name__][0]
        for text in (answer, f"<think>{answer}", f"<think><answer>{answer}</answer>", f"<answer>{answer}"):
            verdict = verifier(gold(verifier), text)
            assert (verdict.label, verdict.stage, verdict.extracted) == ("wrong", "extract", None)

    def test_strict_wants_exactly_one_pair(self, verifier: Verifier) -> None:
        strict = verifier.strictly()
        answer, _, other = RIGHT[type(verifier).__name__]
        problem = gold(verifier)
        assert strict(problem, f"<think>x</think><answer> {answer} </answer>").right
        assert not strict(problem, f"<answer>{other}</answer> no: <answer>{answer}</answer>").right
        assert not strict(problem, f"<answer>{answer}</answer><answer>{answer}</answer>").right
        assert verifier(problem, f"<answer>{other}</answer> no: <answer>{answer}</answer>").right
        assert not strict(problem, f"The answer is {answer}").right

    def test_side_by_side_is_a_hedge(self, verifier: Verifier) -> None:
        answer, _, other = RIGHT[type(verifier).__name__]
        verdict = verifier(gold(verifier), f"<answer>{other}</answer> or <answer>{answer}</answer>")
        assert (verdict.label, verdict.stage) == ("wrong", "extract")

    def test_hostile_text_neither_raises_nor_hangs(self, verifier: Verifier) -> None:
        problem = gold(verifier)
        for text in HOSTILE:
            for response in (text, f"<answer>{text}</answer>", f"The answer is \\boxed{{{text}}}"):
                start = time.process_time()
                verdict = verifier(problem, response)
                seconds = time.process_time() - start
                assert not verdict.right, response[:60]
                assert seconds < 2.0, (response[:60], seconds)
            assert verifier.readable(text) in (True, False)
            assert verifier(dataclasses.replace(problem, answer=text), "<answer>1</answer>").label in ("right", "wrong", "undecided")

    def test_hostile_facts_are_undecided_or_ignored(self, verifier: Verifier) -> None:
        numbers = ({"numbers": "x", "target": []}, {"numbers": [1], "target": "x"}, {"numbers": [None], "target": 1})
        choices = ({"choices": 5}, {"choices": "AB"}, {"operations": ["+", "-", "*", "/"]})
        for facts in (*numbers, *choices, {"names": ["Ann"], "solution": []}, {"names": 3, "solution": 4}):
            problem = dataclasses.replace(gold(verifier), facts=facts)
            assert verifier(problem, f"<answer>{problem.answer}</answer>").label in ("right", "undecided")

    def test_threads_agree(self, verifier: Verifier) -> None:
        texts = [f"<answer>{t}</answer>" for t in RIGHT[type(verifier).__name__]] * 20
        with ThreadPoolExecutor(8) as pool:
            found = list(pool.map(lambda text: verifier(gold(verifier), text), texts))
        assert found == [verifier(gold(verifier), text) for text in texts]

    def test_unreadable_gold_is_undecided(self, verifier: Verifier) -> None:
        if type(verifier).__name__ in ("Exact", "ShortAnswer"):
            assert not verifier.readable(" ** ")
            return
        gibberish = r"\frac{no such thing" if isinstance(verifier, Math) else "no such thing here"  # words are a gold answer in mathematics
        problem = dataclasses.replace(gold(verifier), answer=gibberish)
        assert not verifier.readable(problem.answer)
        assert verifier(problem, f"<answer>{RIGHT[type(verifier).__name__][0]}</answer>").label == "undecided"

    def test_saves_and_loads(self, verifier: Verifier) -> None:
        assert from_data(to_data(verifier)) == verifier

    def test_never_evaluates(self, verifier: Verifier) -> None:
        source = inspect.getsource(sys.modules[type(verifier).__module__])
        assert not any(call in source for call in ("eval(", "exec(", "sympify", "parse_expr"))


def test_family_is_covered() -> None:
    assert {type(v).__name__ for v in VERIFIERS} >= set(RIGHT)


def test_random_text_never_raises() -> None:
    draw = random.Random(0)
    pieces = (
        *("<think>", "</think>", "<answer>", "</answer>", "\\boxed{", "}", "{", "answer is", "####", "12", "+", "(", ")", "/", "0", ".", ",", "\n"),
        *("A", "$", "\\frac", "knight", "is a", "Ann", "e5", "-", "\\text{", "%"),
    )
    for _ in range(2000):
        text = "".join(draw.choice(pieces) for _ in range(draw.randint(0, 25)))
        for verifier in VERIFIERS:
            assert verifier(gold(verifier), text).label in ("right", "wrong", *(("undecided",) if isinstance(verifier, Math) else ()))
