"""Loss inputs with everything that any part may need, how to cut them into micro-batches, and what a part's own test asks of it."""

from __future__ import annotations

import itertools
import math
import random
from collections.abc import Callable, Sequence
from dataclasses import fields, replace

import pytest
import torch

from batches import batch_of, inputs_of, padded
from menolab.advantages.advantage import credit
from menolab.losses.aggregation import TokenMean
from menolab.losses.correction import Correction
from menolab.losses.loss import Loss, LossInputs
from menolab.losses.penalty import Penalty
from menolab.losses.policy_loss import PolicyLoss
from menolab.losses.ratio import TokenRatio
from menolab.losses.surrogate import Linear, Surrogate
from menolab.pieces import all_needs
from menolab.stages.reinforce import Reinforce
from oracles import Case, Ragged, clipped_objective, gradient, token_weights, weigh_case

OfToken = Callable[[float, float, float], float]
"""A number of log pi, log pi_old (or log pi_ref) and advantage."""

LEAVES = ("logprobs_BT", "entropy_BT", "normaliser_B", "values_BT")
"""What carries a gradient."""


class Extras:
    """What a `Case` lacks: entropies, the learner's own old log-probabilities, values and returns, start values."""

    def __init__(self, case: Case, seed: int = 0, *, near: float = 0.4):
        rng = random.Random(seed)
        self.entropy: Ragged = [[rng.uniform(0.1, 3.0) for _ in row] for row in case.logprobs]
        self.recomputed: Ragged = [[lp + rng.uniform(-near, near) for lp in row] for row in case.old]
        self.values: Ragged = [[rng.uniform(-1, 1) for _ in row] for row in case.logprobs]
        self.old_values: Ragged = [[v + rng.uniform(-0.5, 0.5) for v in row] for row in self.values]
        self.returns: Ragged = [[v + rng.uniform(-1, 1) for v in row] for row in self.values]
        self.start = [rng.uniform(0.0, 5.0) for _ in case.lengths]


def credit_of(case: Case) -> list[float]:
    """Some credit a rollout: reward minus the group's mean, doubled."""
    return case.per_group(lambda rewards: [2.0 * (r - sum(rewards) / len(rewards)) for r in rewards])


def everything(case: Case, credit: list[float], *, extra: int = 2, recomputed: bool = False) -> LossInputs:
    """float64 inputs with every optional field, the whole update included; tensors with a gradient are leaves."""
    width = max(case.lengths) + extra
    more = Extras(case)
    inputs = replace(
        inputs_of(case, torch.tensor(credit, dtype=torch.float64)[:, None].expand(-1, width).clone(), extra=extra),
        entropy_BT=padded(more.entropy, width).requires_grad_(True),
        recomputed_logprobs_BT=padded(more.recomputed, width) if recomputed else None,
        normaliser_B=torch.tensor(more.start, dtype=torch.float64, requires_grad=True),
        values_BT=padded(more.values, width).requires_grad_(True),
        old_values_BT=padded(more.old_values, width),
        returns_BT=padded(more.returns, width),
        row_B=torch.arange(len(case.lengths)),
    )
    still = {f.name: x.detach() for f in fields(inputs) if isinstance(x := getattr(inputs, f.name), torch.Tensor)}
    return replace(inputs, whole=replace(inputs, **still))


def cut(inputs: LossInputs, index_B: torch.Tensor) -> LossInputs:
    """Some rollouts of the update as a micro-batch of its own, no wider than it must be."""
    width = max(1, int(inputs.mask_BT[index_B].sum(-1).max()))
    own = {}
    for field in fields(inputs):
        value = getattr(inputs, field.name)
        if isinstance(value, torch.Tensor):
            part = value.detach()[index_B]
            part = (part[:, :width] if part.dim() == 2 else part).clone()
            own[field.name] = part.requires_grad_(True) if field.name in LEAVES else part
    return replace(inputs, **own)


def gradients(inputs: LossInputs) -> dict[str, torch.Tensor]:
    """Gradient of every leaf, zero where the loss does not use it."""
    leaves = {name: getattr(inputs, name) for name in LEAVES}
    return {name: torch.zeros_like(leaf) if leaf.grad is None else leaf.grad for name, leaf in leaves.items()}


def agrees(loss: Loss, inputs: LossInputs, case: Case, value: Callable[[Ragged], float] | None, slope: Ragged | None = None) -> None:
    """Value and gradient in the log-probabilities are the oracle's; `slope` where the gradient is not that of the value."""
    out = loss(inputs)
    out.loss.backward()
    grad_BT = inputs.logprobs_BT.grad
    assert grad_BT is not None and grad_BT.isfinite().all()
    if value is not None:
        assert out.loss.item() == pytest.approx(value(case.logprobs), abs=1e-11)
        slope = gradient(value, case.logprobs) if slope is None else slope
    assert slope is not None and any(abs(x) > 1e-6 for row in slope for x in row), "the oracle says nothing"
    for b, row in enumerate(slope):
        assert grad_BT[b, : len(row)].tolist() == pytest.approx(row, abs=2e-7, rel=1e-6)
        assert grad_BT[b, len(row) :].abs().sum() == 0, "padding has a gradient"


# ---- surrogates -------------------------------------------------------------------------------------------------------------------------------


def _per_token(case: Case, credit: list[float], logprobs: Ragged, of_token: OfToken) -> Ragged:
    rows = zip(logprobs, case.old, credit, strict=True)
    return [[-of_token(lp, old, a) for lp, old in zip(lps, olds, strict=True)] for lps, olds, a in rows]


def surrogate_agrees(surrogate: Surrogate, objective: OfToken, slope: OfToken | None = None) -> None:
    """On random batches far from the sampler, value and gradient are those of the objective; `slope` is d/dlog pi where the paper stops a gradient."""
    for seed in range(3):
        case = Case(seed, near=1.2)
        credit = credit_of(case)
        expected = None
        if slope is not None:
            pairs = zip(token_weights("TokenMean", case), _per_token(case, credit, case.logprobs, slope), strict=True)
            expected = [[w * x for w, x in zip(ws, xs, strict=True)] for ws, xs in pairs]
        value = lambda lps, c=case, a=credit: weigh_case(_per_token(c, a, lps, objective), "TokenMean", c)  # noqa: E731
        agrees(PolicyLoss(TokenRatio(), surrogate, TokenMean()), everything(case, credit), case, value, expected)


def mismatch_agrees(correction: Correction, level: str, bounded: Callable[[float], float], seed: int) -> None:
    """PPO from the learner's own old policy, each token times its bounded importance between sampler and learner (a token's or its response's)."""
    case = Case(seed)
    credit, start = credit_of(case), Extras(case).recomputed
    gaps = [[a - b for a, b in zip(row, old, strict=True)] for row, old in zip(start, case.old, strict=True)]
    weights = [[math.exp(sum(row) if level == "sequence" else gap) for gap in row] for row in gaps]
    cut_off = [[bounded(w) for w in row] for row in weights]
    assert cut_off != weights

    def oracle(logprobs: Ragged) -> float:
        rows = zip(logprobs, start, cut_off, credit, strict=True)
        per_token = [[-w * clipped_objective(x, o, a, 0.2, 0.2) for x, o, w in zip(xs, os, ws, strict=True)] for xs, os, ws, a in rows]
        return weigh_case(per_token, "SequenceMean", case)

    agrees(PolicyLoss(correction=correction), everything(case, credit, recomputed=True), case, oracle)


def agreement_changes_nothing(correction: Correction) -> None:
    """Where sampler and learner say the same, the loss is that without correction."""
    case = Case(1)
    inputs = everything(case, credit_of(case))
    same = replace(inputs, recomputed_logprobs_BT=inputs.old_logprobs_BT)
    loss = PolicyLoss(correction=correction)
    assert loss(same).loss.item() == pytest.approx(PolicyLoss()(inputs).loss.item(), abs=1e-14)
    assert all_needs(loss) == {"recomputed_logprobs"}


def one_token(surrogate: Surrogate, rho: float, advantage: float) -> tuple[float, float]:
    """Objective, and its slope in log pi, of one token."""
    logprob = torch.tensor([math.log(rho)], dtype=torch.float64, requires_grad=True)
    value = surrogate(logprob.exp(), torch.tensor([advantage], dtype=torch.float64))
    value.sum().backward()
    assert logprob.grad is not None
    return value.item(), logprob.grad.item()


def survives_underflow(surrogate: Surrogate) -> None:
    """A ratio that has underflowed to 0 gives no NaN."""
    logprob = torch.tensor([-200.0], requires_grad=True)
    surrogate(logprob.exp(), torch.tensor([-1.0])).sum().backward()
    assert logprob.grad is not None and logprob.grad.isfinite().all()


# ---- penalties --------------------------------------------------------------------------------------------------------------------------------


def penalty_agrees(penalty: Penalty, of_token: OfToken) -> None:
    """Value and gradient of the penalty alone; `of_token` is given log pi, log pi_old and log pi_ref."""
    for seed in range(3):
        case = Case(seed)

        def oracle(logprobs: Ragged, case: Case = case) -> float:
            rows = zip(logprobs, case.old, case.reference, strict=True)
            return weigh_case([[of_token(*token) for token in zip(*row, strict=True)] for row in rows], "TokenMean", case)

        agrees(PolicyLoss(TokenRatio(), Linear(), TokenMean(), penalty), everything(case, [0.0] * len(case.lengths)), case, oracle)


POLICY = torch.tensor([0.3, -1.2, 0.8, 0.1, -0.4], dtype=torch.float64)
REFERENCE = torch.tensor([-0.5, 0.6, 0.0, 0.9, -0.2], dtype=torch.float64)
SAMPLER = torch.tensor([1.0, 0.0, 0.5, -0.7, 0.2], dtype=torch.float64)
"""Logits of three softmaxes over five tokens."""


def expected_gradient(penalty: Penalty | None, sampler: torch.Tensor) -> torch.Tensor:
    """Gradient in the policy's logits, averaged exactly over the tokens that `sampler` draws; None: that of KL(pi || pi_ref) itself."""
    logits = POLICY.clone().requires_grad_(True)
    logprobs, reference, old = logits.log_softmax(0), REFERENCE.log_softmax(0), sampler.log_softmax(0)
    if penalty is None:
        (logprobs.exp() * (logprobs - reference)).sum().backward()
    else:
        case = Case(0)
        case.groups, case.lengths, case.rewards = [5], [1] * 5, [0.0] * 5
        case.logprobs, case.old, case.reference = ([[x] for x in values.tolist()] for values in (logprobs, old, reference))
        each_B1 = penalty(replace(everything(case, [0.0] * 5, extra=0), logprobs_BT=logprobs[:, None]))
        (old.exp() * each_B1[:, 0]).sum().backward()
    assert logits.grad is not None
    return logits.grad


# ---- an enumerable space: every sequence of two tokens of three, one problem ------------------------------------------------------------------

SEQUENCES = list(itertools.product(range(3), repeat=2))
REWARDS = [0.2 * a + 0.7 * (a == b) for a, b in SEQUENCES]
ALL_KINDS = [1, 4, 2, 1, 3, 1, 1, 2, 1]
"""How often each sequence is in an off-policy batch: a distribution with full support that is neither the reference nor the optimum."""


class Table:
    """An autoregressive policy as a table of logits: one row for the first token, one for each that may follow it."""

    def __init__(self, seed: int):
        generator = torch.Generator().manual_seed(seed)
        self.logits = torch.randn(4, 3, generator=generator, dtype=torch.float64).requires_grad_(True)

    def logprobs(self) -> torch.Tensor:
        """`[9, 2]`, of every sequence."""
        table = self.logits.log_softmax(-1)
        return torch.stack([torch.stack([table[0, a], table[1 + a, b]]) for a, b in SEQUENCES])

    def start(self) -> torch.Tensor:
        """log-sum-exp of the first row."""
        return self.logits[0].logsumexp(0)


def minimise(loss: Loss, data: Table, reference: Table, copies: list[int], credit: list[float]) -> Table:
    """The policy that minimises the loss on a fixed batch that holds sequence i `copies[i]` times, with the log-probabilities of `data`."""
    rows = [i for i, n in enumerate(copies) for _ in range(n)]
    case = Case(0)
    case.groups, case.lengths, case.rewards = [len(rows)], [2] * len(rows), [REWARDS[i] for i in rows]
    case.old, case.reference = ([table.logprobs().tolist()[i] for i in rows] for table in (data, reference))
    case.logprobs = case.old
    base = everything(case, [credit[i] for i in rows], extra=0)
    policy = Table(99)
    optimizer = torch.optim.LBFGS([policy.logits], lr=0.5, max_iter=1500, tolerance_grad=1e-11, tolerance_change=1e-16, line_search_fn="strong_wolfe")

    def closure() -> torch.Tensor:
        optimizer.zero_grad()
        value = loss(replace(base, logprobs_BT=policy.logprobs()[rows], normaliser_B=policy.start().expand(len(rows)))).loss
        value.backward()
        return value

    optimizer.step(closure)
    return policy


def optimum(anchor: Table, beta: float) -> tuple[torch.Tensor, float]:
    """pi_anchor exp(r / beta) / Z over the nine sequences, and log Z."""
    scores = anchor.logprobs().detach().sum(-1) + torch.tensor(REWARDS, dtype=torch.float64) / beta
    return (scores - scores.logsumexp(0)).exp(), float(scores.logsumexp(0))


def uneven(seed: int) -> Case:
    """A case whose rewards differ in two groups, one member being unscorable."""
    case = Case(seed)
    case.rewards[:4], case.rewards[8:11] = [1.0, 0.0, 1.0, 0.0], [0.3, None, 0.9]
    return case


# ---- methods ----------------------------------------------------------------------------------------------------------------------------------


def method_inputs(case: Case, method: Reinforce) -> LossInputs:
    """What the method's loss sees of the case: credit as its own advantage gives it."""
    return replace(everything(case, [0.0] * len(case.lengths)), credit_BT=credit(batch_of(case), method.advantage).double())


def method_agrees(method: Reinforce, oracle: Callable[[Case, Ragged], float], slope: Callable[[Case], Ragged] | None = None) -> None:
    """From rewards to gradient as in the paper; `slope` where the gradient is not that of the value. Advantages are float32, hence the tolerance."""
    for seed in range(2):
        case = uneven(seed)
        inputs = method_inputs(case, method)
        out = method.loss(inputs)
        out.loss.backward()
        assert out.loss.item() == pytest.approx(oracle(case, case.logprobs), rel=1e-5, abs=1e-6)
        expected = gradient(lambda lps, c=case: oracle(c, lps), case.logprobs) if slope is None else slope(case)
        assert inputs.logprobs_BT.grad is not None and any(abs(x) > 1e-4 for row in expected for x in row)
        for b, row in enumerate(expected):
            assert inputs.logprobs_BT.grad[b, : len(row)].tolist() == pytest.approx(row, rel=1e-4, abs=2e-6)


def centred(rewards: Sequence[float]) -> list[float]:
    """Minus their mean."""
    return [r - sum(rewards) / len(rewards) for r in rewards]


def token_losses(case: Case, logprobs: Ragged, advantages: list[float], objective: OfToken) -> Ragged:
    """Minus the objective of every token."""
    return _per_token(case, advantages, logprobs, objective)
