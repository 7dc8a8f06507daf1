"""PRIME's implicit process reward: log-ratios of a model that learns outcomes online."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from statistics import fmean

import torch

from menolab.errors import check_range
from menolab.keys import Key
from menolab.losses.outcome_likelihood import OutcomeLikelihood
from menolab.models.base import Adapter
from menolab.models.policy import Policy
from menolab.records import Batch
from menolab.runs.checkpoint import Trained
from menolab.runs.run import Run
from menolab.stages.learner import Learner, frozen_copy, learner, minibatches
from menolab.stages.process import ProcessModel, ProcessReward
from menolab.stages.rescore import logprobs


@dataclass(frozen=True)
class ImplicitReward(ProcessReward):
    """r(y_t) = beta log pi_phi(y_t|...) / pi_ref(y_t|...), pi_phi learning from the outcomes of every batch before the policy does.

    Cui et al. 2025 (PRIME), arXiv:2502.01456, eq. 3 and algorithm 1: pi_phi starts as the reference, so all rewards are 0 at first; rewards are those of
    pi_phi before it learns from the batch (line 7 before line 8). The model is a second one of the policy's size; it learns what the policy learns,
    all weights or adapters of its own. What the authors' code does otherwise: its advantages take the log-ratio without beta.
    """

    paper = "arXiv:2502.01456, eq. 3"
    needs = frozenset({"reference_logprobs"})
    provides = frozenset({"token_rewards"})

    beta: float = 0.05
    """0.05 in section 4.1."""
    lr_scale: float = 2.0
    """Learning rate over the policy's: 1e-6 over 5e-7 in section 4.1."""
    minibatches: int = 1
    """Updates a batch."""
    double_forward: bool = False
    """Rewards of the model after it has learnt from the batch: the paper's appendix B finds it more often right and training no better."""

    def __post_init__(self) -> None:
        check_range("beta", self.beta, 0.0, open_low=True)
        check_range("lr_scale", self.lr_scale, 0.0, open_low=True)
        check_range("minibatches", self.minibatches, 1)

    def __call__(self, run: Run, policy: Policy, adapter: Adapter, key: Key) -> ProcessModel:
        own = adapter(frozen_copy(policy), key)
        return _OnlineModel(self, learner(run, own, OutcomeLikelihood(self.beta), run.setup.decoding, run.setup.weight_decay))


@dataclass
class _OnlineModel(ProcessModel):
    """pi_phi with its optimiser."""

    piece: ImplicitReward
    learns: Learner

    @property
    def trained(self) -> Mapping[str, Trained]:
        return {"process": (self.learns.policy.model, self.learns.optimizer)}

    def __call__(self, batch: Batch, lr: float, key: Key) -> tuple[Batch, dict[str, float]]:
        token_rewards_BT = self._rewards(batch)
        metrics = {"process_accuracy": pairs_in_order(token_rewards_BT.sum(-1), batch.reward_B, batch.group_B)}
        order_B = torch.from_numpy(key.numpy().permutation(batch.totals.rollouts))
        parts = minibatches(batch, batch.mask_BT.float(), self.piece.minibatches, order_B)
        reports = [self.learns.update(part, weight_BT, lr * self.piece.lr_scale) for part, weight_BT in parts]
        if self.piece.double_forward:
            token_rewards_BT = self._rewards(batch)
        metrics |= {f"process_{name}": fmean(report[name] for report in reports) for name in ("loss", "grad_norm")}
        return replace(batch, token_rewards_BT=token_rewards_BT), metrics

    def _rewards(self, batch: Batch) -> torch.Tensor:
        """`[B, T]`, 0 outside the mask: both log-probabilities are."""
        assert batch.reference_logprobs_BT is not None
        return self.piece.beta * (logprobs(self.learns.policy, batch, self.learns) - batch.reference_logprobs_BT)


def pairs_in_order(score_B: torch.Tensor, reward_B: torch.Tensor, group_B: torch.Tensor) -> float:
    """Share of the pairs of one group with unequal rewards that the scores order as the rewards do; equal scores, and no such pair, count one half.

    The accuracy of the paper's figure 5.
    """
    better_BB = (group_B[:, None] == group_B) & (reward_B[:, None] > reward_B)  # NaN, unscorable, is greater than nothing
    gap_BB = score_B[:, None] - score_B
    if not better_BB.any():
        return 0.5
    return float(((gap_BB[better_BB] > 0).double() + 0.5 * (gap_BB[better_BB] == 0).double()).mean())
