"""How per-token losses become one number: weights that add up the same however the update is cut into micro-batches.

The field's names for them: token-mean is `TokenMean`, seq-mean-token-mean `SequenceMean`, seq-mean-token-sum `SequenceSum`, seq-mean-token-sum-norm
`LimitMean`; `GroupTokenMean` is DAPO's equation as it is written.
"""

from __future__ import annotations

import abc
from dataclasses import dataclass

import torch

from menolab.losses.loss import LossInputs
from menolab.pieces import Piece


class Aggregation(Piece):
    """`weights_BT = aggregate(inputs)`; the loss is the weighted sum of per-token losses. Zero outside the mask."""

    @abc.abstractmethod
    def __call__(self, inputs: LossInputs) -> torch.Tensor:
        """Weights `[B, T]`, float64 until they meet the losses."""


@dataclass(frozen=True)
class SequenceMean(Aggregation):
    """Mean over each response's tokens, then mean over responses: 1/N sum_i 1/|o_i| sum_t.

    Shao et al. 2024, arXiv:2402.03300, eq. 3. A token of a long response weighs less: the length bias that Dr. GRPO removes. Empty responses weigh nothing.
    """

    paper = "arXiv:2402.03300, eq. 3"

    def __call__(self, inputs: LossInputs) -> torch.Tensor:
        length_B = inputs.mask_BT.sum(-1, keepdim=True).clamp_min(1)
        return inputs.mask_BT.double() / length_B / inputs.totals.rollouts


@dataclass(frozen=True)
class TokenMean(Aggregation):
    """Mean over all response tokens of the update: 1/(sum_i |o_i|) sum_i sum_t.

    Yu et al. 2025 (DAPO), arXiv:2503.14476, eq. 8, over the whole update rather than one group at a time, as their code has it.
    """

    paper = "arXiv:2503.14476, eq. 8"

    def __call__(self, inputs: LossInputs) -> torch.Tensor:
        return inputs.mask_BT.double() / max(inputs.totals.tokens, 1)


@dataclass(frozen=True)
class GroupTokenMean(Aggregation):
    """Mean over the tokens of each group, then mean over groups: 1/Q sum_q 1/(sum_i |o_qi|) sum_i sum_t. Every problem weighs the same.

    Yu et al. 2025 (DAPO), arXiv:2503.14476, eq. 8, as written: the sum over i runs over the group of one question, and the expectation is over questions.
    """

    paper = "arXiv:2503.14476, eq. 8"

    def __call__(self, inputs: LossInputs) -> torch.Tensor:
        return inputs.mask_BT.double() / inputs.group_tokens_B.clamp_min(1)[:, None] / inputs.totals.groups


@dataclass(frozen=True)
class SequenceSum(Aggregation):
    """Sum over each response's tokens, mean over responses: 1/N sum_i sum_t. The policy gradient of whole responses.

    Williams 1992; Ahmadian et al. 2024, arXiv:2402.14740, eq. 3: the whole completion is one action, log pi(y|x) = sum_t log pi(y_t|...).
    """

    paper = "arXiv:2402.14740, eq. 3"

    def __call__(self, inputs: LossInputs) -> torch.Tensor:
        return inputs.mask_BT.double() / inputs.totals.rollouts


@dataclass(frozen=True)
class LimitMean(Aggregation):
    """Sum over tokens divided by the token limit, mean over responses: 1/N sum_i 1/L sum_t with L the same for every response.

    Liu et al. 2025 (Dr. GRPO), arXiv:2503.20783, section 3.2 and listing 1 (masked sum over MAX_TOKENS): unbiased up to the constant 1/L.
    """

    paper = "arXiv:2503.20783, listing 1"

    def __call__(self, inputs: LossInputs) -> torch.Tensor:
        return inputs.mask_BT.double() / inputs.totals.limit / inputs.totals.rollouts
