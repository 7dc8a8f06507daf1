"""PRIME: eq. 5 from rewards to gradient, and a toy on which process rewards help."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

import pytest

from credit_cases import CreditCase, check_gradient
from menolab.advantages.advantage import Chain
from menolab.advantages.leave_one_out import LeaveOneOut
from menolab.curricula.accuracy_range import AccuracyRange
from menolab.methods.prime import prime
from menolab.pieces import all_needs
from menolab.stages.implicit_reward import ImplicitReward
from menolab.stages.process import NoProcess
from oracles import leave_one_out_advantages, mean
from toy import curve


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("discount", [1.0, 0.9])
def test_from_rewards_to_gradient(seed: int, discount: float) -> None:
    """arXiv:2502.01456, eq. 5 and 6; the baseline of process rewards is the mean over the others of their mean token reward."""
    case = CreditCase(seed)
    outcome = case.per_group(leave_one_out_advantages)

    def advantage(b: int, t: int) -> float:
        others = [mean(case.token_rewards[i]) for i in case.scorable(case.group_of[b]) if i != b and case.lengths[i]]
        process = [case.token_rewards[b][s] - mean(others) if others else 0.0 for s in range(t, case.lengths[b])]
        return outcome[b] + math.fsum(discount**i * r for i, r in enumerate(process))

    check_gradient(case, prime(discount=discount), advantage, "TokenMean", (0.2, 0.2))


def test_what_it_is_made_of() -> None:
    method = prime()
    assert method.process == ImplicitReward(0.05, minibatches=4) and method.minibatches == 4 and method.sampler.group == 4
    assert method.filters == (AccuracyRange(0.2, 0.8),) and method.draws > 1
    assert all_needs(method) == {"token_rewards", "reference_logprobs"}


@pytest.mark.parametrize("seed", range(2))
def test_process_rewards_reach_letters_in_fewer_steps_than_outcomes_alone(seed: int, tmp_path: Path) -> None:
    """The same method with and without the process reward; a larger beta than the paper's, for a model that has eighteen steps instead of hundreds."""
    whole = prime(beta=0.5, draws=1)
    outcome = replace(whole, process=NoProcess(), advantage=Chain((LeaveOneOut(),)))
    curves = {name: curve(tmp_path / name, method, steps=18, seed=seed) for name, method in (("whole", whole), ("outcome", outcome))}
    accuracies = {name: [row["process_accuracy"] for row in rows if "process_accuracy" in row] for name, rows in curves.items()}  # none where no pair differs
    assert mean(accuracies["whole"][-5:]) > 0.75 and not accuracies["outcome"]
    rates = {name: [row["pass_rate"] for row in rows] for name, rows in curves.items()}
    assert sum(rates["whole"]) > sum(rates["outcome"]) and steps_to(rates["whole"], 0.75) < steps_to(rates["outcome"], 0.75)


def steps_to(rates: list[float], wanted: float) -> int:
    """Steps until the mean of three in a row is what is wanted; as many as there are if it never is."""
    return next((i for i in range(len(rates) - 2) if mean(rates[i : i + 3]) >= wanted), len(rates))
