"""The generated pages say what the code and the ledger say, and are up to date."""

from __future__ import annotations

from pathlib import Path

import pytest

from conftest import REPOSITORY
from ledger.ledgers import entry, trial
from menolab.ledger.entry import save
from menolab.ledger.pages import parts, reinforcing, write
from menolab.methods.dapo import dapo
from menolab.methods.grpo import grpo
from menolab.pieces import published_names
from menolab.runs.stage import Stage


def test_parts_are_those_that_differ_from_grpo() -> None:
    assert parts(grpo()) == []
    assert parts(dapo()) == [
        "rewards: `(Accuracy, SoftOverlong)`",
        "weights: `(2.0, 1.0)`",
        "filters: `MixedVerdicts`",
        "loss.surrogate: `Clip(high=0.28)`",
        "loss.aggregate: `TokenMean`",
        "draws: `10`",
    ]


def test_a_page_a_ground(tmp_path: Path) -> None:
    save(entry("grpo", trial(0, 0.1, 0.5), trial(1, 0.1, 0.52), against="start"), tmp_path / "ledger")
    save(entry("dapo", trial(0, 0.5, 0.60), trial(1, 0.5, 0.62), trial(2, 0.5, 0.61), remark="A remark."), tmp_path / "ledger")
    write(tmp_path, tmp_path / "ledger")
    page = (tmp_path / "docs" / "ledger.md").read_text()
    assert "| [dapo](https://arxiv.org/abs/2503.14476) | 61.0 | +11.0 (" in page and "**dapo.** A remark." in page
    assert "images/ledger-level.svg" in page and (tmp_path / "docs" / "images" / "ledger-level.svg").exists()
    pending = page.partition("Not measured yet: ")[2].partition(".\n")[0].split(", ")
    assert "gspo" in pending and "dapo" not in pending
    methods = (tmp_path / "docs" / "methods.md").read_text()
    assert all(f"[{name}]" in methods or f"| {name} |" in methods for name in published_names(Stage))
    assert "effect seen on `level`: +11.0" in methods and set(reinforcing()) <= set(published_names(Stage))


@pytest.mark.parametrize("page", ["docs/ledger.md", "docs/methods.md", "docs/images/ledger-level.svg"])
def test_the_committed_pages_are_those_of_the_code(page: str, tmp_path: Path) -> None:
    write(tmp_path)
    assert (REPOSITORY / page).read_text() == (tmp_path / page).read_text(), "run `meno ledger write` and commit the pages"
