"""DisCO and DRPO: the oracle, the constraint, and what neither difficulty nor length may do."""

from __future__ import annotations

import math

import pytest

from batches import gradient_of
from loss_cases import agrees, credit_of, everything, uneven
from menolab.errors import BadInput
from menolab.losses.discriminative import Discriminative
from menolab.methods.grpo import grpo
from menolab.pieces import all_needs
from oracles import Case, discriminative_loss


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("ratio", [False, True])
@pytest.mark.parametrize(("tau", "length"), [(10.0, None), (0.3, None), (None, None), (0.5, 0.1), (None, 0.3)])
@pytest.mark.parametrize(("beta", "delta"), [(1e3, 1e-4), (1e3, 10.0), (5.0, 0.0)])
def test_disco_and_drpo(seed: int, ratio: bool, tau: float | None, length: float | None, beta: float, delta: float) -> None:
    case = uneven(seed)
    if delta == 1e-4:
        case.old = [[lp + 0.02 for lp in row] for row in case.logprobs]  # KL 0.02: over the limit
    loss = Discriminative("ratio" if ratio else "likelihood", tau, length, beta, delta)
    value = lambda lps: discriminative_loss(case, lps, ratio=ratio, tau=tau, length=length, beta=beta, delta=delta)  # noqa: E731
    agrees(loss, everything(case, credit_of(case)), case, value)


def test_disco_constraint_is_nothing_inside_the_limit() -> None:
    case = uneven(3)
    case.old = [[lp + 1e-5 for lp in row] for row in case.logprobs]
    inside = Discriminative(delta=1e-4)(everything(case, credit_of(case)))
    assert inside.loss.item() == pytest.approx(-inside.metrics["margin"], abs=1e-15) and inside.metrics["kl"] == pytest.approx(1e-5)
    case.old = [[lp + 1e-2 for lp in row] for row in case.logprobs]
    outside = Discriminative(delta=1e-4)(everything(case, credit_of(case)))
    assert outside.loss.item() + outside.metrics["margin"] == pytest.approx(0.5e3 * (1e-2 - 1e-4) ** 2)


def _question(right: int, size: int = 8) -> Case:
    """One question with some right answers, all of one token, all equally likely."""
    case = Case(0)
    case.groups, case.lengths, case.rewards = [size], [1] * size, [float(i < right) for i in range(size)]
    case.logprobs = case.old = case.reference = [[-1.0]] * size
    return case


@pytest.mark.parametrize("tau", [None, 10.0])
def test_questions_are_not_weighed_by_difficulty_where_grpo_does(tau: float | None) -> None:
    """The sum of |d loss / d log pi| over a question: constant for DisCO, proportional to sqrt(p (1 - p)) for GRPO."""
    weights = []
    for right in (1, 4, 7):
        inputs = everything(_question(right), credit_of(_question(right)))
        Discriminative(tau=tau)(inputs).loss.backward()
        assert inputs.logprobs_BT.grad is not None
        weights.append(float(inputs.logprobs_BT.grad.abs().sum()))
    assert weights == pytest.approx([2.0] * 3)
    of_grpo = [sum(abs(x) for row in gradient_of(grpo(), _question(right)) for x in row) for right in (1, 4)]
    assert of_grpo[0] / of_grpo[1] == pytest.approx(math.sqrt(7 / 64) / math.sqrt(16 / 64), rel=1e-3)


def test_large_tau_is_disco_b_and_large_lambda_is_disco() -> None:
    case = uneven(1)
    value = lambda loss: loss(everything(case, credit_of(case))).loss.item()  # noqa: E731
    assert value(Discriminative(tau=1e7)) == pytest.approx(value(Discriminative(tau=None)), abs=1e-6)
    assert value(Discriminative(tau=0.3, length=1e7)) == pytest.approx(value(Discriminative(tau=0.3)), abs=1e-6)
    assert abs(value(Discriminative(tau=0.3)) - value(Discriminative(tau=None))) > 0.01


def test_drpo_never_pushes_a_right_answer_away_and_prefers_short_ones() -> None:
    """GRPO with a length penalty in the reward gives a long right answer a negative advantage; DRPO gives it a small positive weight."""
    case = Case(0)
    case.groups, case.lengths, case.rewards = [4], [2, 15, 3, 4], [1.0, 1.0, 1.0, 0.0]
    case.logprobs = [[-1.0] * n for n in case.lengths]
    case.old = case.reference = case.logprobs
    inputs = everything(case, credit_of(case))
    Discriminative(length=0.1)(inputs).loss.backward()
    assert inputs.logprobs_BT.grad is not None
    pull_B = -inputs.logprobs_BT.grad.sum(-1)
    assert pull_B[0] > pull_B[2] > pull_B[1] > 0 > pull_B[3]
    assert pull_B[:3].sum() == pytest.approx(1.0)
    shaped = [1.0 - n / case.limit if r else 0.3 for n, r in zip(case.lengths, case.rewards, strict=True)]
    assert shaped[1] - sum(shaped) / 4 < 0, "the penalised long right answer is below the mean"


def test_the_constraint_needs_the_whole_update() -> None:
    assert all_needs(Discriminative()) == {"whole_update"} and Discriminative().whole_groups


@pytest.mark.parametrize("fields", [{"score": "logits"}, {"tau": 0.0}, {"length": -1.0}, {"delta": -1.0}])
def test_values_that_make_no_sense(fields: dict) -> None:
    with pytest.raises(BadInput):
        Discriminative(**fields)
