"""TWYN: brevity where it is solved, thought where it is not."""

from __future__ import annotations

from menolab.advantages.advantage import Chain
from menolab.methods.think_when_you_need import think_when_you_need
from reward_cases import Lengths


def test_it_is_brief_where_it_can_be() -> None:
    policy = Lengths({"easy": lambda n: 0.95, "hard": lambda n: 0.05 if n < 60 else 0.8})
    policy.learn(think_when_you_need(), steps=400)
    assert policy.length("easy") < 35 and 55 < policy.length("hard") < 80 and policy.accuracy("hard") > 0.6


def test_its_rewards_are_its_credit() -> None:
    assert think_when_you_need().advantage == Chain()
