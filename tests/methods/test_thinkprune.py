"""ThinkPrune: rounds of ever fewer tokens."""

from __future__ import annotations

from dataclasses import replace
from random import Random

from menolab.advantages.advantage import credit
from menolab.methods.thinkprune import thinkprune
from menolab.rewards.judge import judge
from menolab.samplers.pruned import Pruned
from menolab.schedules import Stairs
from menolab.stages.collate import collate
from reward_cases import Told, group


def _prune(shares: tuple[float, ...], start: float, steps: int = 450) -> list[tuple[int, float, float]]:
    """A policy whose lengths are normal around a mean that it learns, 7 wide; responses beyond the limit of the round are cut and hold no answer.

    Right with 0.9 from 15 tokens on, 0.1 below. Gives limit, mean length and accuracy within the limit at the end of each round.
    """
    method = thinkprune(shares=shares)
    sampler, rng, mean, rounds = method.sampler, Random(0), start, []
    assert isinstance(sampler, Pruned)

    def label(tokens: int, limit: int) -> str:
        return "none" if tokens > limit else "right" if rng.random() < (0.9 if tokens >= 15 else 0.1) else "wrong"

    for step in range(steps):
        limit = round(100 * sampler.share((step + 0.5) / steps))
        drawn = [max(1, round(rng.gauss(mean, 7.0))) for _ in range(8)]
        made = replace(group(*((label(n, limit), min(n, limit)) for n in drawn)), limit=limit)
        credit_BT = credit(collate(judge([made], Told(), method.rewards, (1.0,), 0.0), limit), method.advantage)
        mean += sum(0.1 * own * (n - mean) / 7.0 for n, own in zip(drawn, credit_BT[:, 0].tolist(), strict=True))
        if (step + 1) % (steps // len(shares)) == 0:
            test = [max(1, round(rng.gauss(mean, 7.0))) for _ in range(400)]
            rounds.append((limit, mean, sum(label(n, limit) == "right" for n in test) / 400))
    return rounds


def test_length_falls_under_each_limit_with_accuracy_kept_and_one_tight_limit_does_worse() -> None:
    rounds = _prune((0.8, 0.6, 0.4), start=75)
    assert [limit for limit, _, _ in rounds] == [80, 60, 40]
    assert all(length < limit for limit, length, _ in rounds) and min(right for _, _, right in rounds) > 0.6, rounds
    ((_, _, at_once),) = _prune((0.4,), start=75)
    assert at_once < rounds[-1][2] - 0.2, "from the start nearly nothing is within 40 tokens, so nothing is learnt"


def test_parts() -> None:
    assert thinkprune(group=4).sampler == Pruned(4, Stairs((1.0, 0.75, 0.5)))
