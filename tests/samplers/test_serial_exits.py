"""S-GRPO's sampler: one thought, left early."""

from __future__ import annotations

import math
from collections import Counter

import pytest

from fakes import sums
from menolab.engines.decoding import Decoding
from menolab.engines.torch_engine import TorchEngine
from menolab.errors import BadInput
from menolab.keys import Key
from menolab.samplers.independent import Independent
from menolab.samplers.serial_exits import SerialExits
from thinker import Thinker
from tiny import tiny_setup

KEY, THOUGHT = Key.root(0), 60


def test_exits_share_the_thought_and_come_in_order() -> None:
    engine = Thinker(thought=THOUGHT)
    groups, plain = (s(engine, sums(6), Decoding(max_tokens=200), KEY) for s in (SerialExits(5), Independent(1)))
    for group, whole in zip(groups, plain, strict=True):
        *early, last = group.rollouts
        assert last.tokens == whole.rollouts[0].tokens and [r.sample for r in group.rollouts] == list(range(5))
        ends = [r.text.find("</think>") for r in early]
        assert ends == sorted(ends) and all(1 <= end <= 7 + THOUGHT for end in ends)
        for r, end in zip(early, ends, strict=True):
            assert r.tokens[:end] == last.tokens[:end] and r.logprobs[:end] == last.logprobs[:end]
            assert all(map(math.isnan, r.logprobs[end : end + 8])) and not any(map(math.isnan, r.logprobs[end + 8 :]))
            assert r.text[end:].startswith("</think><answer>") and r.finish == "stop" and len(r.tokens) <= 200
    assert engine.calls[0] == 6 and engine.calls[1] == 24


def test_places_are_uniform_over_the_thought() -> None:
    ends = [r.text.find("</think>") for g in SerialExits(9)(Thinker(thought=13), sums(150), Decoding(max_tokens=200), KEY) for r in g.rollouts[:-1]]
    counts = Counter(ends)
    assert set(counts) == set(range(1, 21)) and max(counts.values()) < 2 * min(counts.values())


def test_exits_keep_within_the_limit_of_a_whole_response() -> None:
    for group in SerialExits(4)(Thinker(thought=60), sums(4), Decoding(max_tokens=30), KEY):
        assert group.rollouts[-1].truncated and all(len(r.tokens) <= 30 and "</think>" in r.text for r in group.rollouts[:-1])
    (alone,) = SerialExits(4)(Thinker(), sums(1), Decoding(max_tokens=9), KEY)
    assert len(alone.rollouts) == 1, "there is no room for an exit"


def test_words_before_the_tag() -> None:
    (group,) = SerialExits(2, " Time is over.</think>")(Thinker(), sums(1), Decoding(max_tokens=200), KEY)
    assert " Time is over.</think><answer>" in group.rollouts[0].text
    with pytest.raises(BadInput, match="ends the thought"):
        SerialExits(2, "stop")


def test_a_real_engine_with_a_context_just_large_enough() -> None:
    engine = TorchEngine(tiny_setup().base(KEY))
    for group in SerialExits(4)(engine, sums(4), Decoding(max_tokens=engine.context), KEY):
        assert all(len(r.prompt) + len(r.tokens) <= engine.context and len(r.tokens) == len(r.logprobs) for r in group.rollouts)
