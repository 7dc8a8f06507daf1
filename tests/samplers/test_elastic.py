"""Elastic Reasoning's rollouts: two budgets."""

from __future__ import annotations

import math

import pytest

from fakes import Sums, sums
from menolab.engines.decoding import Decoding
from menolab.engines.torch_engine import TorchEngine
from menolab.errors import BadInput
from menolab.keys import Key
from menolab.rewards.accuracy import Accuracy
from menolab.rewards.judge import judge
from menolab.samplers.elastic import Elastic
from menolab.samplers.independent import Independent
from menolab.samplers.sampler import Sampler
from thinker import Thinker
from tiny import tiny_setup

KEY = Key.root(0)


@pytest.mark.parametrize(("thought", "think", "answer"), [(60, 0.5, 0.5), (60, 0.3, 0.4), (5, 0.5, 0.25), (60, 0.5, 0.05), (1, 0.2, 0.8)])
def test_neither_part_exceeds_its_budget(thought: int, think: float, answer: float) -> None:
    for group in Elastic(2, think, answer)(Thinker(thought=thought), sums(4), Decoding(max_tokens=100), KEY):
        for r in group.rollouts:
            first, closed, second = r.text.partition("</think>")
            assert closed and len(first + closed) <= think * 100 and len(second) <= answer * 100
            assert (r.finish == "stop") == second.endswith("</answer>")


def test_a_thought_that_closes_itself_is_left_as_it_is() -> None:
    (group,) = Elastic(3)(Thinker(thought=5), sums(1), Decoding(max_tokens=100), KEY)
    (plain,) = Independent(3)(Thinker(thought=5), sums(1), Decoding(max_tokens=100), KEY)
    assert [r.text for r in group.rollouts] == [r.text for r in plain.rollouts] and not any(map(math.isnan, group.rollouts[0].logprobs))


def test_the_tag_that_was_put_has_no_known_probability() -> None:
    (group,) = Elastic(1)(Thinker(thought=60), sums(1), Decoding(max_tokens=100), KEY)
    (r,) = group.rollouts
    assert r.text.find("</think>") == 42 and [i for i, lp in enumerate(r.logprobs) if math.isnan(lp)] == list(range(42, 50))


def _accuracy(sampler: Sampler, limit: int, need: int) -> float:
    groups = judge(sampler(Thinker(thought=60, need=need), sums(10), Decoding(max_tokens=limit), KEY), Sums(), (Accuracy(),), (1.0,), 0.0)
    rewards = [r.reward for g in groups for r in g.rollouts]
    return sum(r or 0.0 for r in rewards) / len(rewards)


def test_under_a_tight_total_it_beats_plain_truncation() -> None:
    assert _accuracy(Independent(2), 60, need=10) == 0.0 and _accuracy(Elastic(2, 0.5, 0.5), 60, need=10) == 1.0
    assert _accuracy(Elastic(2, 0.5, 0.5), 60, need=40) == 0.0, "it answers, but too early"
    assert _accuracy(Independent(2), 200, need=40) == _accuracy(Elastic(2, 0.5, 0.5), 200, need=40) == 1.0


def test_a_real_engine_ends_a_thought_and_a_response() -> None:
    engine = TorchEngine(tiny_setup().base(KEY))
    for group in Elastic(4, 0.5, 0.25)(engine, sums(6), Decoding(max_tokens=16), KEY):
        for r in group.rollouts:
            assert len(r.tokens) <= 12 and len(r.tokens) == len(r.logprobs) and r.text == engine.decode(r.tokens)
            assert r.finish == "length" or engine.policy.tokenizer.eos_token_id in r.tokens[-1:]


def test_budgets_share_the_limit() -> None:
    with pytest.raises(BadInput, match="together at most 1"):
        Elastic(8, 0.7, 0.5)
