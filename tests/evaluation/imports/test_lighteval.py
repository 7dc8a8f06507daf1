from __future__ import annotations

from pathlib import Path

import pytest

from imports_logs import lighteval
from menolab.errors import BadInput
from menolab.evaluation.imports.read import read


def test_its_details(tmp_path: Path):
    samples = read(lighteval(tmp_path, [1.0, 0.0]))
    r, c = samples.record, samples.columns
    assert (r.task, r.model, r.engine, r.problems) == ("aime24|0", "org/one", "lighteval", 2)
    assert r.verifier == "lighteval: metric.extractive_match" and r.decoding == {"generation_size": 32768, "num_samples": 1, "stop_sequences": []}
    assert c["label"].tolist() == ["right", "wrong"] and c["problem"].tolist() == ["0", "1"] and c["gold"].tolist() == ["0", "1"]
    assert c["tokens"].tolist() == [3, 3] and r.metrics["unparsed"] is None


def test_several_responses_have_one_score(tmp_path: Path):
    samples = read(lighteval(tmp_path, [0.25, 1.0], responses=4))
    assert samples.columns["score"].tolist() == [0.25, 1.0] and samples.columns["label"].tolist() == ["undecided", "right"]
    assert any("4 responses together" in w for w in samples.record.warnings)


def test_a_truncated_table_is_named(tmp_path: Path):
    path = lighteval(tmp_path, [1.0, 0.0])
    path.write_bytes(path.read_bytes()[:-50])
    with pytest.raises(BadInput, match="broken Parquet"):
        read(path)


def test_a_published_file_of_scores_alone_is_refused(shared_data: Path):
    for path in sorted((shared_data / "result_files").glob("open_rs_results_*.json")):
        with pytest.raises(BadInput, match="without its samples"):
            read(path)
