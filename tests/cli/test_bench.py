"""`meno bench`: the JSON document that programs rely on, and what a person sees. Nothing is measured here but one tiny run."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from menolab.bench import child, limit, rollout, step
from menolab.cli.main import main

SMALL = ["--size", "1m", "--prompts", "2", "--group", "2", "--max-tokens", "4", "--device", "cpu", "--threads", "1", "--repeats", "1"]
SIDE = {"seconds_per_step": 12.345, "sample": 6.0, "verify": 0.1, "update": 6.0, "other": 0.2, "tokens_per_second": 12345.6, "disturbed": 0, "threads": 2}
MEMORY = {"peak_rss_bytes": 2**30, "peak_device_bytes": 0, "added_bytes": 2**24}
RATIO = {"median": 12.34, "min": 11.0, "max": 13.0}


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch) -> None:
    """Instant results of every comparison."""

    def stepped(work, repeats, steps, *, with_peer, say) -> dict[str, Any]:
        ours = SIDE | MEMORY | {"skipped": 0.25}
        peer = {"peer": SIDE | MEMORY | {"disturbed": 1}, "ratio": RATIO} if with_peer else {"peer": None, "ratio": None}
        return work.data | {"note": "" if with_peer else step.INSTALL, "ours": ours, **peer}

    def rolled(work, repeats, say) -> dict[str, Any]:
        say("ours, round 1 of 1")
        return work.data | {"ours": SIDE | MEMORY, "peer": SIDE | MEMORY, "ratio": RATIO}

    monkeypatch.setattr(step, "compare", stepped)
    monkeypatch.setattr(rollout, "compare", rolled)
    monkeypatch.setattr(limit, "machine", lambda work: limit.Machine(1e11, 1e12, 1e10, 1e10, 1))
    monkeypatch.setattr(limit, "seconds_of", lambda run, device: 1e-3)
    phase = {"seconds": 1.0, "ideal": 0.5, "fraction": 0.5, "flops": 1e9, "bytes": 1e9}
    monkeypatch.setattr(limit, "phases", lambda work, best, steps: work.data | {"threads": 1, "sample": phase, "update": phase})
    monkeypatch.setattr(child, "call", lambda name, load, phase: {"seconds": 1.0 * load["prompts"], "others": 0.0, "bytes": 2**20})


def test_the_json_shape_of_step(fake: None, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["bench", "step", *SMALL, "--lengths", "ragged", "fixed", "--json"]) == 0
    out, err = capsys.readouterr()
    found = json.loads(out)
    assert err == "" and [row["lengths"] for row in found["rows"]] == ["ragged", "fixed"]
    for side in ("ours", "peer"):
        assert {"seconds_per_step", "sample", "update", "other", "tokens_per_second", "peak_rss_bytes"} <= set(found[side])
    assert set(found["ratio"]) == {"median", "min", "max"}
    assert found["hardware"]["cores"] >= 1 and "torch" in found["versions"] and re.fullmatch(r"\d{4}-\d\d-\d\d", found["date"])


@pytest.mark.parametrize(("what", "words"), [("rollout", "transformers"), ("step", "TRL (2) !"), ("limit", "gate-up"), ("scale", "exponent")])
def test_what_a_person_sees(what: str, words: str, fake: None, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["bench", what, *SMALL]) == 0
    out, _ = capsys.readouterr()
    assert words in out and "…" not in out and all(len(line.rstrip()) <= 100 for line in out.splitlines())
    if what in ("rollout", "step"):
        assert "x12.34 [11.00, 13.00]" in out and "[min, max]" in out.replace("\n", " ")


def test_scale_goes_through_every_dtype(fake: None, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["bench", "scale", "--dtype", "float32", "bfloat16", "--device", "cpu", "--json"]) == 0
    rows = json.loads(capsys.readouterr().out)["rows"]
    assert {(row["axis"], row["dtype"]) for row in rows} >= {("group", "float32"), ("group", "bfloat16"), ("vocabulary", "bfloat16")}


def test_without_the_peer_it_says_how_to_get_it(fake: None, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["bench", "step", *SMALL, "--peer", "none"]) == 0
    out = capsys.readouterr().out
    assert "menolab" in out and "pip install" in out and "25%" in out


def test_a_real_measurement(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(child, "call", lambda name, **given: MEMORY)
    assert main(["bench", "rollout", *SMALL, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["ours"]["tokens_per_second"] > 0 and found["ratio"]["median"] > 0


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["step", "--repeats", "0"], "--repeats"),
        (["step", "--steps", "0"], "--steps"),
        (["rollout", "--threads", "-1"], "--threads"),
        (["rollout", "--device", "cuda:99"], "--device"),
        (["step", "--max-tokens", "9999"], "max_tokens"),
        (["step", "--group", "1"], "group"),
        (["limit", "--size"], "--size"),
    ],
)
def test_bad_input_is_refused_before_anything_is_measured(words: list[str], said: str, fake: None, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["bench", *words]) == 2
    assert said in capsys.readouterr().err


@pytest.mark.parametrize("words", [[], ["speed"], ["step", "--size", "2m"], ["step", "--dtype", "int8"]])
def test_unknown_words(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stop:
        main(["bench", *words])
    assert stop.value.code == 2 and not capsys.readouterr().out
