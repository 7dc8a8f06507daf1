"""What every task promises: deterministic, verifiable, right demonstrations but of styles that may err, canonical in its ids, divisible into two sides."""

from __future__ import annotations

import dataclasses
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from menolab.cli.tasks import task_classes
from menolab.keys import Key
from menolab.pieces import from_data, to_data
from menolab.tasks import countdown_traces
from menolab.tasks.blocks_world import BlocksWorld
from menolab.tasks.checker_jumping import CheckerJumping
from menolab.tasks.constrained import ConstrainedFile
from menolab.tasks.countdown import Countdown
from menolab.tasks.countdown_file import CountdownFile
from menolab.tasks.game24_file import Game24File
from menolab.tasks.knights_knaves import KnightsKnaves, knights_knaves_problem
from menolab.tasks.river_crossing import RiverCrossing
from menolab.tasks.task import Task, draw, evaluation_problems, held_out
from menolab.verifiers.extract import response
from menolab.verifiers.numeric import Numeric

ROOT = Key.root(7)


SAMPLES = Path(__file__).parent / "samples"
"""A small file, or folder, of made-up rows for each task that reads data, named as its class: at least ten different problems."""


def sample(name: str) -> Path | None:
    """The sample file of a task class."""
    return next((path for path in sorted(SAMPLES.iterdir()) if path.name.partition(".")[0] == name), None)


FIELDS: dict[str, dict[str, object]] = {
    "Game24File": {"first": 1, "last": 12}, "Problems": {"prompt_field": "question", "answer_field": "gold", "verifier": Numeric()},
}  # fmt: skip
"""What else the tasks of the sample files need."""
VARIANTS: dict[str, tuple[dict[str, object], ...]] = {
    "Countdown": ({}, {"wording": "full"}, {"numbers": 4}, {"numbers": 2, "operations": "+-"}),
    "KnightsKnaves": ({}, {"wording": "full", "fewest": 2, "most": 6, "depth": 3}),
    "Addition": ({}, {"wording": "full", "most_digits": 12}),
    "Multiplication": ({}, {"wording": "full", "fewest_digits": 3, "most_digits": 6}),
    "HardcoreLogic": ({}, {"game": "hanoi", "size": 3}),
    "ProcBench": ({}, {"fewest": 7, "most": 25}),
    "NLSat": ({}, {"asked": "label", "most": 12}),
    "Sudoku": ({}, {"side": 6, "most": 20}),
    "IllusionOfThinking": (
        {}, {"puzzle": CheckerJumping(), "most": 8}, {"puzzle": RiverCrossing(), "most": 9}, {"puzzle": BlocksWorld(), "most": 12},
    ),
}


def cases() -> Iterator[tuple[str, dict[str, object]]]:
    for name, cls in task_classes().items():
        if not cls.__module__.startswith("menolab."):
            continue  # another test's own task
        if name == "Imported":
            continue  # the rows of another program's log, from which nothing is drawn
        for fields in VARIANTS.get(name, ({},)):
            yield name, fields


@pytest.fixture(scope="module", params=list(cases()), ids=lambda case: case[0] + ("-" + "-".join(map(str, case[1].values())) if case[1] else ""))
def task(request: pytest.FixtureRequest) -> Task:
    name, fields = request.param
    if name == "Gym":
        pytest.importorskip("reasoning_gym")
    cls, path = task_classes()[name], sample(name)
    if any(field.name == "path" for field in dataclasses.fields(cls)):  # type: ignore[arg-type]
        assert path is not None, f"{name} reads data: put a file {name}.jsonl of made-up rows into {SAMPLES}"
        return cls(path=str(path), **FIELDS.get(name, {}), **fields)
    return cls(**fields)


def perturbed(answer: str) -> str | None:
    """A near miss: one role swapped, yes for no, another letter, one digit or else the last letter changed."""
    swaps = {"knight": "knave", "yes": "no", "true": "false", "valid": "invalid"}
    swaps |= {value: word for word, value in swaps.items()}
    word = re.search(rf"\b({'|'.join(swaps)})\b", answer, re.IGNORECASE)
    if word:
        return f"{answer[: word.start()]}{swaps[word.group().lower()]}{answer[word.end() :]}"
    if re.fullmatch(r"\(?[A-Z]\)?", answer):
        return re.sub("[A-Z]", lambda m: "B" if m.group() == "A" else "A", answer)
    digit = re.search(r"\d", answer)
    if digit:
        return f"{answer[: digit.start()]}{(int(digit.group()) + 1) % 10}{answer[digit.end() :]}"
    letter = re.search(r"[a-z](?=\W*$)", answer, re.IGNORECASE)
    return f"{answer[: letter.start()]}{'y' if letter.group() in 'xX' else 'x'}{answer[letter.end() :]}" if letter else None


def test_same_key_same_problem(task: Task) -> None:
    made = [task(ROOT.fold(i)) for i in range(20)]
    assert made == [task(ROOT.fold(i)) for i in range(20)]
    assert len({p.id for p in made}) > 4, "different keys give different problems"


def test_problems_are_plain_data(task: Task) -> None:
    for i in range(10):
        problem = task(ROOT.fold(i))
        assert problem.id and problem.prompt.strip() and problem.task
        assert problem.answer or isinstance(task, ConstrainedFile)
        assert json.loads(json.dumps(problem.facts)) == problem.facts
        assert 0 <= problem.difficulty < float("inf")


def test_saves_and_loads(task: Task) -> None:
    assert from_data(json.loads(json.dumps(to_data(task)))) == task


def test_own_answer_is_right_and_a_near_miss_wrong(task: Task) -> None:
    if isinstance(task, ConstrainedFile):
        pytest.skip("has no golds: any response that follows its instructions is right")
    rejected = 0
    for i in range(30):
        problem = task(ROOT.fold(i))
        verdict = task.verify(problem, response("", problem.answer))
        assert verdict.right and verdict.score == 1.0, (problem, verdict)
        assert task.verify(problem, f"<think>{problem.answer}").extracted is None
        miss = perturbed(problem.answer)
        if miss is not None:
            assert task.verify(problem, response("", miss)).label == "wrong", (problem, miss)
            rejected += 1
    assert rejected > 10


MAY_ERR = {*countdown_traces.STYLES, "dropped"}
"""Styles whose demonstrations may be wrong: honest mixtures hold such ones. All others are right."""


def test_demonstrations_repeat_themselves_and_err_only_where_they_may(task: Task) -> None:
    styles = set()
    for i in range(40):
        problem = task(ROOT.fold(i))
        try:
            demonstration = task.demonstrate(problem, ROOT.fold("demonstration", i))
        except NotImplementedError:
            pytest.skip("writes no demonstrations")
        assert demonstration == task.demonstrate(problem, ROOT.fold("demonstration", i))
        verdict = task.verify(problem, demonstration.text)
        assert verdict.right or (verdict.label == "wrong" and demonstration.style in MAY_ERR), demonstration
        assert verdict.extracted is not None and re.match(r"(\[Easy\]|\[Hard\])?<think>", demonstration.text)
        styles.add(demonstration.style)
    assert styles == set(task.styles)  # type: ignore[attr-defined]


def test_the_two_sides_share_nothing(task: Task) -> None:
    if task.listed() is not None:
        listed = task.listed()
        assert listed is not None and evaluation_problems(task, 3, ROOT) == listed[:3]
        assert len({p.id for p in listed}) == len(listed)
        assert all(task(ROOT.fold(i)) in listed for i in range(5))
        return
    evaluation = evaluation_problems(task, 10, ROOT.fold("evaluation"))
    training = [p for p, _ in zip(draw(task, ROOT.fold("training"), evaluation=False), range(100), strict=False)]
    assert all(held_out(p) for p in evaluation) and not any(held_out(p) for p in training)
    assert not {p.id for p in evaluation} & {p.id for p in training}


# ---- ids: two wordings of one problem are one problem -----------------------------------------------------------------------------------------


def test_wording_does_not_change_the_identity() -> None:
    assert len({Countdown(wording=wording)(ROOT).id for wording in ("short", "full")}) == 1
    puzzle = KnightsKnaves()(ROOT)
    order = [2, 0, 1]

    def renumbered(statement: list) -> list:
        if statement[0] in ("telling-truth", "lying"):
            return [statement[0], order.index(statement[1])]
        sides = [renumbered(s) for s in statement[1:]]
        return [statement[0], *(reversed(sides) if statement[0] in ("and", "or", "<=>") else sides)]

    names = [puzzle.facts["names"][i] for i in order]
    same = knights_knaves_problem(names, [renumbered(puzzle.facts["statements"][i]) for i in order])
    assert same.id == puzzle.id and held_out(same) == held_out(puzzle)
    assert same.facts["solution"] == [puzzle.facts["solution"][i] for i in order]


def test_generated_and_published_problems_are_recognised_as_one(tmp_path: Path) -> None:
    for make, generator in (
        (Countdown(), lambda p: {"input": ",".join(map(str, p.facts["numbers"][::-1])), "output": str(p.facts["target"])}),
        (Countdown(numbers=4, largest=13, smallest_target=24, largest_target=24), None),
    ):
        problem = make(ROOT)
        if generator is not None:
            (tmp_path / "c.jsonl").write_text(json.dumps(generator(problem)) + "\n")
            published = CountdownFile(str(tmp_path / "c.jsonl")).listed()
        else:
            (tmp_path / "c.csv").write_text(f"Rank,Puzzles\n1,{' '.join(map(str, problem.facts['numbers'][::-1]))}\n")
            published = Game24File(str(tmp_path / "c.csv"), first=1).listed()
        assert published is not None
        assert (published[0].task, published[0].id) == (problem.task, problem.id)
