"""Entries of the ledger are small files that come back as they were."""

from __future__ import annotations

from pathlib import Path

import pytest

from ledger.ledgers import entry, trial
from menolab.errors import BadInput
from menolab.ledger.entry import FOLDER, entries, load, save


def test_an_entry_comes_back(tmp_path: Path) -> None:
    own = entry("dapo", trial(0, 0.5, 0.6), trial(1, 0.5, 0.55), remark="draws more a step")
    path = save(own, tmp_path / "ledger")
    assert path.name == "dapo-level.json"
    back = load(path)
    assert back.trials[1].difference("pass@1") == pytest.approx(0.05)
    assert save(back, tmp_path / "again").read_text() == path.read_text()


def test_a_remark_survives_a_new_measurement(tmp_path: Path) -> None:
    save(entry("dapo", trial(0, 0.5, 0.6), remark="draws more a step"), tmp_path)
    path = save(entry("dapo", trial(0, 0.5, 0.7)), tmp_path)
    assert load(path).remark == "draws more a step" and load(path).trials[0].after["pass@1"] == 0.7


def test_the_yardstick_comes_first(tmp_path: Path) -> None:
    for own in (entry("gspo", trial(0, 0.5, 0.6)), entry("dapo", trial(0, 0.5, 0.6)), entry("grpo", trial(0, 0.1, 0.6), against="start")):
        save(own, tmp_path)
    assert [e.method for e in entries(tmp_path)] == ["grpo", "dapo", "gspo"]


@pytest.mark.parametrize("text", ["", "{", "[]", '{"method": "dapo"}', '{"trials": [{}]}'])
def test_a_damaged_file_is_named(tmp_path: Path, text: str) -> None:
    (tmp_path / "dapo-level.json").write_text(text)
    with pytest.raises(BadInput, match=r"dapo-level\.json.*not a ledger entry"):
        entries(tmp_path)


def test_the_stored_ledger_is_whole() -> None:
    stored = entries(FOLDER)
    for own in stored:
        assert own.marks["paper"], own.method
        even = all(abs(t.tokens / t.yardstick_tokens - 1) < 0.25 for t in own.trials)
        assert even or own.remark, f"{own.method} spent another budget and does not say why"
        assert len({t.seed for t in own.trials}) == len(own.trials) >= 3
