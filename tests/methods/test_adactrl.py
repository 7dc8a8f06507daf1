"""AdaCtrl: tags learn to agree with the success rate, and call for their length."""

from __future__ import annotations

from pathlib import Path

import pytest

from bandits import climb
from judged import judged
from menolab.engines.decoding import Decoding
from menolab.engines.torch_engine import TorchEngine
from menolab.keys import Key
from menolab.methods.adactrl import adactrl
from menolab.samplers.prefixed import Prefixed
from menolab.stages.supervised import Supervised
from menolab.tasks.tagged_difficulty import TaggedDifficulty
from recite import Recite
from tiny import tiny_run


def _total(rows: list[tuple[str, str, int]]) -> list[float]:
    method = adactrl()
    columns = [term(judged(*rows), 0.0) for term in method.rewards]
    return [sum(w * (x or 0.0) for w, x in zip(method.weights, row, strict=True)) for row in zip(*columns, strict=True)]


def test_three_parts() -> None:
    got = _total([("[Easy]", "right", 20), ("[Hard]", "right", 20), ("", "right", 20), ("[Easy]", "wrong", 40)])
    assert got == pytest.approx([2 + 0.5 + 0.25, 2.0, 2 - 0.5, 0.5]), "length 20 of 40 is worth (1 + cos(pi / 2)) / 2"


@pytest.mark.parametrize(("right", "easy"), [(7, True), (2, False)])
def test_the_tag_comes_to_agree_with_the_group_s_pass_rate(right: int, easy: bool) -> None:
    """Half the group says one thing, half the other, equally right and long: the tag that agrees earns more, and the policy follows."""
    rows = [("[Easy]" if i % 2 else "[Hard]", "right" if i // 2 < right / 2 else "wrong", 30) for i in range(8)]
    totals = _total(rows)
    first, second = (sum(t for t, row in zip(totals, rows, strict=True) if row[0] == tag) / 4 for tag in ("[Easy]", "[Hard]"))
    assert (climb(first, second) > 0.9) == easy and (climb(first, second) < 0.1) != easy


def test_forcing_the_tag_changes_the_length_and_nothing_else(tmp_path: Path) -> None:
    task, decoding = TaggedDifficulty(Recite(("", "3+4=7 7*1=7"))), Decoding(max_tokens=32)
    run = tiny_run(tmp_path / "run", task=task, decoding=decoding, cold_start=Supervised(steps=60, batch=16, pool=640, lr=1e-2))
    engine = TorchEngine(run.setup.cold_start(run, run.setup.base(run.key)))  # type: ignore[operator]
    problems, means = [task(Key.root(5).fold(i)) for i in range(10)], []
    for tag in ("[Easy]", "[Hard]"):
        drawn = [r for g in Prefixed(4, tag)(engine, problems, decoding, Key.root(1)) for r in g.rollouts]
        means.append(sum(len(r.tokens) for r in drawn) / len(drawn))
    assert means[0] + 5 < means[1]
