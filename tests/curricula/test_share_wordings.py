"""Every rollout under every wording, with its reward."""

from __future__ import annotations

import math
from dataclasses import replace

from fakes import FakeEngine, sums
from menolab.curricula.share_wordings import ShareWordings
from menolab.engines.decoding import Decoding
from menolab.keys import Key
from menolab.samplers.independent import Independent
from menolab.samplers.reworded import Reworded


def test_shared_rollouts_keep_tokens_and_reward_under_the_other_prompts() -> None:
    (group,) = Reworded(4, 2)(FakeEngine(), sums(1), Decoding(), Key.root(0))
    group = group.with_rollouts(tuple(replace(r, reward=float(r.sample)) for r in group.rollouts))
    (shared,) = ShareWordings()([group])
    assert shared.rollouts[:4] == group.rollouts and len(shared.rollouts) == 8
    prompts = {r.wording: r.prompt for r in group.rollouts}
    for copy in shared.rollouts[4:]:
        origin = group.rollouts[copy.sample]
        assert copy.wording is None and (copy.tokens, copy.reward, copy.text) == (origin.tokens, origin.reward, origin.text)
        assert copy.prompt == prompts[1 - (origin.wording or 0)] and all(math.isnan(lp) for lp in copy.logprobs)


def test_groups_of_one_wording_stay_as_they_are() -> None:
    groups = Independent(3)(FakeEngine(), sums(2), Decoding(), Key.root(0))
    assert ShareWordings()(groups) == groups
