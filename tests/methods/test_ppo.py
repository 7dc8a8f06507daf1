"""PPO: the whole objective against plain Python, and a toy that it learns."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

import pytest

from credit_cases import CreditCase, credit_batch
from loss_cases import Extras, everything
from menolab.advantages.advantage import credit
from menolab.methods.ppo import ppo
from menolab.pieces import all_needs
from menolab.stages.critic import SeparateCritic
from oracles import Ragged, clipped_objective, clipped_value_error, gradient, mean, weigh
from toy import curve


def _estimate(case: CreditCase, b: int, t: int, discount: float, decay: float, beta: float) -> float:
    """arXiv:1707.06347, eq. 11 and 12, with the verdict at the last token and the penalty of arXiv:2203.02155 at every one."""

    def delta(s: int) -> float:
        last = s == case.lengths[b] - 1
        reward = (case.reward(b) if last else 0.0) - beta * (case.old[b][s] - case.reference[b][s])
        return reward + (0.0 if last else discount * case.values[b][s + 1]) - case.values[b][s]

    return math.fsum((discount * decay) ** (s - t) * delta(s) for s in range(t, case.lengths[b]))


def _advantages(case: CreditCase, discount: float, decay: float, beta: float) -> Ragged:
    """Standardised over the tokens of scorable responses; zero for the others."""
    scorable = [b for b, r in enumerate(case.rewards) if r is not None]
    raw = {(b, t): _estimate(case, b, t, discount, decay, beta) for b in scorable for t in range(case.lengths[b])}
    centre = mean(list(raw.values()))
    deviation = math.sqrt(math.fsum((x - centre) ** 2 for x in raw.values()) / (len(raw) - 1))
    return [[(raw[b, t] - centre) / (deviation + 1e-8) if (b, t) in raw else 0.0 for t in range(n)] for b, n in enumerate(case.lengths)]


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize(("discount", "decay", "beta", "c2"), [(1.0, 0.95, 0.0, 0.0), (0.9, 0.5, 0.2, 0.03)])
def test_from_rewards_to_both_gradients_as_in_the_paper(seed: int, discount: float, decay: float, beta: float, c2: float) -> None:
    case = CreditCase(seed)
    method = ppo(0.2, discount, decay, c1=0.7, c2=c2, beta=beta)
    advantages, more = _advantages(case, discount, decay, beta), Extras(case)
    inputs = replace(everything(case, [0.0] * len(case.lengths)), credit_BT=credit(credit_batch(case), method.advantage).double())
    out = method.loss(inputs)
    out.loss.backward()

    def loss(logprobs: Ragged, values: Ragged, entropies: Ragged) -> float:
        def token(b: int, t: int) -> float:
            clipped = clipped_objective(logprobs[b][t], case.old[b][t], advantages[b][t], 0.2, 0.2)
            return 0.7 * clipped_value_error(values[b][t], more.old_values[b][t], more.returns[b][t], 0.2) - clipped - c2 * entropies[b][t]

        return weigh([[token(b, t) for t in range(n)] for b, n in enumerate(case.lengths)], "TokenMean", case.limit)

    at = {"logprobs_BT": case.logprobs, "values_BT": more.values, "entropy_BT": more.entropy}
    assert out.loss.item() == pytest.approx(loss(*at.values()), abs=1e-6)
    for i, (name, where) in enumerate(at.items()):
        expected = gradient(lambda x, i=i: loss(*[x if i == j else y for j, y in enumerate(at.values())]), where)
        found = getattr(inputs, name).grad
        for b, row in enumerate(expected):
            assert (found[b, : len(row)].tolist() if found is not None else [0.0] * len(row)) == pytest.approx(row, abs=2e-7, rel=1e-4)


def test_the_critic_is_taught_the_estimate_before_it_is_standardised() -> None:
    case = CreditCase(1)
    method = ppo(discount=0.9, decay=0.5, beta=0.2)
    assert isinstance(method.critic, SeparateCritic)
    target_BT = credit(credit_batch(case), method.critic.target)
    for b, n in enumerate(case.lengths):
        expected = [0.0 if case.rewards[b] is None else _estimate(case, b, t, 0.9, 0.5, 0.2) for t in range(n)]
        assert target_BT[b, :n].tolist() == pytest.approx(expected, abs=1e-5)


def test_what_it_asks_for() -> None:
    assert all_needs(ppo()) == {"values"} and ppo().sampler.group == 1
    assert all_needs(ppo(beta=0.1, c2=0.01)) == {"values", "reference_logprobs", "entropy", "entropy_gradient"}


def test_it_learns_letters(tmp_path: Path) -> None:
    rows = curve(tmp_path / "run", ppo(), steps=24)
    rates = [row["pass_rate"] for row in rows]
    assert mean(rates[:4]) < 0.65 and mean(rates[-4:]) > 0.85
    assert all(row["critic_grad_norm"] > 0 for row in rows)
