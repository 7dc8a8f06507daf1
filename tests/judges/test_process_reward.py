"""A process reward model as a judge."""

from __future__ import annotations

import pytest

from menolab.engines.torch_engine import TorchEngine
from menolab.errors import BadInput
from menolab.judges.process_reward import ProcessReward, probabilities, stepped
from menolab.keys import Key
from menolab.models.fresh import Fresh
from menolab.tasks.countdown import Countdown
from stub_engine import KEY, Stub, group_of

ENGINE = TorchEngine(Fresh(width=32, layers=1, heads=2, kv_heads=1, head_width=16, mlp=64, context=64)(Key.root(0)))


def test_the_opinion_is_the_aggregate_of_the_steps_in_it() -> None:
    texts = ("1+1=2\n2+2=4\nso 4", "4")
    ps = probabilities(ENGINE, [stepped(ENGINE, ENGINE.encode("2+2?"), text) for text in texts], "+", "-")
    for name, f in {"min": min, "last": lambda x: x[-1], "product": lambda x: x[0] * x[1] * x[2] if len(x) == 3 else x[0]}.items():
        (opinions,) = ProcessReward("m", aggregate=name)(ENGINE, [group_of(*texts)], KEY)
        for opinion, own in zip(opinions, ps, strict=True):
            assert opinion.steps == pytest.approx(own) and opinion.score == pytest.approx(f(own)) and all(0 < p < 1 for p in own)


def test_what_cannot_be_scored_is_undecided() -> None:
    (opinions,) = ProcessReward("m")(ENGINE, [group_of("", "1" * 100, "4")], KEY)
    assert [o.score is None for o in opinions] == [True, True, False]


def test_a_model_is_asked_for_and_read_in_process() -> None:
    with pytest.raises(BadInput, match="method prm"):
        ProcessReward().check(Countdown()(KEY))
    with pytest.raises(BadInput, match="in process"):
        ProcessReward("m")(Stub(), [group_of("4")], KEY)
    with pytest.raises(BadInput, match="known: "):
        ProcessReward(aggregate="median of medians")
