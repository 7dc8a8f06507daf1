"""The learner through a real model: the cut into micro-batches, order and padding change nothing; sampler and learner agree."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch

from menolab.advantages.advantage import credit
from menolab.engines.decoding import Decoding
from menolab.engines.torch_engine import TorchEngine
from menolab.errors import RunFailed
from menolab.keys import Key
from menolab.losses.aggregation import TokenMean
from menolab.losses.penalty import KLToReference
from menolab.losses.policy_loss import PolicyLoss
from menolab.methods.grpo import grpo
from menolab.models.policy import Policy
from menolab.records import Batch, Group
from menolab.rewards.judge import judge
from menolab.samplers.independent import Independent
from menolab.stages.collate import collate, rows
from menolab.stages.learner import Learner, adamw, frozen_copy, minibatches
from tiny import tiny_setup

KEY = Key.root(0)
DECODING = Decoding(max_tokens=12, temperature=0.9, top_p=0.95)
LOSSES = [PolicyLoss(), PolicyLoss(aggregate=TokenMean(), penalty=KLToReference(0.2))]


def _policy() -> Policy:
    return tiny_setup().base(KEY)


@pytest.fixture(scope="module")
def groups() -> list[Group]:
    """Sampled groups with made-up rewards: a random model is never right."""
    task = tiny_setup().task
    problems = [task(KEY.fold(i)) for i in range(6)]
    sampled = Independent(4)(TorchEngine(_policy()), problems, DECODING, KEY.fold("rollouts"))
    judged = judge(sampled, task, (), (), 0.0)
    return [g.with_rollouts(tuple(replace(r, reward=float((i + j) % 3 == 0)) for j, r in enumerate(g.rollouts))) for i, g in enumerate(judged)]


def _gradient(batch: Batch, loss: PolicyLoss, micro_tokens: int) -> tuple[dict[str, float], torch.Tensor]:
    """Metrics, and the gradient before clipping, of one update from the same weights."""
    policy = _policy()
    reference = frozen_copy(policy) if loss.penalty.acts_without_credit else None
    if reference is not None:
        with torch.no_grad():
            for p in reference.model.parameters():
                p.mul_(1.05)
    learner = Learner(policy, adamw(policy, (0.9, 0.95), 0.0), loss, DECODING, 1e9, micro_tokens, reference)
    metrics = learner.update(batch, credit(batch, grpo().advantage), lr=0.0)
    return metrics, torch.cat([p.grad.flatten() for p in policy.model.parameters() if p.grad is not None])


@pytest.mark.parametrize("loss", LOSSES, ids=["clip", "tokens+reference"])
@pytest.mark.parametrize("micro_tokens", [1, 64, 200])
def test_micro_batches_change_nothing(groups: list[Group], loss: PolicyLoss, micro_tokens: int) -> None:
    batch = collate(groups, 12)
    whole, whole_gradient = _gradient(batch, loss, 10**6)
    cut, cut_gradient = _gradient(batch, loss, micro_tokens)
    assert cut == pytest.approx(whole, rel=1e-4, abs=1e-6)
    assert whole_gradient.norm() > 1e-3
    torch.testing.assert_close(cut_gradient, whole_gradient, atol=2e-6, rtol=1e-4)


@pytest.mark.parametrize("loss", LOSSES, ids=["clip", "tokens+reference"])
def test_order_of_groups_and_padding_change_nothing(groups: list[Group], loss: PolicyLoss) -> None:
    _, whole = _gradient(collate(groups, 12), loss, 10**6)
    _, moved = _gradient(collate(groups[::-1], 12), loss, 10**6)
    torch.testing.assert_close(moved, whole, atol=2e-6, rtol=1e-4)
    batch = collate(groups, 12)
    pad = lambda x, fill: torch.nn.functional.pad(x, (0, 5), value=fill)  # noqa: E731
    wide = replace(batch, tokens_BT=pad(batch.tokens_BT, 3), mask_BT=pad(batch.mask_BT, False), logprobs_BT=pad(batch.logprobs_BT, float("nan")))
    _, padded = _gradient(wide, loss, 10**6)
    torch.testing.assert_close(padded, whole, atol=2e-6, rtol=1e-4)


def test_skipping_rollouts_without_credit_changes_nothing(groups: list[Group], monkeypatch: pytest.MonkeyPatch) -> None:
    dead = [g.with_rollouts(tuple(replace(r, reward=1.0) for r in g.rollouts)) if i % 2 else g for i, g in enumerate(groups)]
    batch = collate(dead, 12)
    _, skipped = _gradient(batch, PolicyLoss(), 10**6)
    monkeypatch.setattr(PolicyLoss, "silent_without_credit", False)
    _, all_rows = _gradient(batch, PolicyLoss(), 10**6)
    torch.testing.assert_close(skipped, all_rows, atol=2e-6, rtol=1e-4)


def test_a_batch_without_any_credit_takes_no_step(groups: list[Group]) -> None:
    dead = collate([g.with_rollouts(tuple(replace(r, reward=0.1) for r in g.rollouts)) for g in groups], 12)
    policy = _policy()
    before = {k: v.clone() for k, v in policy.model.state_dict().items()}
    metrics = Learner(policy, adamw(policy, (0.9, 0.95), 0.1), PolicyLoss(), DECODING, 1.0).update(dead, credit(dead, grpo().advantage), 0.1)
    assert metrics == {"loss": 0.0, "grad_norm": 0.0}
    assert all(torch.equal(before[k], v) for k, v in policy.model.state_dict().items())


def test_on_policy_the_ratio_is_one(groups: list[Group]) -> None:
    """The learner's log-probabilities are the sampler's, temperature and top-p included, so nothing is clipped and nothing has drifted."""
    metrics, _ = _gradient(collate(groups, 12), PolicyLoss(), 10**6)
    assert metrics["clipped"] == 0 and abs(metrics["drift"]) < 1e-8


def test_the_gradient_raises_rewarded_rollouts(groups: list[Group]) -> None:
    batch = collate(groups, 12)
    policy = _policy()
    learner = Learner(policy, adamw(policy, (0.9, 0.95), 0.0), PolicyLoss(), DECODING, 1.0)
    advantage_BT = credit(batch, grpo().advantage)
    losses = [learner.update(batch, advantage_BT, 1e-3)["loss"] for _ in range(5)]
    assert losses[-1] < losses[0] - 0.01


def test_a_gradient_that_is_not_finite_moves_no_weight(groups: list[Group]) -> None:
    batch = collate(groups, 12)
    policy = _policy()
    before = {k: v.clone() for k, v in policy.model.state_dict().items()}
    with pytest.raises(RunFailed, match="not finite; no step was taken"):
        Learner(policy, adamw(policy, (0.9, 0.95), 0.0), PolicyLoss(), DECODING, 1.0).update(batch, credit(batch, grpo().advantage) * float("inf"), 0.1)
    assert all(torch.equal(before[k], v) for k, v in policy.model.state_dict().items())


def test_minibatches_share_out_all_rollouts(groups: list[Group]) -> None:
    batch = collate(groups, 12)
    credit_BT = credit(batch, grpo().advantage)
    order = torch.randperm(24, generator=torch.Generator().manual_seed(0))
    parts = minibatches(batch, credit_BT, 5, order)
    assert sum(p.totals.rollouts for p, _ in parts) == 24 and sum(p.totals.tokens for p, _ in parts) == batch.totals.tokens
    for part, part_credit in parts:
        assert part.totals.tokens == int(part.mask_BT.sum()) and part_credit.shape == part.mask_BT.shape
    assert sum(float(c.sum()) for _, c in parts) == pytest.approx(float(credit_BT.sum()), abs=1e-4)


def test_more_minibatches_than_rollouts_are_as_many_as_there_are_rollouts(groups: list[Group]) -> None:
    """Filters may leave fewer rollouts than a pass has updates."""
    batch = collate(groups[:1], 12)
    parts = minibatches(batch, credit(batch, grpo().advantage), 9, torch.arange(4))
    assert [p.totals.rollouts for p, _ in parts] == [1] * 4


def test_collate_and_rows_keep_what_was_sampled(groups: list[Group]) -> None:
    batch = collate(groups, 12)
    rollouts = [r for g in groups for r in g.rollouts]
    part = rows(batch, torch.tensor([5, 2]))
    for b, i in enumerate([5, 2]):
        length = len(rollouts[i].tokens)
        assert tuple(part.tokens_BT[b, :length].tolist()) == rollouts[i].tokens
        assert part.mask_BT[b].sum() == length and part.prompts[b] == rollouts[i].prompt
    assert batch.group_B.tolist() == [g for g in range(6) for _ in range(4)]
    assert batch.totals.tokens == sum(len(r.tokens) for r in rollouts)
