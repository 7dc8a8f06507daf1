from __future__ import annotations

import json
from pathlib import Path

import pytest

from imports_logs import DATE, lm_harness, lm_harness_choices
from menolab.errors import BadInput
from menolab.evaluation.imports.read import read


def test_a_generation_log(tmp_path: Path):
    samples = read(lm_harness(tmp_path, [1.0, 0.0, 1.0]))
    r, c = samples.record, samples.columns
    assert (r.task, r.model, r.engine, r.problems, r.samples) == ("gsm8k", "org/one", "lm-evaluation-harness", 3, 1)
    assert r.decoding == {"until": ["\n\n"], "do_sample": False, "temperature": 0.0} and r.versions == {"lm_eval": "0.4.9"}
    assert "exact_match, filter strict-match, version 3.0" in r.verifier
    assert any("flexible-extract" in w for w in r.warnings)
    assert c["label"].tolist() == ["right", "wrong", "right"] and c["problem"].tolist() == ["0", "1", "2"]
    assert c["extracted"].tolist() == ["0", None, "2"] and c["gold"].tolist() == ["0", "1", "2"] and c["prompt"][1] == "Q: what is 1?"
    assert c["text"][0] == "I say 0."
    assert r.metrics["length"] is None and r.metrics["truncated"] is None and r.metrics["unparsed"] is not None
    assert r.metrics["pass@1"] is not None and r.metrics["pass@1"].mean == pytest.approx(2 / 3)


def test_another_filter_is_another_grader(tmp_path: Path):
    path = lm_harness(tmp_path, [1.0, 0.0])
    samples = read(path, {"filter": "flexible-extract"})
    assert samples.columns["extracted"].tolist() == ["0", "77"] and samples.record.verifier != read(path).record.verifier
    with pytest.raises(BadInput, match="strict-match"):
        read(path, {"filter": "strict-mach"})


def test_multiple_choice_answers_with_the_likeliest_continuation(tmp_path: Path):
    path = lm_harness_choices(tmp_path, [1, 0])
    samples = read(path)
    assert samples.columns["extracted"].tolist() == ["yes", "no"] and samples.columns["label"].tolist() == ["right", "wrong"]
    assert samples.record.decoding == {"request": "loglikelihood"} and samples.record.model == path.parent.name
    assert read(path, {"right": "acc_norm"}).columns["label"].tolist() == ["right", "right"]


def test_older_rows_hold_lists_and_no_filter(tmp_path: Path):
    row = {"doc_id": 4, "doc": {}, "target": "5", "arguments": [["Q", {"until": []}]], "resps": [["5"]], "filtered_resps": ["5"], "exact_match": 1.0}
    path = tmp_path / f"samples_x_{DATE}.jsonl"
    path.write_text(json.dumps(row) + "\n")
    samples = read(path)
    assert samples.columns["prompt"].tolist() == ["Q"] and samples.columns["label"].tolist() == ["right"] and samples.record.decoding == {"until": []}


def test_its_file_of_scores_alone_is_refused(tmp_path: Path):
    lm_harness(tmp_path, [1.0])
    with pytest.raises(BadInput, match="without its samples"):
        read(tmp_path / f"results_{DATE}.json")
