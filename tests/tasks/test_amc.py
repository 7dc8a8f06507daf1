from __future__ import annotations

from pathlib import Path

from menolab.tasks.aime import AIME
from menolab.tasks.amc import AMC


def test_golds_lose_what_the_format_added(shared_data: Path) -> None:
    for file in ("amc_logic_rl.jsonl", "amc_ttrl.json"):
        golds = [p.answer for p in AMC(str(shared_data / "amc" / file)).listed()]
        assert golds[0] == "142" and not any(gold.endswith(".0") for gold in golds)


def test_a_link_decides_between_the_contests() -> None:
    row = {"problem": "p", "answer": 3.0, "url": "https://x.org/2023_AMC_12A_Problems/Problem_1"}
    assert AMC.recognises(row, "x.jsonl") and not AIME.recognises(row, "aime_and_amc.jsonl")
    assert not AMC.recognises({"problem": "p", "answer": 3.0}, "x.jsonl") and AMC.recognises({"problem": "p", "answer": 3.0}, "amc.jsonl")
