"""Templates filled afresh: pairing by hand, and two stubs, one that remembers and one that is led astray by a clause."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from pathlib import Path
from statistics import fmean, stdev

import pytest

from fakes import FakeEngine
from menolab.cli.main import main
from menolab.engines.decoding import Decoding
from menolab.errors import BadInput
from menolab.evaluation import record
from menolab.evaluation.evaluate import evaluate
from menolab.keys import Key
from menolab.records import Completion, Problem, Request, Verdict, right, wrong
from menolab.studies.desk import Desk
from menolab.studies.gsm_symbolic import GSMSymbolic, look, role, sets_of, template_of, variants
from menolab.studies.study import carry_out
from menolab.studies.subject import Subject
from menolab.tasks.task import Task

THINGS = ("apples", "books", "coins", "dogs", "eggs", "forks", "goats", "hats", "inks", "jars")


@dataclass(frozen=True)
class Stories(Task):
    """One template a thing: somebody has a of it and finds b more."""

    original: bool = False
    no_op: bool = False

    @property
    def name(self) -> str:
        return f"stories{'-original' if self.original else ''}{'-no-op' if self.no_op else ''}"

    def _of(self, thing: str, a: int, b: int) -> Problem:
        clause = " Five of them are 3 percent smaller." if self.no_op else ""
        prompt = f"Ann has {a} {thing} and finds {b}.{clause} How many?"
        return Problem(f"{thing} {a}+{b} {self.no_op}", self.name, prompt, str(a + b), 0.0, {"template": thing})

    def __call__(self, key: Key) -> Problem:
        rng = key.random()
        return self._of(rng.choice(THINGS), rng.randint(20, 99), rng.randint(20, 99))

    def listed(self) -> tuple[Problem, ...] | None:
        return tuple(self._of(thing, 2 + i, 3) for i, thing in enumerate(THINGS)) if self.original else None

    def verify(self, problem: Problem, text: str) -> Verdict:
        said = text.removeprefix("<answer>").removesuffix("</answer>")
        return right("compare", "equal", said) if said == problem.answer else wrong("compare", "differs", said)


@dataclass
class Solver(FakeEngine):
    """Adds the numbers that it sees, at most `sees`; or remembers what a question of this wording had for an answer."""

    sees: int = 2
    remembers: dict[str, str] = field(default_factory=dict)

    def _one(self, request: Request) -> Completion:
        prompt = self.decode(request.prompt)
        numbers = [int(n) for n in re.findall(r"\d+", prompt)][: self.sees]
        wording = re.sub(r"\d+", "n", prompt)
        text = f"<answer>{self.remembers.get(wording, sum(numbers))}</answer>"
        return Completion(tuple(map(ord, text)), (-0.5,) * len(text), "stop")


def memory() -> dict[str, str]:
    return {re.sub(r"\d+", "n", p.prompt): p.answer for p in Stories(original=True).listed() or ()}


def test_a_memorising_stub_is_found_out(tmp_path: Path) -> None:
    """The row's works_when: high on the originals, low on resampled instances."""
    engines = {"solves": Solver, "remembers": lambda: Solver(remembers=memory()), "distracted": lambda: Solver(sees=3)}
    subjects = [Subject(label, engine=engine) for label, engine in engines.items()]
    found = carry_out(GSMSymbolic(instances=4), subjects, Desk(tmp_path, on=Stories()))
    n = found.numbers
    assert n["remembers original"].mean == 1.0 and n["remembers instances"].mean == 0.0 and n["remembers change"].mean == -1.0
    assert n["solves original"].mean == n["solves instances"].mean == n["solves no-op"].mean == 1.0 and n["solves change"].mean == 0.0
    assert n["distracted change"].mean == 0.0 and n["distracted no-op change"].mean == -1.0
    high = n["distracted no-op change"].high
    assert high is not None and high < 0
    assert n["remembers sets below"].mean == 1.0 and n["remembers spread"].mean == 0.0
    assert "remembers: 100.0 %" in found.verdict and "lower on new instances" in found.verdict and "no difference that can be told" in found.verdict


def test_variants_are_paired_and_no_op_leaves_the_gold() -> None:
    found = variants(Stories(), 6, 3, Key.root(2))
    (_, originals), (_, instances), (_, clauses) = found.values()
    assert [p.facts["template"] for p in originals] == list(THINGS[:6])
    assert {t: sum(p.facts["template"] == t for p in instances) for t in THINGS[:6]} == dict.fromkeys(THINGS[:6], 3)
    assert len({p.id for p in instances}) == 18
    for plain, clause in zip(instances, clauses, strict=True):
        assert plain.answer == clause.answer and plain.facts == clause.facts and len(clause.prompt) > len(plain.prompt)


def test_numbers_by_hand() -> None:
    answers = {
        "original": {"a": [1.0], "b": [1.0], "c": [0.0], "only": [1.0]},
        "instances": {"a": [1.0, 0.0], "b": [0.5, 0.0, 1.0], "c": [0.0, 1.0]},
        "no-op": {"a": [0.0, 0.0], "c": [0.0, 0.5]},
    }
    found = look(answers, Key.root(0))
    means = {name: value.mean for name, value in found.numbers.items()}
    assert means["original"] == pytest.approx(2 / 3) and means["instances"] == pytest.approx(0.5)
    assert means["change"] == pytest.approx(fmean([-0.5, -0.5, 0.5])) and found.numbers["change"].n == 3
    assert sets_of({t: answers["instances"][t] for t in "abc"}) == pytest.approx([0.5, 1 / 3]) == list(found.sets)
    assert means["spread"] == pytest.approx(stdev([0.5, 1 / 3])) and means["sets below"] == 1.0
    assert means["no-op"] == pytest.approx(fmean([0.0, 0.25])) and means["no-op change"] == pytest.approx(fmean([-0.5, -0.25]))
    assert found.worst[0][0] in ("a", "b") and found.worst[-1] == ("c", 0.0, 0.5, 0.25)
    with pytest.raises(BadInput, match="share no template"):
        look({"original": {"x": [1.0]}, "instances": {"y": [1.0]}}, Key.root(0))


def test_names_and_facts() -> None:
    assert [role(name) for name in ("gsm-symbolic", "gsm-symbolic-templates-original", "gsm-symbolic-templates-no-op")] == ["instances", "original", "no-op"]
    assert template_of({"template": 3, "original": 17}) == template_of({"template": 17}) == "17" and template_of({}) is None


def test_a_task_without_templates_is_refused(tmp_path: Path) -> None:
    from fakes import Sums

    with pytest.raises(BadInput, match="not made of templates"):
        carry_out(GSMSymbolic(), [Subject("m", engine=Solver)], Desk(tmp_path, on=Sums()))


def test_records_of_one_model_through_the_verb(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    paths = []
    for kind, (task, problems) in variants(Stories(), 10, 2, Key.root(5)).items():
        result = evaluate(Solver(remembers=memory()), task, problems, Decoding(), 2, Key.root(0), model="m")
        paths.append(str(record.save(tmp_path, kind, result)))
    assert main(["study", "gsm-symbolic", *paths, "--out", str(tmp_path / "out"), "--json"]) == 0
    data = json.loads(capsys.readouterr().out)
    assert data["numbers"]["m change"]["mean"] == -1.0 and data["numbers"]["m no-op"]["mean"] == 1.0, "a wording it does not know it works out"
    assert main(["study", "gsm-symbolic", paths[1], "--out", str(tmp_path / "half")]) == 2
    assert "original questions are missing" in capsys.readouterr().err
