"""T1: penalties for degenerate text, entropy that lasts, an anchor that moves."""

from __future__ import annotations

from dataclasses import replace

import pytest

from credit_cases import CreditCase
from loss_cases import everything
from menolab.losses.penalty import KLToReference
from menolab.losses.policy_loss import PolicyLoss
from menolab.losses.ratio import OnPolicy
from menolab.losses.surrogate import Linear
from menolab.methods.t1 import t1
from menolab.records import Group, Problem, Rollout, right
from menolab.stages.reinforce import Reinforce
from oracles import Ragged, gradient, k3, leave_one_out_advantages, mean, weigh
from table import Table, task, train


@pytest.mark.parametrize("seed", range(3))
def test_from_rewards_to_gradient(seed: int) -> None:
    """-A log pi + beta k3, a mean over each response; and the entropy's own gradient."""
    case = CreditCase(seed)
    weights = case.per_group(leave_one_out_advantages)
    inputs = everything(case, weights)
    t1(entropy=0.01, beta=0.5).loss(inputs).loss.backward()
    assert inputs.logprobs_BT.grad is not None and inputs.entropy_BT is not None and inputs.entropy_BT.grad is not None

    def loss(logprobs: Ragged) -> float:
        rows = zip(logprobs, case.reference, weights, strict=True)
        return weigh([[-a * lp + 0.5 * k3(lp, ref) for lp, ref in zip(lps, refs, strict=True)] for lps, refs, a in rows], "SequenceMean", case.limit)

    for b, row in enumerate(gradient(loss, case.logprobs)):
        n = len(row)
        assert inputs.logprobs_BT.grad[b, :n].tolist() == pytest.approx(row, abs=1e-6)
        assert inputs.entropy_BT.grad[b, :n].tolist() == pytest.approx([-0.01 / max(n, 1) / len(case.lengths)] * n)


def _worth(tokens: tuple[int, ...], text: str, finish: str) -> float:
    r = Rollout((1,), tokens, (-0.1,) * len(tokens), text, finish, verdict=right("c", "", "1"))  # type: ignore[arg-type]
    group = Group(Problem("p", "t", "?", "1"), (r,), 20)
    return sum(w * (term(group, 0.0)[0] or 0.0) for w, term in zip(t1().weights, t1().rewards, strict=True))


def test_degenerate_outputs_are_penalised() -> None:
    assert _worth((1, 2, 3), "fine", "stop") == 1.0
    assert _worth((1, 2) * 10, "fine", "length") == pytest.approx(1.0 - 1.0 - 1.0), "a loop up to the limit"
    assert _worth(tuple(range(18)), "fine", "stop") == pytest.approx(0.5), "half way into the last fifth"
    assert _worth((1, 2, 3), "fi\ufffd\ufffd", "stop") == 0.5


def _outcome(method: Reinforce, scores: dict[str, float], seed: int = 0, steps: int = 60) -> tuple[float, float]:
    """Entropy and mean reward of a table of six letters, "d" rare in it, after training."""
    table, (made, problem) = Table("abcdef").put("p", d=-1.5), task(**scores)
    train(replace(method, rewards=method.rewards[:1], weights=(1.0,)), table, made, problem, steps, lr=1.0, limit=1, problems=1, seed=seed)
    p = table.at(table.encode("p")).detach().softmax(-1)
    return float(-(p * p.log()).sum()), sum(table.chance("p", letter) * score for letter, score in scores.items())


def _over_seeds(method: Reinforce, scores: dict[str, float], steps: int = 60) -> tuple[float, float]:
    found = [_outcome(method, scores, seed, steps) for seed in range(4)]
    return mean([h for h, _ in found]), mean([r for _, r in found])


def test_the_bonus_keeps_entropy_higher() -> None:
    both = {"a": 1.0, "b": 1.0}
    without, with_ = (_over_seeds(t1(group=8, entropy=beta), both, 150) for beta in (0.0, 0.1))
    assert with_[0] > without[0] + 0.1 and min(with_[1], without[1]) > 0.85


def test_more_rollouts_keep_entropy_and_reach_a_higher_reward() -> None:
    """The best answer is rare: few draws settle for the second best before they meet it, and lose one of two that are as good."""
    few, many = (_over_seeds(t1(group=k), {"a": 0.5, "b": 0.5, "c": 0.5, "d": 1.0}, 150) for k in (2, 64))
    assert many[1] > few[1] + 0.05
    few, many = (_over_seeds(t1(group=k), {"a": 1.0, "b": 1.0}) for k in (2, 64))
    assert many[0] > few[0] + 0.05


def test_the_anchor_moves() -> None:
    """Under a strong KL a still anchor holds the policy back; one that follows lets it go on."""

    def reward(follow: float) -> float:
        loss = PolicyLoss(OnPolicy(), Linear(), penalty=KLToReference(2.0))
        return _outcome(replace(t1(), follow=follow, loss=loss), {"a": 1.0, "b": 1.0})[1]

    assert reward(0.1) > reward(0.0) + 0.1


def test_constants() -> None:
    assert t1().sampler.group == 64 and 0 < t1().follow < 1
