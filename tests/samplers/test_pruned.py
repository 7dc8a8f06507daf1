"""A limit that tightens, is stated, and cuts."""

from __future__ import annotations

import pytest

from fakes import FakeEngine, sums
from menolab.engines.decoding import Decoding
from menolab.engines.torch_engine import TorchEngine
from menolab.keys import Key
from menolab.models.fresh import Fresh
from menolab.samplers.pruned import Pruned

KEY = Key.root(3)


@pytest.mark.parametrize(("progress", "limit"), [(0.0, 40), (0.4, 30), (0.9, 20)])
def test_the_limit_of_the_round_is_stated_and_kept(progress: float, limit: int) -> None:
    policy = Fresh(width=16, layers=1, heads=2, kv_heads=1, head_width=8, mlp=16, context=128)(KEY)
    groups = Pruned(4)(TorchEngine(policy), sums(3), Decoding(max_tokens=40), KEY, progress)
    lengths = [len(r.tokens) for group in groups for r in group.rollouts]
    words = f"\nThe output should be within {limit} tokens."
    prompts = {policy.decode(r.prompt) for group in groups for r in group.rollouts}
    assert all(group.limit == group.asked == limit for group in groups) and len(prompts) == 3 and all(p.endswith(words) for p in prompts)
    assert max(lengths) == limit and all(r.truncated for group in groups for r in group.rollouts if len(r.tokens) == limit)


def test_a_round_draws_under_its_own_prompt() -> None:
    first, last = (Pruned(2)(FakeEngine(), sums(2), Decoding(max_tokens=40), KEY, p)[0].rollouts[0].prompt for p in (0.0, 1.0))
    assert first != last
