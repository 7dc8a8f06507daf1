"""Another verifier's opinion, in a process that is killed."""

from __future__ import annotations

import importlib.util
import json
import time
from pathlib import Path

import pytest

from menolab.cli.main import main
from menolab.errors import BadInput
from menolab.verifiers import second_opinion
from menolab.verifiers.audit import Case
from menolab.verifiers.math.verifier import Math

HERE = importlib.util.find_spec("math_verify") is not None
needs = pytest.mark.skipif(not HERE, reason="math-verify is not installed")


@pytest.mark.skipif(HERE, reason="math-verify is installed")
def test_without_it_the_extra_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(BadInput, match="audit"):
        second_opinion.check_installed()
    assert main(["audit", "verifier", "--second-opinion"]) == 2
    assert "menolab[audit]" in capsys.readouterr().err


def test_disagreements_are_listed(monkeypatch: pytest.MonkeyPatch) -> None:
    said = {"1": ("right", ""), "2": ("wrong", ""), "3": ("undecided", "timeout")}
    monkeypatch.setattr(second_opinion, "ask", lambda gold, answer, text, seconds: said[gold])
    cases = [Case(n, n, "<answer>x</answer>", Math(), "right", note="n") for n in "123"]
    verdicts = [{"verdict": "right", "stage": "exact", "reason": "equal", "extracted": "x"} for _ in cases]
    found = second_opinion.compare(cases, verdicts)
    assert {name: found[name] for name in ("n", "right", "wrong", "undecided", "timeouts")} == {"n": 3, "right": 1, "wrong": 1, "undecided": 1, "timeouts": 1}
    assert [(row["id"], row["ours"], row["theirs"]) for row in found["disagreements"]] == [("2", "right", "wrong"), ("3", "right", "undecided")]


@needs
def test_what_it_says() -> None:
    second_opinion.check_installed()
    assert second_opinion.ask("1/2", "0.5", "", 60.0) == ("right", "")
    assert second_opinion.ask("1/2", "0.6", "", 60.0) == ("wrong", "")
    assert second_opinion.ask("x", None, "I do not know.", 60.0)[0] in ("wrong", "undecided")


@needs
def test_a_hang_is_killed() -> None:
    start = time.perf_counter()
    said, why = second_opinion.ask("1", "9^{9^{9^{9}}}", "", 2.0)
    assert said in ("undecided", "wrong") and (said == "wrong" or why) and time.perf_counter() - start < 90
    assert second_opinion.ask("1/2", "0.5", "", 60.0) == ("right", "")


@needs
def test_the_verb_lists_them(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "a.jsonl"
    file.write_text("".join(json.dumps({"id": n, "gold": "1/2", "answer": a}) + "\n" for n, a in enumerate(("0.5", "0.6"))))
    assert main(["audit", "verifier", str(file), "--second-opinion", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["second_opinion"]["n"] == 2
    assert main(["audit", "verifier", str(file), "--second-opinion"]) == 0
    assert "math-verify: 1 right, 1 wrong" in capsys.readouterr().out
