from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from menolab.errors import BadInput, RunFailed
from menolab.keys import Key
from menolab.tasks.countdown import Countdown, countdown_demonstration, countdown_problem
from menolab.tasks.countdown_solver import derivations, tally
from menolab.tasks.countdown_traces import STYLES
from menolab.verifiers.expression import parse

ROOT = Key.root(3)


def sums_share(problems: list[tuple[tuple[int, ...], int]]) -> float:
    return sum(any(d.value == t and d.sums for d in derivations(n)) for n, t in problems) / len(problems)


def test_distribution_is_close_to_the_published_file(shared_data: Path) -> None:
    rows = [json.loads(line) for line in (shared_data / "countdown" / "countdown_cd3_test.jsonl").read_text().splitlines()]
    published = [(tuple(map(int, r["input"].split(","))), int(r["output"])) for r in rows]
    facts = [Countdown()(ROOT.fold(i)).facts for i in range(800)]
    ours = [(tuple(f["numbers"]), f["target"]) for f in facts]
    assert abs(sums_share(ours) - sums_share(published)) < 0.05  # 0.895 of 256: standard error 0.02
    for values in (lambda ps: sorted(t for _, t in ps), lambda ps: sorted(x for n, _ in ps for x in n)):
        a, b = values(ours), values(published)
        assert all(abs(a[len(a) * q // 10] - b[len(b) * q // 10]) <= 12 for q in range(1, 10))


def test_difficulty_is_bits_of_luck() -> None:
    easy, hard = countdown_problem((1, 2, 3), 6), countdown_problem((97, 53, 12), 97 * 12 - 53)
    assert easy.difficulty == tally((1, 2, 3), 6).bits < hard.difficulty


def test_prompts_and_identity() -> None:
    problem = countdown_problem((30, 100, 93), 23)
    assert problem.prompt == "30 100 93 = 23"
    assert problem.id == countdown_problem((93, 30, 100), 23, wording="full").id == "30 93 100 = 23"
    assert "[30, 100, 93]" in countdown_problem((30, 100, 93), 23, wording="full").prompt


def test_ranges_are_kept() -> None:
    task = Countdown(numbers=4, smallest=1, largest=13, smallest_target=24, largest_target=24, operations="+*-")
    for i in range(20):
        facts = task(ROOT.fold(i)).facts
        assert len(facts["numbers"]) == 4 and max(facts["numbers"]) <= 13 and facts["target"] == 24
        assert not parse(task(ROOT.fold(i)).answer).operators - set("+*-")


def test_unreachable_target_fails_with_the_remedy() -> None:
    with pytest.raises(RunFailed, match="widen"):
        Countdown(numbers=2, smallest=2, largest=3, smallest_target=50, largest_target=60)(ROOT)
    with pytest.raises(BadInput, match="cannot be reached"):
        countdown_problem((1, 1, 1), 24)


@pytest.mark.parametrize(
    "fields",
    [{"numbers": 1}, {"numbers": 7}, {"smallest": 0}, {"largest": 0}, {"operations": ""}, {"operations": "+%"}, {"wording": "long"},
     {"styles": ("gaol",), "weights": (1.0,)}, {"weights": (1.0,)}, {"weights": (0.0, 0.0, 0.0)}, {"weights": (float("nan"), 1.0, 1.0)}],
)  # fmt: skip
def test_bad_fields(fields: dict) -> None:
    with pytest.raises(BadInput):
        Countdown(**fields)


@pytest.mark.parametrize("style", STYLES)
def test_traces_compute_truly_and_answer_what_they_found(style: str) -> None:
    task = Countdown()
    right = 0
    for i in range(150):
        problem = task(ROOT.fold(i))
        text = countdown_demonstration(problem, style, ROOT.fold("trace", i)).text
        verdict = task.verify(problem, text).right
        target = problem.facts["target"]
        thinking = text.partition("</think>")[0].removeprefix("<think>")
        assert set(thinking) <= set("0123456789+-*/=() \nno")
        lines = thinking.split("\n")
        for left, said in re.findall(r"(\d+[-+*/]\d+)=(\d+)", thinking):
            assert parse(left).value() == int(said)
        right += verdict
        if style in ("search", "tries"):  # right if and only if a line of the thinking ends in the target
            assert verdict == any(line.endswith(f"={target}") for line in lines)
        if style == "thorough":  # what has found nothing must not know the answer by magic
            assert verdict != (lines[-1] == "no")
    shares = {"guess": (0.35, 0.65), "tries": (0.35, 0.7), "search": (0.97, 1.0), "goal": (0.97, 1.0), "thorough": (0.97, 1.0)}
    assert shares[style][0] <= right / 150 <= shares[style][1]


def test_mixture_follows_the_weights() -> None:
    task = Countdown(styles=("goal", "guess"), weights=(1.0, 0.0))
    problem = task(ROOT)
    assert {task.demonstrate(problem, ROOT.fold(i)).style for i in range(50)} == {"goal"}


def test_four_numbers_are_reached_by_goals() -> None:
    task = Countdown(numbers=4)
    problems = [task(ROOT.fold(i)) for i in range(20)]
    texts = [countdown_demonstration(problem, "thorough", ROOT).text for problem in problems]
    assert sum(task.verify(problem, text).right for problem, text in zip(problems, texts, strict=True)) >= 15
    assert max(text.count("\n") for text in texts) < 40


def test_formats_of_the_cold_start() -> None:
    """The formats a tiny model was found to learn, to the character."""

    def written(style: str, numbers: tuple[int, ...], target: int) -> str:
        return countdown_demonstration(countdown_problem(numbers, target), style, ROOT).text

    assert written("goal", (80, 33, 95), 48) == "<think>80+33=113 80-33=47 95-48=47 48+95=143</think><answer>95-(80-33)</answer>"
    searched = "95+89=184 184+84=268\n95+89=184 184-84=100\n95-89=6 6+84=90"
    assert written("search", (89, 95, 84), 90) == f"<think>{searched}</think><answer>(95-89)+84</answer>"
    assert "<think></think><answer>" in written("guess", (80, 33, 95), 48)
    assert written("goal", (2, 50, 1), 100).startswith("<think>2+1=3 2-1=1 100-50=50 100+50=150\nno\n")


@pytest.mark.parametrize("style", STYLES)
def test_every_style_writes_something_where_no_step_stays_natural(style: str) -> None:
    problem = countdown_problem((7, 18, 3), 42, operations="/")
    assert problem.answer == "18/(3/7)" and not list(derivations((7, 18, 3), "/"))
    assert not Countdown().verify(problem, countdown_demonstration(problem, style, ROOT).text).right
