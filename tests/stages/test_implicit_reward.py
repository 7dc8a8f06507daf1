"""PRIME's implicit process reward through a real model: what it says, what it learns, and that nothing else moves."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch

from menolab.advantages.advantage import Chain
from menolab.advantages.leave_one_out import LeaveOneOut
from menolab.advantages.token_rewards import TokenRewards
from menolab.engines.decoding import Decoding
from menolab.engines.torch_engine import TorchEngine
from menolab.errors import BadInput
from menolab.keys import Key
from menolab.losses.loss import LossInputs
from menolab.losses.outcome_likelihood import OutcomeLikelihood
from menolab.models.base import Adapter
from menolab.models.lora import Full, LoRA
from menolab.models.scoring import score
from menolab.records import Batch
from menolab.rewards.accuracy import Accuracy
from menolab.rewards.judge import judge
from menolab.rewards.token_repetition import TokenRepetition
from menolab.samplers.independent import Independent
from menolab.stages.collate import collate
from menolab.stages.implicit_reward import ImplicitReward, pairs_in_order
from menolab.stages.learner import frozen_copy
from menolab.stages.process import NoProcess
from menolab.stages.reinforce import Reinforce
from tiny import LAUNCH, tiny_run, tiny_setup

KEY = Key.root(0)
DECODING, FULL = Decoding(max_tokens=12), Full()


@pytest.fixture(scope="module")
def batch() -> Batch:
    """Groups of four, half of each right, with reference log-probabilities of the policy that sampled."""
    task, policy = tiny_setup().task, tiny_setup().base(KEY)
    problems = [task(KEY.fold(i)) for i in range(5)]
    groups = judge(Independent(4)(TorchEngine(policy), problems, DECODING, KEY.fold("rollouts")), task, (), (), 0.0)
    made = collate([g.with_rollouts(tuple(replace(r, reward=float(j % 2)) for j, r in enumerate(g.rollouts))) for g in groups], 12)
    with torch.no_grad():
        reference_BT = score(policy, made.prompts, made.tokens_BT, made.mask_BT, DECODING).logprobs_BT
    return replace(made, reference_logprobs_BT=reference_BT)


def _model(folder: Path, piece: ImplicitReward, adapter: Adapter = FULL, **launch: Any) -> Any:
    run = tiny_run(folder, launch=replace(LAUNCH, **launch), decoding=DECODING)
    return piece(run, tiny_setup().base(KEY), adapter, KEY)


def _rewards(batch: Batch) -> torch.Tensor:
    assert batch.token_rewards_BT is not None
    return batch.token_rewards_BT


def test_a_new_model_rewards_nothing_and_learns_before_it_is_asked_again(batch: Batch, tmp_path: Path) -> None:
    model = _model(tmp_path / "run", ImplicitReward())
    first, said = model(batch, 1e-2, KEY)
    assert _rewards(first).abs().max() < 1e-6 and said["process_accuracy"] == pytest.approx(0.5, abs=0.2)
    assert said["process_loss"] == pytest.approx(0.6931, abs=1e-3) and said["process_grad_norm"] > 0
    second, _ = model(batch, 1e-2, KEY)
    assert _rewards(second).abs().max() > 1e-3
    fresh, _ = _model(tmp_path / "double", ImplicitReward(double_forward=True))(batch, 1e-2, KEY)
    torch.testing.assert_close(_rewards(fresh), _rewards(second), atol=1e-5, rtol=1e-4)


def test_the_sum_of_token_rewards_is_beta_times_the_log_ratio_of_the_sequences(batch: Batch, tmp_path: Path) -> None:
    model = _model(tmp_path / "run", ImplicitReward(0.3), micro_tokens=60)
    model(batch, 1e-2, KEY)
    found, _ = model(batch, 0.0, KEY)
    policy, reference = model.learns.policy, tiny_setup().base(KEY)
    for b, n in enumerate(batch.mask_BT.sum(-1).tolist()):
        sequence = torch.tensor([[*batch.prompts[b], *batch.tokens_BT[b, :n].tolist()]])
        ratios = []
        for own in (policy, reference):
            with torch.no_grad():
                logprobs = own.plain(sequence).logits[0].double().log_softmax(-1)
            ratios.append([float(logprobs[len(batch.prompts[b]) + t - 1, sequence[0, len(batch.prompts[b]) + t]]) for t in range(n)])
        expected = [0.3 * (x - y) for x, y in zip(*ratios, strict=True)]
        assert _rewards(found)[b, :n].tolist() == pytest.approx(expected, abs=1e-4)
        assert float(_rewards(found)[b].sum()) == pytest.approx(0.3 * (sum(ratios[0]) - sum(ratios[1])), abs=1e-3)
        assert (_rewards(found)[b, n:] == 0).all()


def test_outcome_labels_drive_it_to_separate_right_from_wrong(batch: Batch, tmp_path: Path) -> None:
    model = _model(tmp_path / "run", ImplicitReward(0.3))
    said = [model(batch, 3e-3, KEY)[1] for _ in range(30)]
    assert said[-1]["process_accuracy"] == 1.0 and said[-1]["process_loss"] < 0.3
    score_B = _rewards(model(batch, 0.0, KEY)[0]).sum(-1)
    assert score_B[batch.reward_B == 1].min() > score_B[batch.reward_B == 0].max()


def test_micro_batches_change_nothing(batch: Batch, tmp_path: Path) -> None:
    found = []
    for micro_tokens in (10**6, 1, 100):
        model = _model(tmp_path / str(micro_tokens), ImplicitReward(1.0), micro_tokens=micro_tokens)
        said = model(batch, 0.0, KEY)[1]
        found.append((said["process_loss"], torch.cat([p.grad.flatten() for p in model.learns.policy.model.parameters() if p.grad is not None])))
    for loss, gradient in found[1:]:
        assert loss == pytest.approx(found[0][0], rel=1e-4)
        torch.testing.assert_close(gradient, found[0][1], atol=5e-6, rtol=1e-3)


def test_policy_and_reference_stay_where_they_are(batch: Batch, tmp_path: Path) -> None:
    run, policy = tiny_run(tmp_path / "run", decoding=DECODING), tiny_setup().base(KEY)
    before = frozen_copy(policy)
    ImplicitReward()(run, policy, Full(), KEY)(batch, 1e-2, KEY)
    assert all(torch.equal(a, b) for a, b in zip(policy.model.parameters(), before.model.parameters(), strict=True))


def test_minibatches_are_updates_and_adapters_are_what_learns(batch: Batch, tmp_path: Path) -> None:
    model = _model(tmp_path / "run", ImplicitReward(minibatches=4), LoRA(rank=2))
    steps, real = [], model.learns.optimizer.step
    model.learns.optimizer.step = lambda *a, **k: (steps.append(1), real(*a, **k))  # type: ignore[method-assign]
    model(batch, 1e-2, KEY)
    assert len(steps) == 4
    assert all("lora_" in name for name, p in model.trained["process"][0].named_parameters() if p.requires_grad)


def test_pairs_in_order() -> None:
    nan = float("nan")
    reward_B, group_B = torch.tensor([1.0, 0.0, 0.0, 1.0, nan, 0.5]), torch.tensor([0, 0, 0, 1, 1, 1])
    assert pairs_in_order(torch.tensor([3.0, 1.0, 2.0, 9.0, 0.0, 1.0]), reward_B, group_B) == 1.0
    assert pairs_in_order(torch.tensor([1.5, 1.0, 2.0, 9.0, 0.0, 9.0]), reward_B, group_B) == pytest.approx((1 + 0 + 0.5) / 3)
    assert pairs_in_order(torch.tensor([1.0, 2.0]), torch.tensor([1.0, 1.0]), torch.tensor([0, 0])) == 0.5, "nothing to tell apart"


def test_its_loss_is_the_paper_s(batch: Batch, tmp_path: Path) -> None:
    model = _model(tmp_path / "run", ImplicitReward(0.3))
    assert model.learns.loss == OutcomeLikelihood(0.3) and model.learns.reference is None
    inputs = model.learns._inputs(batch, batch.mask_BT.float(), torch.arange(4))
    assert isinstance(inputs, LossInputs) and inputs.reference_logprobs_BT is not None, "the batch's, not computed again"


def test_a_process_reward_that_nothing_reads_is_refused_and_token_rewards_without_one_too() -> None:
    assert Reinforce(advantage=TokenRewards(), process=ImplicitReward()).process == ImplicitReward()
    with pytest.raises(BadInput, match="no part of the advantage reads"):
        Reinforce(advantage=LeaveOneOut(), process=ImplicitReward())
    with pytest.raises(BadInput, match="does not provide token_rewards"):
        Reinforce(advantage=TokenRewards(), process=NoProcess())


@pytest.mark.parametrize("fields", [{"beta": 0.0}, {"lr_scale": -1.0}, {"minibatches": 0}])
def test_values_that_make_no_sense(fields: dict[str, Any]) -> None:
    with pytest.raises(BadInput):
        ImplicitReward(**fields)


def test_reward_terms_that_reward_tokens_are_not_silently_replaced() -> None:
    with pytest.raises(BadInput, match="take the place"):
        Reinforce(rewards=(Accuracy(), TokenRepetition()), advantage=Chain((TokenRewards(),)), process=ImplicitReward())
