"""RAIF's sampler: the answer without reasoning as a yardstick."""

from __future__ import annotations

import pytest

from fakes import sums
from menolab.engines.decoding import Decoding
from menolab.errors import BadInput
from menolab.keys import Key
from menolab.samplers.independent import Independent
from menolab.samplers.without_thought import WithoutThought
from thinker import Thinker

KEY = Key.root(0)


def test_one_rollout_does_not_think_and_is_no_member() -> None:
    engine = Thinker(thought=20, need=10)
    drawn, plain = (s(engine, sums(4), Decoding(max_tokens=200), KEY) for s in (WithoutThought(4), Independent(3)))
    for group, own in zip(drawn, plain, strict=True):
        assert group.sampled == own.rollouts and [r.greedy for r in group.rollouts] == [False] * 3 + [True]
        assert group.rollouts[3].text.startswith("<think></think><answer>") and group.rollouts[3].sample == 3
    with pytest.raises(BadInput):
        WithoutThought(1)
