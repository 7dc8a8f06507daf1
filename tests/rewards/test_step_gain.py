"""VSRM: what each step changes."""

from __future__ import annotations

from dataclasses import replace
from random import Random

import pytest

from menolab.errors import BadInput
from menolab.records import Group, Probe
from menolab.rewards.step_gain import StepGain
from reward_cases import VERDICTS, group


def _probed(cuts: list[int], shares: list[int], tokens: int = 12, of: int = 4) -> Group:
    """One rollout, with `shares` right answers of 4 at each cut."""
    probes = [Probe(0, cut, "", 1, VERDICTS["right" if n < k else "wrong"]) for cut, k in zip(cuts, shares, strict=True) for n in range(of)]
    return replace(group(("right", tokens)), probes=tuple(probes))


def _slow(gains: list[float], least: float, ahead: int, decay: float) -> list[float]:
    rewards = []
    for i, gain in enumerate(gains):
        value = gain
        for q in range(ahead + 1):
            if i + q < len(gains) and abs(gains[i + q]) > least:
                value = gains[i + q] * decay**q
                break
        rewards.append(value)
    return rewards


@pytest.mark.parametrize("seed", range(20))
def test_against_plain_python(seed: int) -> None:
    rng = Random(seed)
    gains, ahead = [rng.choice([0.0, 0.05, 0.1, 0.25, -0.5]) for _ in range(rng.randint(1, 8))], rng.randint(0, 4)
    assert StepGain(0.1, ahead, 0.7).spread(gains) == pytest.approx(_slow(gains, 0.1, ahead, 0.7))


@pytest.mark.parametrize("seed", range(5))
def test_without_looking_ahead_they_telescope(seed: int) -> None:
    rng = Random(seed)
    cuts, shares = sorted({0, 12, *(rng.randint(1, 11) for _ in range(4))}), []
    shares = [rng.randint(0, 4) for _ in cuts]
    assert StepGain(least=0.0, ahead=0)(_probed(cuts, shares), 0.0) == pytest.approx([(shares[-1] - shares[0]) / 4])


def test_they_stand_on_the_last_token_of_their_step() -> None:
    (row,) = StepGain(ahead=0).tokens(_probed([0, 3, 8, 10], [0, 1, 1, 4]), 0.0)
    assert row == pytest.approx([0, 0, 0.25, 0, 0, 0, 0, 0.0, 0, 0.75, 0, 0])


def test_filler_is_worth_less_than_the_step_that_decides_and_idling_at_the_end_nothing() -> None:
    (row,) = StepGain().tokens(_probed([0, 2, 4, 6, 8, 10], [0, 0, 0, 4, 4, 4]), 0.0)
    assert row is not None and [row[t] for t in (1, 3, 5, 7, 9)] == pytest.approx([0.49, 0.7, 1.0, 0.0, 0.0])


def test_breaking_a_right_answer_costs() -> None:
    (row,) = StepGain().tokens(_probed([0, 6, 12], [4, 4, 0]), 0.0)
    assert row is not None and row[5] == pytest.approx(-0.7) and row[11] == -1.0


def test_undecided_probes() -> None:
    rows = _probed([0, 6], [4, 4])
    some = replace(rows, probes=tuple(replace(p, verdict=VERDICTS["unsure"]) if p.cut == 6 and i == 4 else p for i, p in enumerate(rows.probes)))
    assert StepGain()(some, 0.0) == [0.0], "one of four"
    none = replace(rows, probes=tuple(replace(p, verdict=VERDICTS["unsure"]) if p.cut == 6 else p for p in rows.probes))
    assert StepGain()(none, 0.0) == [None]


def test_rollouts_without_probes_of_their_own_have_no_steps() -> None:
    rows = replace(_probed([0, 6], [0, 4]), rollouts=group(("right", 12), ("wrong", 2)).rollouts)
    assert StepGain().tokens(rows, 0.0)[1] == (0.0, 0.0)
    with pytest.raises(BadInput, match="use the sampler Probed"):
        StepGain()(group(("right", 12)), 0.0)
