"""An evaluation that is killed goes on where it was, and gives what it would have given."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from fakes import FakeEngine, Sums, sums
from menolab.engines.decoding import Decoding
from menolab.errors import BadInput
from menolab.evaluation import evaluate as module
from menolab.evaluation.evaluate import evaluate
from menolab.keys import Key

KEY = Key.root(4)


@dataclass
class Dying(FakeEngine):
    """Falls over at its n-th call."""

    lives: int = 2
    used: list[int] = field(default_factory=list)

    def generate(self, requests, decoding):
        self.used.append(len(requests))
        if len(self.used) > self.lives:
            raise KeyboardInterrupt
        return super().generate(requests, decoding)


@pytest.fixture(autouse=True)
def _small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "CHUNK", 5)


def test_what_is_done_is_not_done_again(tmp_path: Path):
    parts, dying = tmp_path / ".sums.parts", Dying(lives=2)
    with pytest.raises(KeyboardInterrupt):
        evaluate(dying, Sums(), sums(18), Decoding(), 2, KEY, parts=parts)
    assert sorted(p.name for p in parts.iterdir()) == ["0000000.parquet", "0000005.parquet", "plan.json"]
    (parts / ".0000010.parquet.123.tmp").write_bytes(b"half a file")
    heard: list[int] = []
    engine = Dying(lives=9)
    resumed = evaluate(engine, Sums(), sums(18), Decoding(), 2, KEY, lambda done, total: heard.append(done), parts=parts)
    whole = evaluate(FakeEngine(), Sums(), sums(18), Decoding(), 2, KEY)
    assert engine.used == [10, 6] and heard == [5, 10, 15, 18]
    assert resumed.rows == whole.rows and resumed.record.metrics == whole.record.metrics and resumed.record.tokens == whole.record.tokens
    assert not (parts / ".0000010.parquet.123.tmp").exists()


def test_seconds_before_a_kill_count(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """A clock that goes on by one second whenever it is looked at."""
    ticks = iter(range(10_000))
    monkeypatch.setattr(module.time, "perf_counter", lambda: float(next(ticks)))
    with pytest.raises(KeyboardInterrupt):
        evaluate(Dying(lives=2), Sums(), sums(18), Decoding(), 2, KEY, parts=tmp_path / "p")
    seconds = evaluate(Dying(lives=9), Sums(), sums(18), Decoding(), 2, KEY, parts=tmp_path / "p").record.seconds
    assert seconds["sample"] == seconds["verify"] == 4.0  # four chunks, two of them before
    assert seconds["total"] >= 8.0


@pytest.mark.parametrize(
    ("changes", "said"), [({"samples": 3}, "samples"), ({"key": Key.root(5)}, "key"), ({"decoding": Decoding(temperature=0.5)}, "decoding")]
)
def test_parts_of_another_evaluation_are_refused(changes: dict, said: str, tmp_path: Path):
    call = {"decoding": Decoding(), "samples": 2, "key": KEY}
    evaluate(FakeEngine(), Sums(), sums(6), parts=tmp_path / "p", **call)
    with pytest.raises(BadInput, match=f"another {said}; remove the folder"):
        evaluate(FakeEngine(), Sums(), sums(6), parts=tmp_path / "p", **(call | changes))


def test_another_model_or_other_problems_are_refused(tmp_path: Path):
    evaluate(FakeEngine(), Sums(), sums(6), Decoding(), 2, KEY, parts=tmp_path / "p", model="a")
    with pytest.raises(BadInput, match="another model"):
        evaluate(FakeEngine(), Sums(), sums(6), Decoding(), 2, KEY, parts=tmp_path / "p", model="b")
    reworded = [replace(p, prompt=p.prompt + " ?") for p in sums(6)]
    with pytest.raises(BadInput, match="prompts_hash"):
        evaluate(FakeEngine(), Sums(), reworded, Decoding(), 2, KEY, parts=tmp_path / "p", model="a")
