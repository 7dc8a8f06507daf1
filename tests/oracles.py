"""Oracles: formulas written again from the papers in plain Python, one token at a time, sharing nothing with the library.

A policy here is a table of logits: logprob = logits[token] - log sum exp(logits). Gradients are central differences of the float64 value.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Sequence

Ragged = list[list[float]]


def mean(values: Sequence[float]) -> float:
    return math.fsum(values) / len(values)


def grpo_advantages(rewards: Sequence[float], epsilon: float = 1e-6) -> list[float]:
    """(r - mean) / (std + epsilon), sample deviation. arXiv:2402.03300, section 4.1.2."""
    centre = mean(rewards)
    if len(rewards) < 2:
        return [0.0 for _ in rewards]
    deviation = math.sqrt(math.fsum((r - centre) ** 2 for r in rewards) / (len(rewards) - 1))
    return [(r - centre) / (deviation + epsilon) for r in rewards]


def leave_one_out_advantages(rewards: Sequence[float]) -> list[float]:
    """r_i minus the mean of the others. arXiv:2402.14740, section 2.2."""
    out = []
    for i, r in enumerate(rewards):
        others = [x for j, x in enumerate(rewards) if j != i]
        out.append(r - mean(others) if others else 0.0)
    return out


def clipped_objective(logprob: float, old: float, advantage: float, low: float, high: float) -> float:
    """min(rho A, clip(rho) A). arXiv:1707.06347, eq. 7."""
    rho = math.exp(logprob - old)
    bounded = min(max(rho, 1 - low), 1 + high)
    return min(rho * advantage, bounded * advantage)


def k3(logprob: float, reference: float) -> float:
    """pi_ref/pi - log(pi_ref/pi) - 1. arXiv:2402.03300, eq. 4."""
    gap = reference - logprob
    return math.exp(gap) - gap - 1


def weigh(per_token: Ragged, aggregation: str, limit: int) -> float:
    """One number from per-token losses, by the name of the aggregation; empty responses count as rollouts."""
    if aggregation == "SequenceMean":
        return mean([mean(row) if row else 0.0 for row in per_token])
    if aggregation == "TokenMean":
        return math.fsum(x for row in per_token for x in row) / max(1, sum(len(row) for row in per_token))
    if aggregation == "SequenceSum":
        return mean([math.fsum(row) for row in per_token])
    if aggregation == "LimitMean":
        return mean([math.fsum(row) / limit for row in per_token])
    if aggregation == "Decoupled":  # alpha = 0.001 on the first token, the mean of the others beside it
        return mean([0.001 * row[0] + (mean(row[1:]) if row[1:] else 0.0) if row else 0.0 for row in per_token])
    raise AssertionError(f"write an oracle for {aggregation}")


def gradient(value: Callable[[Ragged], float], at: Ragged, step: float = 1e-6) -> Ragged:
    """Central differences of `value` with respect to every entry."""
    out: Ragged = [[0.0] * len(row) for row in at]
    for b, row in enumerate(at):
        for t in range(len(row)):
            ends = []
            for sign in (1, -1):
                moved = [list(r) for r in at]
                moved[b][t] += sign * step
                ends.append(value(moved))
            out[b][t] = (ends[0] - ends[1]) / (2 * step)
    return out


class Case:
    """A random batch with the shapes that break things: an empty response, ties, an all-equal group, an unscorable rollout."""

    def __init__(self, seed: int, *, near: float = 0.3):
        rng = random.Random(seed)
        self.groups = [4, 4, 3, 1]
        self.lengths = [rng.randint(1, 7) for _ in range(sum(self.groups))]
        self.lengths[2] = 0
        self.rewards: list[float | None] = [rng.choice([0.0, 0.0, 1.0, 0.5]) for _ in self.lengths]
        self.rewards[4:8] = [0.1] * 4
        self.rewards[9] = None
        self.logprobs: Ragged = [[-rng.uniform(0.05, 4.0) for _ in range(n)] for n in self.lengths]
        self.old: Ragged = [[lp + rng.uniform(-near, near) for lp in row] for row in self.logprobs]
        self.reference: Ragged = [[lp + rng.uniform(-1, 1) for lp in row] for row in self.logprobs]
        self.limit = 16

    @property
    def group_of(self) -> list[int]:
        return [g for g, size in enumerate(self.groups) for _ in range(size)]

    def per_group(self, advantages: Callable[[Sequence[float]], list[float]]) -> list[float]:
        """An advantage a rollout; unscorable rollouts get 0 and enter nothing."""
        out = [0.0] * len(self.lengths)
        for g in range(len(self.groups)):
            index = [i for i, x in enumerate(self.group_of) if x == g and self.rewards[i] is not None]
            found = advantages([self.rewards[i] for i in index]) if index else []  # type: ignore[misc]
            for i, a in zip(index, found, strict=True):
                out[i] = a
        return out


# ---- objectives: what a token contributes, and its slope in log pi where the paper stops a gradient ------------------------------------------


def weigh_case(per_token: Ragged, aggregation: str, case: Case) -> float:
    """`weigh`, and the mean over each group's tokens, then over groups (arXiv:2503.14476, eq. 8, one question at a time)."""
    if aggregation != "GroupTokenMean":
        return weigh(per_token, aggregation, case.limit)
    means = []
    for g in range(len(case.groups)):
        own = [x for row, h in zip(per_token, case.group_of, strict=True) for x in row if h == g]
        means.append(math.fsum(own) / max(1, len(own)))
    return mean(means)


def token_weights(aggregation: str, case: Case) -> Ragged:
    """What each token's loss is multiplied by, found by asking the oracle about one token at a time."""
    nothing = [[0.0] * n for n in case.lengths]
    weights = [list(row) for row in nothing]
    for b, row in enumerate(nothing):
        for t in range(len(row)):
            row[t] = 1.0
            weights[b][t] = weigh_case(nothing, aggregation, case)
            row[t] = 0.0
    return weights


def dual_clipped_objective(logprob: float, old: float, advantage: float, low: float, high: float, cap: float) -> float:
    """max(clipped, cap A) where A < 0. arXiv:1912.09729."""
    clipped = clipped_objective(logprob, old, advantage, low, high)
    return max(clipped, cap * advantage) if advantage < 0 else clipped


def soft_gated_objective(logprob: float, old: float, advantage: float, positive: float, negative: float) -> float:
    """4/tau sigmoid(tau (rho - 1)) A. arXiv:2511.20347."""
    tau = positive if advantage > 0 else negative
    return 4 / tau / (1 + math.exp(-tau * (math.exp(logprob - old) - 1))) * advantage


def gradient_preserving_slope(rho: float, advantage: float, low: float, high: float) -> float:
    """d objective / d log pi of GPPO: the bound times A on clipped tokens, rho A elsewhere. arXiv:2508.07629."""
    if advantage > 0 and rho > 1 + high:
        return (1 + high) * advantage
    if advantage < 0 and rho < 1 - low:
        return (1 - low) * advantage
    return rho * advantage


def geometric_mean_ratio(logprobs: Sequence[float], old: Sequence[float]) -> float:
    """(pi(y)/pi_old(y))^(1/|y|). arXiv:2507.18071."""
    return math.exp(math.fsum(a - b for a, b in zip(logprobs, old, strict=True)) / len(logprobs)) if logprobs else 1.0


def token_covariances(logprobs: Ragged, credit: Sequence[float]) -> Ragged:
    """(log pi - mean)(A - mean) with means over all tokens. arXiv:2505.22617."""
    lps = [lp for row in logprobs for lp in row]
    spread = [a for row, a in zip(logprobs, credit, strict=True) for _ in row]
    mean_lp, mean_a = mean(lps), mean(spread)
    return [[(lp - mean_lp) * (a - mean_a) for lp in row] for row, a in zip(logprobs, credit, strict=True)]


def clipped_value_error(value: float, old: float, target: float, within: float) -> float:
    """Half of max((V - R)^2, (clipped V - R)^2). arXiv:1707.06347, eq. 9, with the clipping of its code."""
    near = min(max(value, old - within), old + within)
    return 0.5 * max((value - target) ** 2, (near - target) ** 2)


# ---- objectives of whole groups --------------------------------------------------------------------------------------------------------------


def log_ratio_sums(logprobs: Ragged, anchor: Ragged) -> list[float]:
    """log pi(y) - log pi_anchor(y) for every response."""
    return [math.fsum(a - b for a, b in zip(row, other, strict=True)) for row, other in zip(logprobs, anchor, strict=True)]


def group_members(case: Case) -> list[list[int]]:
    """The rollouts that count in each group: scorable and not empty."""
    return [[i for i, h in enumerate(case.group_of) if h == g and case.rewards[i] is not None and case.lengths[i]] for g in range(len(case.groups))]


def gvpo_loss(case: Case, logprobs: Ragged, anchor: Ragged, beta: float) -> float:
    """Half the squared gap of centred implicit rewards and centred rewards, over n - 1, mean over groups. arXiv:2504.19599."""
    total = 0.0
    sums = log_ratio_sums(logprobs, anchor)
    for index in group_members(case):
        implicit, rewards = [beta * sums[i] for i in index], [case.rewards[i] for i in index]
        for r_model, r in zip(implicit, rewards, strict=True):
            total += ((r_model - mean(implicit)) - (r - mean(rewards))) ** 2 / 2 / max(1, len(index) - 1)  # type: ignore[arg-type, operator]
    return total / len(case.groups)


def mirror_descent_loss(case: Case, logprobs: Ragged, anchor: Ragged, credit: Sequence[float], gain: float, pull: float) -> float:
    """-gain A log(pi/anchor) + pull log(pi/anchor)^2, mean over rollouts. arXiv:2505.12951; arXiv:2501.12599."""
    sums = log_ratio_sums(logprobs, anchor)
    scored = [i for index in group_members(case) for i in index]
    return math.fsum(pull * sums[i] ** 2 - gain * credit[i] * sums[i] for i in scored) / len(case.lengths)


def discriminative_loss(
    case: Case, logprobs: Ragged, *, ratio: bool, tau: float | None, length: float | None, beta: float, delta: float
) -> float:
    """arXiv:2505.12366 and 2510.04474: weighted positives minus the soft maximum of negatives, and the squared hinge on the KL."""
    tokens = [(lp, old) for row, olds in zip(logprobs, case.old, strict=True) for lp, old in zip(row, olds, strict=True)]
    kl = mean([old - lp for lp, old in tokens])
    total = 0.0
    for index in group_members(case):
        centre = mean([case.rewards[i] for i in index]) if index else 0.0  # type: ignore[misc]
        scores = {i: mean([math.exp(lp - o) if ratio else lp for lp, o in zip(logprobs[i], case.old[i], strict=True)]) for i in index}
        good = [i for i in index if case.rewards[i] > centre]  # type: ignore[operator]
        bad = [i for i in index if case.rewards[i] < centre]  # type: ignore[operator]
        if not good or not bad:
            continue
        weights = [1.0 if length is None else math.exp((1 - case.lengths[i] / case.limit) / length) for i in good]
        hard = mean([scores[j] for j in bad]) if tau is None else tau * math.log(mean([math.exp(scores[j] / tau) for j in bad]))
        total += math.fsum(w * (scores[i] - hard) for w, i in zip(weights, good, strict=True)) / math.fsum(weights)
    return beta / 2 * max(kl - delta, 0) ** 2 - total / len(case.groups)


def bellman_loss(case: Case, logprobs: Ragged, start: Sequence[float], beta: float) -> float:
    """(V(s_1) + log pi/pi_ref - r/beta)^2, mean over rollouts. arXiv:2505.15311."""
    sums = log_ratio_sums(logprobs, case.reference)
    scored = [i for index in group_members(case) for i in index]
    return math.fsum((start[i] + sums[i] - case.rewards[i] / beta) ** 2 for i in scored) / len(case.lengths)  # type: ignore[operator]
