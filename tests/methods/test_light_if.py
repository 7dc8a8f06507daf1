"""Light-IF: entropy is kept where it is about to be lost."""

from __future__ import annotations

from dataclasses import replace

import torch

from menolab.engines.decoding import Decoding
from menolab.keys import Key
from menolab.losses.entropy_bonus import AdaptiveEntropyBonus
from menolab.losses.high_loss_tokens import HighLossTokens
from menolab.losses.penalty import KLToReference, Penalties
from menolab.losses.policy_loss import PolicyLoss
from menolab.methods.light_if import light_if
from menolab.records import Group
from menolab.rewards.judge import judge
from menolab.runs.pipeline import carry_out
from menolab.stages.reinforce import Reinforce
from menolab.stages.supervised import Supervised
from table import Table, task, train
from tiny import tiny_run


def _outcome(method: Reinforce) -> tuple[float, float]:
    """Three right answers of six: entropy of the first token after training, and mean reward of the last steps."""
    table, rewards = Table("abcdef"), []
    made, problem = task("a", "b", "c")

    def watch(step: int, groups: list[Group]) -> None:
        rewards.append(sum(r.reward or 0.0 for g in groups for r in g.rollouts) / sum(len(g.rollouts) for g in groups))

    train(method, table, made, problem, 80, lr=0.5, limit=1, watch=watch)
    p = table.at(table.encode("p")).detach().softmax(-1)
    return float(-(p * p.log()).sum()), sum(rewards[-10:]) / 10


def test_entropy_stays_above_that_without_the_bonus_at_the_same_reward() -> None:
    loss = light_if().loss
    assert isinstance(loss, PolicyLoss)
    plain = replace(light_if(), loss=replace(loss, penalty=KLToReference(0.001)))
    small = light_if(weight=0.05)
    (without, reward_without), (with_, reward_with) = _outcome(plain), _outcome(small)
    assert with_ > without + 0.1
    assert reward_with > 0.9 and reward_without > 0.9 and abs(reward_with - reward_without) < 0.08


def test_dense_reward_is_the_share_of_constraints_met() -> None:
    """Where the verifier scores constraints, the reward is the score."""
    table, (made, problem) = Table("ab"), task(a=0.5, b=0.25)
    method = light_if()
    (group,) = judge(method.sampler(table, [problem], Decoding(max_tokens=1), Key.root(0)), made, method.rewards, (1.0,), 0.0)
    assert {(r.text, r.reward) for r in group.rollouts} == {("a", 0.5), ("b", 0.25), ("", 0.0)}


def test_the_authors_constants() -> None:
    loss = light_if().loss
    assert isinstance(loss, PolicyLoss) and isinstance(loss.penalty, Penalties)
    assert loss.penalty.parts == (AdaptiveEntropyBonus(10.0, 5.0), KLToReference(0.001))
    assert torch.equal(loss.surrogate(torch.tensor([0.5, 3.0, 20.0]), torch.tensor([1.0, 1.0, -1.0])), torch.tensor([0.5, 2.0, -10.0]))
    assert HighLossTokens() == HighLossTokens(0.8, 0.8)


def test_both_stages_train(tmp_path) -> None:
    cold = Supervised(steps=3, batch=8, pool=32, loss=HighLossTokens())
    carry_out(tiny_run(tmp_path / "run", method=light_if(group=4), steps=2, cold_start=cold))
    assert (tmp_path / "run" / "models" / "trained" / "model.safetensors").exists()
    assert '"learnt_from"' in (tmp_path / "run" / "metrics.jsonl").read_text()
