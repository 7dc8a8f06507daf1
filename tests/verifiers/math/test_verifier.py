from __future__ import annotations

import asyncio
import json
import random
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

import menolab.verifiers.math as room
from menolab.records import Problem
from menolab.verifiers.audit import table
from menolab.verifiers.extract import response
from menolab.verifiers.math.rules import strict
from menolab.verifiers.math.verifier import Math

BOMBS = [
    "9^9^9^9", "9^{9^{9^{9}}}", "9**9**9**9", r"\dfrac{5^{(5^{(5^{(5^5)})}-4)}-5}{16}", "(" * 3000 + "1" + ")" * 3000, "(" * 39 + "1" + ")" * 39,
    r"\frac{1}{" * 500 + "1" + "}" * 500, r"\frac{1}{1+" * 38 + "1" + "}" * 38, "1000000!", "9999!", "999999999!", "(((9!)!)!)!", "9!!!!!",
    "x^{x^{x^{x^{x^x}}}}", "9" * 100_000,
    "9" * 1999, "0." + "3" * 990, "1e999999999", r"\binom{1000000}{500000}", "2^{10^{100}}", "(1+x)^{1000000}", "(a+b+c+d+e+f)^{40}",
    "*".join(f"(x+{n})" for n in range(1, 250)),
    "+".join(rf"\frac{{1}}{{x+{n}}}" for n in range(1, 120)), "*".join(["3999!"] * 300), "+".join([r"\frac{1}{3999!}"] * 90), "*".join(["(10^{999})"] * 180),
    r"\sin(9^{9^9})",
    "e^{e^{e^{e^{e^e}}}}", r"\sum_{k=1}^{10^{9}} \frac{1}{k!}", ",".join(rf"\sin {i}" for i in range(200)), r"\tan(\pi/2)", "2^{1/" + "9" * 300 + "}",
    "1=" * 800 + "1",
    "a" * 1900, r"\begin{pmatrix}" * 30, r"\pm 1 " + r"\pm 1" * 300, r"\{" * 30 + "1" + r"\}" * 30,
]  # fmt: skip
PAYLOADS = [
    "__import__('os').system('touch {}')", "exec(open('{}','w'))", r"\text{{__import__('os').system('touch {}')}}", "(lambda: open('{}', 'w'))()",
    "f(__import__('os').mkdir('{}'))",
]  # fmt: skip


@pytest.mark.parametrize("case", list(table()), ids=lambda case: f"{case.id} {case.note}")
def test_table(case: object) -> None:
    """The known traps: every row that is true or false in both modes, and the policy rows as each mode documents them."""
    verdict = case.verifier(Problem("p", "", "", case.gold), case.text)  # type: ignore[attr-defined]
    assert verdict.label == case.expected, verdict  # type: ignore[attr-defined]
    assert verdict.reason and verdict.stage


def test_the_table_is_whole() -> None:
    ids = {case.id.rstrip("abc") for case in table()}
    assert {str(n) for n in range(1, 78)} | {f"response {n}" for n in range(1, 17)} == ids


WRITTEN = [json.loads(line) for line in Path(__file__).with_name("written.jsonl").read_text(encoding="utf-8").split("\n") if line]


@pytest.mark.parametrize("row", WRITTEN, ids=lambda row: f"{row['gold']} {row.get('answer', row.get('response'))}"[:60])
def test_answers_as_models_write_them(row: dict[str, object]) -> None:
    """What is right in words, signs, scripts and units of many kinds, and what only looks so. Not right may be undecided."""
    problem = Problem("p", "", "", str(row["gold"]))
    for verifier, wanted in ((Math(), row["right"]), (Math().strictly(), row.get("strict", row["right"]))):
        text = str(row["response"]) if "response" in row else response("", str(row["answer"]))
        assert verifier(problem, text).right == wanted, verifier(problem, text)


@pytest.mark.parametrize("verifier", [Math(), Math(strict())], ids=["lenient", "strict"])
def test_bombs_are_quick_and_never_right(verifier: Math) -> None:
    verifier.judge(r"\frac{n(n+1)}{2}", r"\sum_{k=1}^{n} k")  # starts the algebra process, which is no fault of a bomb
    for gold in ("42", r"\sin x+e^x"):
        for bomb in BOMBS:
            start = time.perf_counter()
            assert not verifier.judge(gold, bomb).right, bomb[:40]
            assert time.perf_counter() - start < 2.0, bomb[:40]


def test_payloads_are_never_carried_out(tmp_path: Path) -> None:
    target = tmp_path / "touched"
    for payload in PAYLOADS:
        text = payload.format(target)
        for gold in ("1", "x", text[2:]):
            assert not Math().judge(gold, text).right
        Math().judge(text, "1")
    assert not target.exists()


def test_no_module_evaluates_text() -> None:
    for path in Path(room.__path__[0]).glob("*.py"):
        source = path.read_text(encoding="utf-8")
        assert not any(call in source for call in ("eval(", "exec(", "sympify(", "parse_expr(", "parse_latex(", "import signal", "pickle")), path.name


HEDGES = ["42 or 43", "41, 42", r"42 \pm 1", "between 41 and 43", "not 42", "42!", "4 2", "42, 42", "42 if not 43", r"42 \text{ is wrong}", "[42, 43]",
"41<x<43", "8?9", "{", "42n", "all"]


@pytest.mark.parametrize("answer", HEDGES)
def test_hedges_and_gibberish_are_wrong(answer: str) -> None:
    for verifier in (Math(), Math(strict())):
        assert verifier.judge("42", answer).label == "wrong"


def test_responses() -> None:
    problem, verifier, rewarded = Problem("p", "", "", r"\frac{1}{2}"), Math(), Math().strictly()
    assert verifier(problem, r"<think>\boxed{3}</think>so \boxed{0.5}").right
    assert rewarded(problem, r"<think>\boxed{3}</think>so \boxed{0.5}").right
    assert rewarded(problem, "<think>x</think><answer>0.5</answer>").extracted == "0.5"
    assert rewarded(problem, r"\boxed{0.5} or else \boxed{0.6}").stage == "extract"
    assert rewarded(problem, r"\boxed{0.5}, again \boxed{0.5}").right
    assert verifier(problem, "The answer is 1/2.").right and rewarded(problem, "The answer is 1/2.").stage == "extract"
    assert verifier(problem, r"<think>\boxed{0.5}").stage == "extract"
    assert verifier(problem, r"\boxed{" + "1" * 3000 + "}").stage == "extract"


def test_threads_and_asyncio_agree() -> None:
    pairs = [(r"\sqrt{3+2\sqrt2}", r"1+\sqrt2"), (r"\sec^2 y", r"\tan^2 y+1"), ("7", "8"), (r"\frac{n(n+1)}{2}", r"\sum_{k=1}^{n} k"), ("9^9^9^9", "1")] * 8
    alone = [Math().judge(*pair) for pair in pairs]
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(lambda pair: Math().judge(*pair), pairs)) == alone

    async def together() -> list[object]:
        return list(await asyncio.gather(*(asyncio.to_thread(Math().judge, *pair) for pair in pairs)))

    assert asyncio.run(together()) == alone


def test_readable() -> None:
    assert Math().readable(r"\frac12") and Math().readable("no solution")
    assert not Math().readable("") and not Math().readable(r"\frac{1") and not Math().readable("1" * 3000)


def test_an_unreadable_gold_is_undecided_unless_repeated() -> None:
    gold = r"\frac{2kn}{n+k-1}-\frac{k!n!}{(k+n-1)!"
    assert Math().judge(gold, gold).right and Math().judge(gold, f"  {gold}").right
    assert Math().judge(gold, "3").label == "undecided"


def test_two_thousand_verdicts_a_second() -> None:
    """Ordinary pairs, each met for the first time; the bound leaves room for a busy machine."""
    draw = random.Random(0)
    shapes = (r"\frac{{{}}}{{{}}}", "{}, {}", r"{}\sqrt{{{}}}", "({}, {})", "{}.{}", r"{}x+{}", r"{}\pi+{}")
    pairs = [(shape.format(a, b), shape.format(a + draw.randint(0, 1), b)) for shape in shapes for a, b in ((draw.randint(2, 999), draw.randint(2,
    999)) for _ in range(200))]
    start = time.process_time()
    for gold, answer in pairs:
        Math().judge(gold, answer)
    assert len(pairs) / (time.process_time() - start) > 1000
