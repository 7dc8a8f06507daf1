"""The critic through a real model: values and returns, what it learns, and that no cut of the update changes it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch

from menolab.advantages.advantage import Chain, credit
from menolab.advantages.gae import GAE
from menolab.engines.decoding import Decoding
from menolab.engines.torch_engine import TorchEngine
from menolab.errors import BadInput, RunFailed
from menolab.keys import Key
from menolab.losses.aggregation import SequenceMean, TokenMean
from menolab.losses.clipped_value import ClippedValue
from menolab.losses.policy_loss import PolicyLoss
from menolab.losses.surrogate import Linear
from menolab.models.fresh import Fresh
from menolab.models.lora import Full, LoRA
from menolab.models.policy import Policy
from menolab.records import Batch, Totals
from menolab.rewards.judge import judge
from menolab.samplers.independent import Independent
from menolab.stages.collate import collate
from menolab.stages.critic import NoCritic, SeparateCritic, ValueModel
from menolab.stages.learner import Learner, learner
from menolab.stages.reinforce import Reinforce
from menolab.stages.rescore import explained, with_values
from tiny import LAUNCH, tiny_run, tiny_setup

KEY = Key.root(0)
DECODING = Decoding(max_tokens=12, temperature=0.9)
LOSSES = [PolicyLoss(aggregate=TokenMean(), penalty=ClippedValue()), PolicyLoss(aggregate=SequenceMean(), penalty=ClippedValue(2.0, 0.05))]


@pytest.fixture(scope="module")
def batch() -> Batch:
    """Sampled groups with made-up rewards, one of them unscorable."""
    task = tiny_setup().task
    problems = [task(KEY.fold(i)) for i in range(5)]
    groups = judge(Independent(4)(TorchEngine(tiny_setup().base(KEY)), problems, DECODING, KEY.fold("rollouts")), task, (), (), 0.0)

    def reward(i: int, j: int) -> float | None:
        return None if (i, j) == (3, 1) else float((i + j) % 3 == 0)

    return collate([g.with_rollouts(tuple(replace(r, reward=reward(i, j)) for j, r in enumerate(g.rollouts))) for i, g in enumerate(groups)], 12)


def _parts(folder: Path, loss: PolicyLoss, critic: SeparateCritic | None = None, **launch: Any) -> tuple[Learner, ValueModel]:
    """A learner with its critic, whose head already says something."""
    run = tiny_run(folder, launch=replace(LAUNCH, **launch), max_grad_norm=1e9, decoding=DECODING)
    policy = tiny_setup().base(KEY)
    made = (critic or SeparateCritic())(run, policy, Full(), KEY)
    with torch.no_grad():
        torch.nn.init.normal_(made.headed.head.weight, std=0.3, generator=torch.Generator().manual_seed(0))
    return learner(run, policy, loss, DECODING, 0.0, critic=made), made


def _gradient(model: torch.nn.Module) -> torch.Tensor:
    return torch.cat([p.grad.flatten() for p in model.parameters() if p.grad is not None])


def _update(learns: Learner, critic: ValueModel, batch: Batch, lr: float = 0.0) -> dict[str, float]:
    known = with_values(batch, critic, learns)
    return learns.update(known, credit(known, GAE()), lr)


@pytest.mark.parametrize("loss", LOSSES, ids=["tokens", "sequences"])
def test_micro_batches_change_neither_loss_nor_either_gradient(batch: Batch, loss: PolicyLoss, tmp_path: Path) -> None:
    found = []
    for micro_tokens in (10**6, 1, 150):
        learns, critic = _parts(tmp_path / str(micro_tokens), loss, micro_tokens=micro_tokens)
        metrics = _update(learns, critic, batch)
        found.append((metrics, _gradient(learns.policy.model), _gradient(critic.headed.model)))
    metrics, policy_gradient, critic_gradient = found[0]
    assert policy_gradient.norm() > 1e-3 and critic_gradient.norm() > 1e-3
    assert metrics["critic_grad_norm"] == pytest.approx(float(critic_gradient.norm()), rel=1e-5)
    for other, other_policy, other_critic in found[1:]:
        assert other == pytest.approx(metrics, rel=2e-4, abs=1e-5)
        torch.testing.assert_close(other_policy, policy_gradient, atol=5e-6, rtol=1e-3)
        torch.testing.assert_close(other_critic, critic_gradient, atol=5e-6, rtol=1e-3)


def test_values_are_the_critic_s_and_returns_are_the_estimate_plus_the_value(batch: Batch, tmp_path: Path) -> None:
    learns, critic = _parts(tmp_path / "run", LOSSES[0], critic=SeparateCritic(GAE(0.9, 0.7)), micro_tokens=100)
    known = with_values(batch, critic, learns)
    assert known.values_BT is not None and known.returns_BT is not None
    whole_BT = critic.headed(batch.prompts, batch.tokens_BT, batch.mask_BT).detach()
    torch.testing.assert_close(known.values_BT, whole_BT, atol=1e-5, rtol=1e-5)
    for b, n in enumerate(batch.mask_BT.sum(-1).tolist()):
        values, reward = known.values_BT[b, :n].double().tolist(), float(batch.reward_B[b])
        deltas = [(reward if t == n - 1 else 0.9 * values[t + 1]) - values[t] for t in range(n)]
        expected = [values[t] + sum((0.9 * 0.7) ** (s - t) * deltas[s] for s in range(t, n)) for t in range(n)]
        assert known.returns_BT[b, :n].tolist() == pytest.approx(values if reward != reward else expected, abs=1e-5)
        assert (known.returns_BT[b, n:] == 0).all()


def test_an_unscorable_rollout_teaches_the_critic_nothing(batch: Batch, tmp_path: Path) -> None:
    learns, critic = _parts(tmp_path / "run", LOSSES[0])
    lost = replace(batch, reward_B=torch.full_like(batch.reward_B, float("nan")))
    assert _update(learns, critic, lost)["critic_grad_norm"] < 1e-6


def test_the_critic_learns_what_to_expect_and_the_policy_does_not_notice(batch: Batch, tmp_path: Path) -> None:
    """Zero credit moves the critic alone; its values come to explain the returns."""
    learns, critic = _parts(tmp_path / "run", replace(LOSSES[0], surrogate=Linear(), penalty=ClippedValue(1.0, 100.0)), critic=SeparateCritic(GAE(1.0, 1.0)))
    before = {k: v.clone() for k, v in learns.policy.model.state_dict().items()}
    known = with_values(batch, critic, learns)
    nothing_BT = torch.zeros(batch.mask_BT.shape)
    losses = [learns.update(known, nothing_BT, 2e-3)["loss"] for _ in range(60)]
    assert losses[-1] < 0.2 * losses[0]
    assert explained(known) < 0.1 and explained(with_values(batch, critic, learns)) > 0.5
    assert all(torch.equal(before[k], v) for k, v in learns.policy.model.state_dict().items())


def test_a_value_that_is_not_finite_moves_neither_model(batch: Batch, tmp_path: Path) -> None:
    learns, critic = _parts(tmp_path / "run", LOSSES[0])
    known = with_values(batch, critic, learns)
    assert known.returns_BT is not None
    models = (learns.policy.model, critic.headed.model)
    before = [{k: v.clone() for k, v in model.state_dict().items()} for model in models]
    with pytest.raises(RunFailed, match="not finite; no step was taken"):
        learns.update(replace(known, returns_BT=known.returns_BT * float("inf")), credit(known, GAE()), 0.1)
    for model, old in zip(models, before, strict=True):
        assert all(torch.equal(old[k], v) for k, v in model.state_dict().items())


def test_the_critic_starts_at_zero_on_weights_of_its_own(tmp_path: Path) -> None:
    run, policy = tiny_run(tmp_path / "run"), tiny_setup().base(KEY)
    critic = SeparateCritic()(run, policy, Full(), KEY)
    assert not any(a is b for a in policy.model.parameters() for b in critic.headed.trunk.model.parameters())
    for own, copied in zip(policy.model.parameters(), critic.headed.trunk.model.parameters(), strict=True):
        assert torch.equal(own, copied) and copied.requires_grad and own.requires_grad
    assert not critic.headed.head.weight.any() and not critic.headed.head.bias.any()


def test_with_adapters_the_critic_learns_adapters_and_its_head(tmp_path: Path) -> None:
    run, policy = tiny_run(tmp_path / "run"), tiny_setup().base(KEY)
    critic = SeparateCritic()(run, policy, LoRA(rank=2), KEY)
    learnt = {name for name, p in critic.headed.model.named_parameters() if p.requires_grad}
    assert {"head.weight", "head.bias"} < learnt and all("lora_" in name or name.startswith("head.") for name in learnt)
    assert not hasattr(policy.model, "peft_config")


def test_a_head_for_words_that_is_a_matrix_of_its_own_is_left_out(tmp_path: Path) -> None:
    run = tiny_run(tmp_path / "run")
    untied = Fresh(width=32, layers=1, heads=2, kv_heads=1, head_width=16, mlp=64, context=128, tied=False)(KEY)
    critic = SeparateCritic()(run, untied, Full(), KEY)
    still = [name for name, p in critic.headed.model.named_parameters() if not p.requires_grad]
    assert still == ["trunk.lm_head.weight"]
    assert isinstance(untied, Policy) and all(p.requires_grad for p in untied.model.parameters())


def test_explained_variance() -> None:
    mask_BT = torch.tensor([[True, True], [True, False]])
    batch = collate_like(mask_BT, returns=[[1.0, 0.0], [2.0, 9.0]], values=[[1.0, 1.0], [2.0, 7.0]])
    assert explained(batch) == pytest.approx(1 - (2 / 9) / (2 / 3))
    assert explained(collate_like(mask_BT, [[1.0, 1.0], [1.0, 5.0]], [[0.0, 3.0], [1.0, 2.0]])) == 0.0, "nothing varies"


def collate_like(mask_BT: torch.Tensor, returns: list[list[float]], values: list[list[float]]) -> Batch:
    """A batch of which only returns and values count."""
    B = len(mask_BT)
    return Batch(
        prompts=((1,),) * B,
        tokens_BT=torch.zeros_like(mask_BT, dtype=torch.int64),
        mask_BT=mask_BT,
        logprobs_BT=torch.zeros(mask_BT.shape),
        reward_B=torch.zeros(B),
        group_B=torch.arange(B),
        truncated_B=torch.zeros(B, dtype=torch.bool),
        totals=Totals(B, int(mask_BT.sum()), B, 4),
        returns_BT=torch.tensor(returns),
        values_BT=torch.tensor(values),
    )


def test_a_critic_that_nothing_teaches_is_refused_and_values_without_a_critic_too() -> None:
    taught = PolicyLoss(penalty=ClippedValue())
    assert Reinforce(advantage=Chain((GAE(),)), loss=taught, critic=SeparateCritic()).critic == SeparateCritic()
    with pytest.raises(BadInput, match="no part of the loss teaches it"):
        Reinforce(advantage=Chain((GAE(),)), critic=SeparateCritic())
    with pytest.raises(BadInput, match="does not provide values"):
        Reinforce(advantage=GAE(), critic=NoCritic())
    with pytest.raises(BadInput, match="does not provide values"):
        Reinforce(loss=taught)
    with pytest.raises(BadInput, match="lr_scale"):
        SeparateCritic(lr_scale=0.0)
