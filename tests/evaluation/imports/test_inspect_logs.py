from __future__ import annotations

import json
import math
from pathlib import Path

import pytest

from imports_logs import inspect_log, inspect_zip
from menolab.errors import BadInput
from menolab.evaluation.imports.read import read

VALUES = {(1, 1): "C", (1, 2): "I", (2, 1): "I", (2, 2): "C"}


@pytest.fixture(params=["json", "deflated", "zstd"])
def path(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    log = inspect_log(VALUES)
    if request.param == "json":
        path = tmp_path / "log.json"
        path.write_text(json.dumps(log, indent=2))
        return path
    return inspect_zip(tmp_path / "log.eval", log, zstd=request.param == "zstd")


def test_all_its_forms_say_the_same(path: Path):
    samples = read(path)
    r, c = samples.record, samples.columns
    assert (r.task, r.model, r.engine, r.problems, r.samples) == ("sums", "openai/one", "inspect_ai", 2, 2)
    assert r.decoding == {"temperature": 0.5, "max_tokens": 64, "message_limit": 9} and r.verifier == 'inspect_ai: match{"numeric": true}'
    assert list(zip(c["problem"], c["sample"], c["label"], c["extracted"], strict=True)) == [
        ("1", 0, "right", "1"), ("1", 1, "wrong", None), ("2", 0, "wrong", None), ("2", 1, "right", "2")
    ]  # fmt: skip
    assert c["tokens"].tolist() == [8, 9, 8, 9] and c["finish"].tolist() == ["stop", "length"] * 2
    assert c["prompt"][0] == "what is 1?" and c["text"][2] == "It is 2." and c["gold"][3] == "2"
    assert r.metrics["truncated"] is not None and r.metrics["truncated"].mean == 0.5
    assert r.metrics["length"] is not None and r.metrics["length"].mean == 8.5


def write(tmp_path: Path, log: object) -> Path:
    path = tmp_path / "log.json"
    path.write_text(json.dumps(log))
    return path


def test_a_run_that_was_killed_says_so(tmp_path: Path):
    samples = read(inspect_zip(tmp_path / "log.eval", inspect_log(VALUES), killed=True))
    assert any("status is started" in w for w in samples.record.warnings)


def test_an_unscored_sample_has_no_score(tmp_path: Path):
    samples = read(write(tmp_path, inspect_log({**VALUES, (2, 2): math.nan})))  # NaN is written as such
    assert math.isnan(samples.columns["score"][3]) and samples.columns["label"][3] == "undecided"
    assert any("1 samples have no score" in w for w in samples.record.warnings)


def test_several_values_of_a_scorer_are_chosen_from(tmp_path: Path):
    path = write(tmp_path, inspect_log({(1, 1): {"fair": 1, "kind": 0}, (2, 1): {"fair": 0, "kind": 0}}))
    with pytest.raises(BadInput, match=r"right=scores\.match\.value\.fair"):
        read(path)


def test_header_only_logs_and_unscored_ones_are_refused(tmp_path: Path):
    with pytest.raises(BadInput, match="no samples"):
        read(write(tmp_path, inspect_log({})))
    log = inspect_log(VALUES)
    for sample in log["samples"]:
        sample["scores"] = {}
    with pytest.raises(BadInput, match="no scores"):
        read(write(tmp_path, log))


def test_messages_parts_and_attachments_become_text(tmp_path: Path):
    log = inspect_log({(1, 1): "C"})
    sample = log["samples"][0]
    parts = [{"type": "text", "text": "what?"}, {"type": "image", "image": ""}]
    sample["messages"] = [{"role": "system", "content": "be brief"}, {"role": "user", "content": parts}, {"role": "assistant", "content": "It is so."}]
    sample["output"]["choices"][0]["message"]["content"] = [{"type": "reasoning", "reasoning": "hm"}, {"type": "text", "text": "attachment://x"}]
    sample["attachments"] = {"x": "It is so."}
    c = read(write(tmp_path, log)).columns
    assert c["prompt"].tolist() == ["be brief\nwhat?"] and c["text"].tolist() == ["It is so."]
    sample["messages"] = []
    assert read(write(tmp_path, log)).columns["prompt"].tolist() == ["what is 1?"]


def test_a_broken_zip_is_named(tmp_path: Path):
    path = inspect_zip(tmp_path / "log.eval", inspect_log(VALUES))
    path.write_bytes(path.read_bytes()[:-40])
    with pytest.raises(BadInput, match=r"broken \.eval"):
        read(path)
