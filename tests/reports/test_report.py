from __future__ import annotations

import dataclasses
import json
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from fake_run import write
from menolab.evaluation.compare import compare
from menolab.evaluation.record import load, save
from menolab.reports.report import duration, interval, number, points, report, rolling_mean, thinned
from menolab.reports.run import read_run

VOID = {"meta", "br", "img", "link", "hr", "input", "line", "circle", "polyline", "polygon"}


class Page(HTMLParser):
    """Checks nesting and collects what a browser would fetch."""

    def __init__(self, text: str):
        super().__init__()
        self.stack: list[str] = []
        self.fetched: list[str] = []
        self.text: list[str] = []
        self.feed(text)
        assert not self.stack, f"never closed: {self.stack}"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.fetched += [f"{tag} {name}={value}" for name, value in attrs if name in ("src", "href", "srcset", "data", "action", "poster")]
        if tag in ("script", "iframe", "object", "embed", "link"):
            self.fetched.append(tag)
        if tag not in VOID:
            self.stack.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID:
            assert self.stack and self.stack[-1] == tag, f"</{tag}> closes {self.stack[-1:]}"
            self.stack.pop()

    def handle_data(self, data: str) -> None:
        if self.stack and self.stack[-1] != "style":
            self.text.append(data)

    @property
    def said(self) -> str:
        return re.sub(r"\s+", " ", "".join(self.text))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write(tmp_path_factory.mktemp("runs") / "my run")


def test_the_page_is_whole_and_fetches_nothing(folder: Path):
    path = report(folder)
    text = path.read_text(encoding="utf-8")
    page = Page(text)
    assert path == folder / "report.html" and page.fetched == []
    assert "url(" not in text and "@import" not in text and len(text) < 400_000


def test_the_headline_is_the_records(folder: Path):
    said = Page(report(folder).read_text(encoding="utf-8")).said
    results = read_run(folder).results["sums"]
    for state in ("cold_start", "trained"):
        e = results[state].record.metrics["pass@1"]
        assert e is not None
        assert f"{100 * e.mean:.1f}%" in said and f"{100 * e.low:.1f} to {100 * e.high:.1f}" in said
    a, b = (results[s].record.metrics["pass@1"] for s in ("cold_start", "trained"))
    assert a is not None and b is not None
    assert f"{points(b.mean - a.mean)} points" in said
    assert "paired on 48 problems" in said


@pytest.mark.parametrize("part", ["recipe.json", "facts.json", "metrics.jsonl", "timings.jsonl", "evaluation/sums/base.json", "evaluation/sums/trained.json",
                                  "evaluation/sums/cold_start.parquet"])  # fmt: skip
def test_every_part_may_be_missing_and_is_then_named(tmp_path: Path, part: str):
    run = write(tmp_path / "run", problems=8, samples=2, steps=3)
    (run / part).unlink()
    said = Page(report(run).read_text(encoding="utf-8")).said
    assert "Not on this page" in said and part.rpartition("/")[2] in said


def test_only_metrics_and_only_results(tmp_path: Path):
    run = write(tmp_path / "run", problems=8, samples=1, steps=1)
    (run / "evaluation").rename(tmp_path / "evaluation")
    assert "Reinforcement" in Page(report(run).read_text(encoding="utf-8")).said
    for name in ("metrics.jsonl", "timings.jsonl", "facts.json"):
        (run / name).unlink()
    (tmp_path / "evaluation").rename(run / "evaluation")
    assert "pass@1 went from" in Page(report(run).read_text(encoding="utf-8")).said


def test_whatever_a_model_or_a_user_wrote_stays_text(tmp_path: Path):
    run = write(tmp_path / "<b>run", problems=8, samples=2, steps=3)
    attack = "</pre><script>alert(1)</script>{{ 7 * 7 }}"
    for state in ("cold_start", "trained"):
        path = run / "evaluation" / "sums" / f"{state}.json"
        result = load(path)
        rows = tuple(dataclasses.replace(row, text=attack + row.text, reason=attack, prompt=attack) for row in result.rows)
        save(path.parent, state, dataclasses.replace(result, rows=rows))
    (run / "facts.json").write_text(json.dumps({"command": [attack]}))
    page = Page(report(run).read_text(encoding="utf-8"))
    assert page.fetched == [] and attack in page.said


def test_flips_are_listed_with_both_answers(folder: Path):
    said = Page(report(folder).read_text(encoding="utf-8")).said
    results = read_run(folder).results["sums"]
    c = compare(results["cold_start"], results["trained"])
    assert c.gained and f"{len(c.gained)} problems gained, {len(c.lost)} lost" in said
    for flip in (*c.gained[:25], *c.lost[:25]):
        answers = [answer if answer is not None else "no answer" for answer in (flip.answer_a, flip.answer_b)]
        assert f"{flip.gold} {answers[0]}right in {100 * flip.a:.1f}% {answers[1]}right in {100 * flip.b:.1f}%" in said


def test_reward_terms_have_curves_where_there_are_several(tmp_path: Path):
    run = tmp_path / "run"
    run.mkdir()
    rows = [{"stage": "reinforce", "step": i, "reward": 0.5, "reward/Accuracy": 0.4, "reward/Length": -0.1 * i} for i in range(1, 5)]
    for terms, wanted in ((2, True), (1, False)):
        (run / "metrics.jsonl").write_text("\n".join(json.dumps(dict(list(row.items())[: 3 + terms])) for row in rows))
        said = Page(report(run).read_text(encoding="utf-8")).said
        assert ("reward term Accuracy" in said) is wanted and ("reward term Length" in said) is wanted


def test_a_fall_in_pass_at_k_is_said(tmp_path: Path):
    run = write(tmp_path / "run", problems=40, samples=4, steps=3)
    path = run / "evaluation" / "sums" / "trained.json"
    result = load(path)
    rows = tuple(dataclasses.replace(row, label="wrong", vote="0") for row in result.rows)
    save(path.parent, "trained", dataclasses.replace(result, rows=rows))
    said = Page(report(run).read_text(encoding="utf-8")).said
    assert "trained is below cold start at k = 1 to 4" in said and "points" in said


def test_results_that_cannot_be_compared_are_shown_without_a_difference(tmp_path: Path):
    run = write(tmp_path / "run", problems=8, samples=2, steps=3)
    path = run / "evaluation" / "sums" / "trained.json"
    result = load(path)
    save(path.parent, "trained", dataclasses.replace(result, record=dataclasses.replace(result.record, verifier="another")))
    said = Page(report(run).read_text(encoding="utf-8")).said
    assert "cannot be compared" in said and "went from" not in said


def test_broken_numbers_in_the_log_are_gaps(tmp_path: Path):
    run = tmp_path / "run"
    run.mkdir()
    rows = [f'{{"stage": "reinforce", "step": {i}, "reward": {value}}}' for i, value in enumerate(("NaN", '"x"', "Infinity", "0.5"))]
    (run / "metrics.jsonl").write_text("\n".join(rows))
    text = report(run).read_text(encoding="utf-8")
    assert "nan" not in text.lower().partition("<svg")[2].partition("</svg>")[0] and text.count("<circle") == 1


def test_numbers_read_well():
    assert [points(v) for v in (0.148, -0.02, 0.0)] == ["+14.8", "−2.0", "+0.0"]
    assert [number(v) for v in (0, 0.01234, 12.34, 1234.5, -0.5)] == ["0", "0.0123", "12.3", "1,234", "−0.5"]
    assert [duration(v) for v in (0.04, 59.9, 59.96, 61.2, 3600, 7260)] == ["0.0 s", "59.9 s", "1 min 00 s", "1 min 01 s", "1 h 00 min", "2 h 01 min"]
    assert interval(None) == "no interval"


def test_rolling_mean_skips_gaps():
    assert rolling_mean([1.0, None, 3.0, 5.0], 2) == [1.0, 1.0, 3.0, 4.0]
    assert rolling_mean([None, 2.0], 1) == [None, 2.0]


def test_thinning_keeps_both_ends():
    x, y = thinned(list(range(100_000)), [float(i) for i in range(100_000)])
    assert len(x) <= 402 and (x[0], x[-1]) == (0, 99_999) and y[-1] == 99_999.0
    assert thinned([1.0, 2.0], [3.0, 4.0]) == ([1.0, 2.0], [3.0, 4.0])
