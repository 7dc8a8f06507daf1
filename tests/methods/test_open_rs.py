"""Open-RS: brief where it is right, bounded, and how its weights add up."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest

from menolab.methods.open_rs import open_rs
from menolab.records import Group, Problem
from reward_cases import BAD, FINE, Lengths, group, rollout


def test_right_answers_get_shorter_and_none_runs_into_the_limit() -> None:
    """Correctness does not depend on length. Only lengths are told apart here, so the format's constant term is dropped with the tags."""
    policy = Lengths({"p": lambda n: 0.7})
    before = policy.length("p")
    policy.learn(open_rs(), steps=300)
    assert policy.length("p") < 0.75 * before and policy.probs("p")[-1] < 0.03


def test_monotone_for_right_and_for_wrong() -> None:
    cosine = open_rs().rewards[1]
    fine, bad = ([float(v or 0.0) for v in cosine(group(*((label, n) for n in range(0, 101, 10))), 0.0)] for label in ("right", "wrong"))
    assert fine == sorted(fine, reverse=True) and bad == sorted(bad) and bad[-1] < 0 < fine[-1]


def test_format_counts_once_and_the_cosine_twice() -> None:
    rows = [("right", 50, "<think>a</think><answer>1</answer> "), ("right", 50, "1 right"), ("wrong", 25, "2 wrong")]
    made = Group(Problem("p", "t", "?", "1"), tuple(rollout(label, n, i, text=text) for i, (label, n, text) in enumerate(rows)), 100)
    verdicts = [FINE, FINE, BAD]
    columns = [term(made.with_rollouts(tuple(replace(r, verdict=v) for r, v in zip(made.rollouts, verdicts, strict=True))), 0.0) for term in open_rs().rewards]
    totals = [sum(w * (c[i] or 0.0) for w, c in zip(open_rs().weights, columns, strict=True)) for i in range(3)]
    wrong = -0.5 - 0.25 * (1 + math.cos(math.pi / 4))
    assert totals == pytest.approx([1 + 2 * 0.75, 2 * 0.75, 2 * wrong])
    assert open_rs().sampler.group == 6
