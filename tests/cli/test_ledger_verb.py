"""`meno ledger`: the table for people and programs, and bad input."""

from __future__ import annotations

import json

import pytest

from menolab.cli.main import main


def test_the_table_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["ledger", "--json"]) == 0
    rows = json.loads(capsys.readouterr().out)
    assert all(set(row) >= {"method", "paper", "claim", "setup", "seeds", "difference", "verdict", "tokens", "seconds"} for row in rows)
    assert rows[0]["method"] == "grpo" and rows[0]["against"] == "start"


def test_the_table_for_people(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["ledger"]) == 0
    assert "against GRPO at equal drawn tokens" in capsys.readouterr().out
    assert main(["ledger", "--on", "quick"]) == 0
    assert "nothing is stored for quick yet" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["run"], "say which methods"),
        (["run", "gpro"], "did you mean"),
        (["run", "supervised"], "methods of the reinforcement loop"),
        (["run", "grpo", "--on", "leval"], "did you mean level"),
        (["run", "grpo", "--seeds", "0"], "--seeds = 0"),
        (["run", "grpo", "--jobs", "0"], "--jobs = 0"),
        (["run", "grpo", "--out", __file__], "cannot be made a folder"),
        (["show", "grpo"], "takes no methods"),
    ],
)
def test_bad_input(words: list[str], said: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["ledger", *words]) == 2
    assert said in capsys.readouterr().err
