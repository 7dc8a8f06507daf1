"""NoisyRollout's sampler: distorted draws, clean conditioning."""

from __future__ import annotations

import math

from fakes import FakeEngine, sums
from menolab.engines.decoding import Decoding
from menolab.keys import Key
from menolab.samplers.independent import Independent
from menolab.samplers.rewrite import Advise, Distort
from menolab.samplers.rewritten import Rewritten
from menolab.schedules import Constant

KEY, PROBLEMS = Key.root(0), sums(5)


def test_rewritten_draws_are_conditioned_on_the_clean_prompt() -> None:
    engine = FakeEngine()
    sampler = Rewritten(4, 2, Advise(("count carefully 0 0",)), Constant())
    plain = Independent(4)(engine, PROBLEMS, Decoding(), KEY)
    for group, own in zip(sampler(engine, PROBLEMS, Decoding(), KEY), plain, strict=True):
        assert all(r.prompt == engine.encode(group.problem.prompt) for r in group.rollouts)
        assert group.rollouts[:2] == own.rollouts[:2], "the clean ones are those of independent sampling"
        assert all(math.isnan(lp) for r in group.rollouts[2:] for lp in r.logprobs)
        assert "I add 0 and 0" in group.rollouts[3].text, "it was drawn after the rewritten prompt"


def test_without_noise_it_is_independent_sampling() -> None:
    engine = FakeEngine()
    plain = Independent(8)(engine, PROBLEMS, Decoding(), KEY)
    assert Rewritten(8, 4, Distort(0.0))(engine, PROBLEMS, Decoding(), KEY) == plain
    assert Rewritten(8, 4, Distort(0.5))(engine, PROBLEMS, Decoding(), KEY, 1.0) == plain, "the noise has faded"
    assert Rewritten(8, 4, Advise(()))(engine, PROBLEMS, Decoding(), KEY) == plain, "an empty library"
    assert Rewritten(8, 0)(engine, PROBLEMS, Decoding(), KEY) == plain
