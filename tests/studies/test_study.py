"""What every study promises, and how one is carried out."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from fakes import FakeEngine, Sums
from menolab.cli.study import Options
from menolab.errors import BadInput
from menolab.evaluation.record import load
from menolab.pieces import members
from menolab.studies.desk import Desk
from menolab.studies.findings import Findings, Plot, Series, Sheet, number
from menolab.studies.study import Study, carry_out
from menolab.studies.subject import Subject


@dataclass(frozen=True)
class HowOften(Study):
    """How often a model is right: a study for tests."""

    samples: int = 2

    def __call__(self, subjects: Sequence[Subject], desk: Desk) -> Findings:
        results = desk.results(subjects, self.samples)
        numbers = {s.label: number(r.record.metrics["pass@1"], "share", "pass@1 <b>") for s, r in zip(subjects, results, strict=True)}
        plot = Plot("by model", (Series("m", (0.0, 1.0), (0.1, None)),), x_names=("a", "b"))
        return Findings("How often", "Often.", numbers, (Sheet("All", ("model", "pass@1"), list(numbers.items())),), (plot,), ("Why.",))


def engine() -> FakeEngine:
    return FakeEngine(skill=0.9)


@pytest.mark.parametrize("cls", [c for c in members(Study).values() if c.__module__.startswith("menolab.")], ids=lambda c: c.__name__)
def test_fields_do_not_hide_the_verbs_options(cls: type):
    own, verbs = ({f.name for f in dataclasses.fields(c)} for c in (cls, Options))
    assert not own & verbs and cls.paper


def test_a_folder_holds_findings_page_and_samples(tmp_path: Path):
    desk = Desk(tmp_path / "out", on=Sums(), problems=8)
    found = carry_out(HowOften(), [Subject("m/1", engine=engine)], desk)
    stored = json.loads((tmp_path / "out" / "findings.json").read_text())
    assert stored["numbers"]["m/1"]["mean"] == found.numbers["m/1"].mean and stored["facts"]["study"]["samples"] == 2
    assert stored["facts"]["subjects"] == ["m/1"] and stored["facts"]["versions"]
    page = (tmp_path / "out" / "study.html").read_text()
    assert "pass@1 &lt;b&gt;" in page and "Often." in page and "<svg" in page and "What this does not show" in page and "http://" not in page
    assert load(tmp_path / "out" / "samples" / "m-1.json").record.samples == 2


def test_samples_are_drawn_once_and_a_kill_loses_a_chunk(tmp_path: Path):
    """The second call finds the samples; one killed while drawing goes on from the finished chunk."""
    first = engine()
    desk = Desk(tmp_path / "out", on=Sums(), problems=40)
    carry_out(HowOften(), [Subject("m", engine=lambda: first)], desk)
    again = engine()
    carry_out(HowOften(), [Subject("m", engine=lambda: again)], desk)
    assert first.calls == [64, 16] and again.calls == []

    dying = engine()

    def killed_at_the_second_chunk(requests: object, decoding: object) -> object:
        if dying.calls:
            raise KeyboardInterrupt
        return FakeEngine.generate(dying, requests, decoding)  # type: ignore[arg-type]

    dying.generate = killed_at_the_second_chunk  # type: ignore[method-assign]
    killed = Desk(tmp_path / "killed", on=Sums(), problems=40)
    with pytest.raises(KeyboardInterrupt):
        carry_out(HowOften(), [Subject("m", engine=lambda: dying)], killed)
    rest = engine()
    carry_out(HowOften(), [Subject("m", engine=lambda: rest)], killed)
    assert rest.calls == [16]
    assert load(killed.folder / "samples" / "m.json").rows != () and not list((killed.folder / "samples").glob(".*"))


def test_stored_samples_bring_their_task_problems_and_decoding(tmp_path: Path):
    desk = Desk(tmp_path / "a", on=Sums(), problems=6, max_tokens=99)
    (result,) = desk.results([Subject("m", engine=engine)], 3)
    both = [Subject("stored", {"sums": result}), Subject("drawn", engine=engine)]
    other = Desk(tmp_path / "b", problems=50)
    stored, drawn = other.results(both, 5)
    assert stored is result and drawn.record.samples == 5 and drawn.record.problems_hash == stored.record.problems_hash
    assert other.decoding(both).max_tokens == 99 and other.task(both) == Sums()


def test_what_cannot_be_done_is_said(tmp_path: Path):
    desk = Desk(tmp_path / "out", on=Sums(), problems=4)
    with pytest.raises(BadInput, match="only its samples are known"):
        desk.results([Subject("m")], 2)
    with pytest.raises(BadInput, match="say on what"):
        Desk(tmp_path).task([Subject("m", engine=engine)])
    with pytest.raises(BadInput, match="behind a server"):
        Subject("m", engine=engine).policy()
    carry_out(HowOften(), [Subject("m", engine=engine)], desk)
    with pytest.raises(BadInput, match="another study"):
        carry_out(HowOften(3), [Subject("m", engine=engine)], desk)
    with pytest.raises(BadInput, match="another samples"):
        desk.results([Subject("m", engine=engine)], 3)


def test_how_numbers_read():
    assert str(number(0.25, "share")) == "25.0 %" and str(number(None)) == "not known" and str(number(float("nan"))) == "not known"
    assert str(number(-0.0312, "points")) == "-3.1 points" and str(number(16.0, "count")) == "16"
    with pytest.raises(AssertionError, match="not as long"):
        Sheet("t", ("a", "b"), [(1,)])


def test_many_samples_are_not_summed_up_as_votes(tmp_path: Path):
    desk = Desk(tmp_path, on=Sums(), problems=2)
    for samples, voted in ((64, True), (65, False)):
        (result,) = desk.results([Subject(f"m{samples}", engine=engine)], samples)
        assert ("maj@2" in result.record.metrics) == voted and f"pass@{samples}" in result.record.metrics
