"""Four habits on labelled fixtures and on demonstrations whose style is known."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from fakes import FakeEngine, Sums
from menolab.cli.main import main
from menolab.engines.decoding import Decoding
from menolab.evaluation import record
from menolab.evaluation.evaluate import evaluate
from menolab.keys import Key
from menolab.records import Completion, Problem, Request
from menolab.studies.four_habits import HABITS, habits
from menolab.tasks.countdown import Countdown, countdown_demonstration, countdown_problem
from menolab.verifiers.extract import response


@pytest.mark.parametrize(
    ("thinking", "wanted"),
    [
        ("Let me check: 3+4=7.", (1, 0, 0, 0)),
        ("Hmm, that's not right. Let's try a different way.", (0, 3, 0, 0)),
        ("First get to 5, then break it down.", (0, 0, 2, 0)),
        ("Working backwards, 24 is 8 times 3.", (0, 0, 0, 1)),
        ("3 and 4 make 7.", (0, 0, 0, 0)),
        ("The first getaway was a checkmate.", (0, 0, 0, 0)),
    ],
)
def test_labelled_sentences(thinking: str, wanted: tuple[int, ...]) -> None:
    found = habits(Sums(), Problem("3+4", "sums", "3 + 4 =", "7"), response(thinking, "7"))
    assert tuple(found[name] for name in HABITS) == wanted


@pytest.mark.parametrize(
    ("thinking", "wanted"),
    [
        ("95-33=62 80-62=18\n95-80=15 15+33=48", (0, 1, 0, 0)),  # one miss is left for another
        ("95-33=62 80-62=18", (0, 0, 0, 0)),  # a miss at which it ends
        ("80+33=113 80-33=47 95-48=47 48+95=143", (0, 0, 0, 2)),  # what the others would have to make
        ("95-80=15 15+33=48 48+0=48", (0, 0, 0, 0)),  # the target was reached before it was used
        ("", (0, 0, 0, 0)),
    ],
)
def test_labelled_traces(thinking: str, wanted: tuple[int, ...]) -> None:
    found = habits(Countdown(), countdown_problem((33, 80, 95), 48), response(thinking, "(95-80)+33"))
    assert tuple(found[name] for name in HABITS) == wanted


def test_styles_of_demonstrations_are_told_apart(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Goal-directed traces chain backward, random attempts turn back, guesses do neither; through the verb."""
    task = Countdown()
    drawn = {p.id: p for p in (task(Key.root(1).fold(i)) for i in range(12))}
    problems = [p for p in drawn.values() if p.facts["target"] not in p.facts["numbers"]]

    class Writes(FakeEngine):
        style = ""

        def _one(self, request: Request) -> Completion:
            problem = next(p for p in problems if p.prompt == self.decode(request.prompt))
            text = countdown_demonstration(problem, self.style, request.key).text
            return Completion(tuple(map(ord, text)), (-0.5,) * len(text), "stop")

    paths = []
    for style in ("guess", "tries", "goal"):
        engine = Writes()
        engine.style = style
        paths.append(str(record.save(tmp_path, style, evaluate(engine, task, problems, Decoding(), 4, Key.root(0), model=style))))
    assert main(["study", "four-habits", *paths, "--out", str(tmp_path / "out"), "--json"]) == 0
    n = {name: value["mean"] for name, value in json.loads(capsys.readouterr().out)["numbers"].items()}
    assert all(n[f"guess {habit}"] == 0.0 for habit in HABITS)
    assert n["tries backtracking"] > 0.6 and n["tries backward chaining"] == 0.0
    assert n["goal backward chaining"] > 0.8 > n["goal backtracking"]
