from __future__ import annotations

from pathlib import Path

from menolab.tasks.coin_flip import CoinFlip
from published_cases import as_published, refused

ROW = {"question": "A coin is heads up. Ann flips the coin. Is the coin still heads up?", "answer": "no"}


def test_the_published_file_and_that_its_golds_are_parities(shared_data: Path) -> None:
    for problem in as_published(CoinFlip, shared_data / "symbolic_small" / "coin_flip.json", 500):
        assert problem.answer == ("no" if problem.prompt.count(" flips the coin") % 2 else "yes")


def test_bad_rows(tmp_path: Path) -> None:
    refused(CoinFlip, tmp_path, ROW, ROW | {"answer": "heads"}, "answer.*yes or no")
    refused(CoinFlip, tmp_path, ROW, ROW | {"question": None}, "question.*text")
