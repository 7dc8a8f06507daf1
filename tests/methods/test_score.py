"""SCoRe: bonus, returns of two turns, and who is held to the reference."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
import torch

from fakes import FakeEngine, Sums, sums
from menolab.advantages.advantage import credit
from menolab.curricula.filter import keep
from menolab.engines.decoding import Decoding
from menolab.keys import Key
from menolab.methods.score import score, score_stage_1
from menolab.pieces import all_needs
from menolab.records import Batch, Group, Rollout, right, wrong
from menolab.rewards.judge import judge
from menolab.stages.collate import collate
from menolab.stages.reinforce import Reinforce

KEY = Key.root(0)


def _groups(method: Reinforce) -> tuple[list[Group], Batch]:
    """Conversations of a model that is right about half of the time, and the batch that is learnt from; at the reference."""
    sampled = method.sampler(FakeEngine(skill=0.4), sums(6), Decoding(), KEY)
    judged = judge(sampled, Sums(), method.rewards, (1.0,) * len(method.rewards), 0.0)
    batch = collate(keep(judged, method.filters), 300)
    return judged, replace(batch, reference_logprobs_BT=batch.logprobs_BT)


def _right(group: Group, sample: int, turn: int) -> float:
    (r,) = (r for r in group.rollouts if (r.sample, r.turn) == (sample, turn))
    assert r.verdict is not None
    return r.verdict.score


@pytest.mark.parametrize("alpha", [0.0, 3.0])
def test_stage_2_credits_both_attempts_and_fixing_more(alpha: float) -> None:
    method = score(group=8, alpha=alpha)
    judged, batch = _groups(method)
    got = credit(batch, method.advantage)[:, 0].tolist()
    expected = []
    for group in judged:
        r_1, r_2 = ([_right(group, i, turn) for i in range(4)] for turn in (0, 1))
        second = [b + alpha * (b - a) for a, b in zip(r_1, r_2, strict=True)]
        expected += [x - sum(r_1) / 4 for x in r_1] + [x - sum(second) / 4 for x in second]
    assert got == pytest.approx(expected, abs=1e-5) and any(expected)


def _worth(method: Reinforce, first: bool, second: bool) -> tuple[float, float]:
    """What the method's rewards and filter credit the two attempts of one conversation with."""
    verdicts = [right("c", "", "1") if x else wrong("c", "") for x in (first, second)]
    group = Group(sums(1)[0], tuple(Rollout((1,), (2,), (-0.1,), "", "stop", 0, v, turn=turn) for turn, v in enumerate(verdicts)))
    terms = [term(group, 0.0) for term in method.rewards]
    rollouts = tuple(replace(r, reward=sum(column[i] or 0.0 for column in terms)) for i, r in enumerate(group.rollouts))
    one, two = keep([group.with_rollouts(rollouts)], method.filters)
    return one.rollouts[0].reward or 0.0, two.rollouts[0].reward or 0.0


def _learn_to_revise(alpha: float, steps: int = 400) -> tuple[float, float]:
    """A toy of two turns: y_1 right or wrong; y_2 keeps it, or changes it, which fixes nine wrong ones in ten and breaks nine right ones in ten.

    Exact gradient ascent from a policy that mostly keeps; gives the chances to change a wrong and a right first attempt.
    """
    method = score(alpha=alpha)
    gain = {r: 0.9 * (_worth(method, bool(r), not r)[1] - _worth(method, bool(r), bool(r))[1]) for r in (0, 1)}
    at_once = _worth(method, True, True)[0] - _worth(method, False, True)[0]
    first, change = 0.0, {0: -3.0, 1: -3.0}  # logits of being right at once, and of changing
    for _ in range(steps):
        p, q = _sigmoid(first), {r: _sigmoid(x) for r, x in change.items()}
        change = {r: x + 0.05 * (p if r else 1 - p) * q[r] * (1 - q[r]) * gain[r] for r, x in change.items()}
        first += 0.05 * p * (1 - p) * at_once
    return _sigmoid(change[0]), _sigmoid(change[1])


def _sigmoid(x: float) -> float:
    return 1 / (1 + math.exp(-x))


def test_the_bonus_makes_fixing_pay_where_it_is_rare() -> None:
    """Without it the first attempt becomes right before the second has learnt to fix; with it fixing is learnt, and breaking is not."""
    plain, shaped = _learn_to_revise(0.0), _learn_to_revise(10.0)
    assert shaped[0] > 0.5 > plain[0] and shaped[1] < plain[1] < 0.05


def test_stage_1_rewards_the_second_attempt_and_holds_the_first() -> None:
    method = score_stage_1(group=8, beta=0.5)
    judged, batch = _groups(method)
    expected = []
    for group in judged:
        r_2 = [_right(group, i, 1) for i in range(4)]
        expected += [x - sum(r_2) / 4 for x in r_2] * 2
    at_home = credit(batch, method.advantage)
    assert at_home[:, 0].tolist() == pytest.approx(expected, abs=1e-5)
    assert batch.turn_B is not None and batch.reference_logprobs_BT is not None
    away = credit(replace(batch, reference_logprobs_BT=batch.reference_logprobs_BT - 1.0), method.advantage)
    lengths = batch.mask_BT.sum(-1)
    moved = (at_home - away)[:, 0]
    assert torch.allclose(moved[batch.turn_B == 0], 0.5 * lengths[batch.turn_B == 0].float(), atol=1e-3)
    assert (moved[batch.turn_B == 1] == 0).all()


def test_both_stages_ask_for_the_reference() -> None:
    assert all_needs(score()) == all_needs(score_stage_1()) == {"reference_logprobs"}
