from __future__ import annotations

import itertools
from collections import Counter
from fractions import Fraction

import numpy as np
import pytest

from menolab.errors import BadInput
from menolab.evaluation import metrics
from menolab.evaluation.metrics import RIGHT
from menolab.records import right, undecided, wrong


def test_pass_at_k_is_the_share_of_subsets_with_a_right_one():
    for n in range(1, 7):
        for c in range(n + 1):
            row = [True] * c + [False] * (n - c)
            got = metrics.pass_at_k(np.array([row]))[0]
            want = [float(np.mean([any(s) for s in itertools.combinations(row, k)])) for k in range(1, n + 1)]
            assert got == pytest.approx(want, abs=1e-12)


def test_pass_at_k_is_exact_where_floats_would_not_be():
    right_PS = np.zeros((1, 2000), dtype=bool)
    right_PS[0, 0] = True
    curve = metrics.pass_at_k(right_PS)[0]
    assert curve[-1] == 1.0
    assert all(curve[k - 1] == float(Fraction(k, 2000)) for k in (1, 7, 999, 1999))  # one right sample: k / n exactly
    assert metrics.pass_at_k(np.eye(1, 16))[0, 15] == 1.0  # the with-replacement bootstrap would say 0.64


def test_pass_at_1_is_the_mean_and_the_curve_never_falls():
    right_PS = np.random.default_rng(0).random((20, 8)) < 0.3
    curve = metrics.pass_at_k(right_PS)
    assert np.allclose(curve[:, 0], right_PS.mean(axis=1))
    assert (np.diff(curve, axis=1) >= 0).all()
    assert np.array_equal(curve[:, -1], right_PS.any(axis=1))


def majority_by_enumeration(votes: list[str | None], k: int) -> float:
    """Each subset votes; ties share; None abstains."""
    worth = []
    for subset in itertools.combinations(votes, k):
        counts = Counter(v for v in subset if v is not None)
        best = max(counts.values(), default=0)
        winners = [v for v, c in counts.items() if c == best]
        worth.append(Fraction(sum(w.startswith(RIGHT) for w in winners), len(winners)) if winners else Fraction(0))
    return float(sum(worth) / len(worth))


@pytest.mark.parametrize("seed", range(30))
def test_majority_matches_enumeration(seed: int):
    rng = np.random.default_rng(seed)
    n = int(rng.integers(1, 8))
    votes = [[RIGHT + "1", "a", RIGHT + "2", "b", "c", None][i] for i in rng.integers(0, int(rng.integers(1, 7)), n)]
    assert metrics.majority_at_k([votes])[0] == pytest.approx([majority_by_enumeration(votes, k) for k in range(1, n + 1)], abs=1e-12)


def test_nothing_parsed_never_wins():
    assert metrics.majority_at_k([[None, None, None, RIGHT]])[0, 3] == 1.0
    assert metrics.majority_at_k([[None, None]])[0].tolist() == [0.0, 0.0]
    assert metrics.majority_at_k([[None, None, None, "7"]])[0, 3] == 0.0


def test_ties_are_averaged_and_order_does_not_matter():
    votes = [RIGHT, "a", RIGHT, "a", "b"]
    assert metrics.majority_at_k([votes])[0, 4] == 0.5
    assert metrics.majority_at_k([votes])[0].tolist() == metrics.majority_at_k([votes[::-1]])[0].tolist()


def test_majority_of_one_is_pass_of_one():
    votes = [[RIGHT, "a", None, RIGHT], ["a", "a", RIGHT, None]]
    right_PS = np.array([[v == RIGHT for v in row] for row in votes])
    assert metrics.majority_at_k(votes)[:, 0] == pytest.approx(metrics.pass_at_k(right_PS)[:, 0])


def test_majority_is_quick_in_its_worst_case():
    """64 samples, every rival different: ties everywhere."""
    curve = metrics.majority_at_k([[RIGHT] * 3 + [str(i) for i in range(61)]])[0]
    assert curve[-1] == 1.0 and curve[0] == pytest.approx(3 / 64)


@pytest.mark.parametrize(("one", "other"), [
    ("1/2", "0.5"), ("1,000", "1000"), (" 42. ", "42"), ("$7$", "7"), ("A and B", "a  and b"), ("−3", "-3"), ("2/4", "0.50"), ("½", ".5"), ("007", "7"),
])  # fmt: skip
def test_answers_that_differ_in_form_only_are_one_vote(one: str, other: str):
    assert metrics.normalise(one) == metrics.normalise(other)


@pytest.mark.parametrize(("one", "other"), [("1/2", "1/3"), ("1,00", "100"), ("-3", "3"), ("(2,1)", "(1,2)"), ("3/0", "0"), ("1 2", "1.2")])
def test_different_answers_stay_different(one: str, other: str):
    assert metrics.normalise(one) != metrics.normalise(other)


def test_a_huge_number_is_not_worked_out():
    assert metrics.normalise("9" * 100_000) == "9" * 100_000


def test_votes():
    assert metrics.vote(right("s", "r", "0.50")) == metrics.vote(right("s", "r", "1/2")) == RIGHT + "1/2"
    assert metrics.vote(right("s", "r", "1+2")) != metrics.vote(right("s", "r", "2+1")), "voters do not know that both are right"
    assert metrics.vote(wrong("s", "r", "0.50")) == metrics.vote(wrong("s", "r", "1/2"))
    assert metrics.vote(wrong("s", "r", None)) is None
    assert metrics.vote(wrong("s", "r", "  ")) is None  # the empty string must not win a vote
    assert metrics.vote(undecided("s", "r", "x")) == "x"


def test_finished_counts():
    right_PS = np.array([[1, 0, 1], [0, 0, 1]])
    finished_PS = np.array([[1, 1, 0], [0, 0, 0]])
    parts, wholes = metrics.pass_at_1_finished(right_PS, finished_PS)
    assert parts.tolist() == [1, 0] and wholes.tolist() == [2, 0]


def test_spreads_are_the_two_standard_errors():
    half = np.array([[1, 0]] * 50 + [[0, 1]] * 50)
    split = np.array([[1, 1]] * 50 + [[0, 0]] * 50)
    assert metrics.spreads(half)["problems"] == 0 and metrics.spreads(half)["samples"] == pytest.approx(0.05)
    assert metrics.spreads(split)["samples"] == 0 and metrics.spreads(split)["problems"] == pytest.approx(0.5 / 10, rel=0.01)
    assert metrics.spreads(np.array([[1]])) == {"problems": None, "samples": None}


def test_no_samples_is_bad_input():
    for table in (np.zeros((0, 3)), np.zeros((3, 0)), np.zeros(3)):
        with pytest.raises(BadInput):
            metrics.pass_at_k(table)


def test_no_text_can_vote_as_the_right_answer():
    for text in (RIGHT, RIGHT + "3", "\0 RIGHT:3"):
        voted = metrics.vote(wrong("s", "r", text))
        assert voted is None or not voted.startswith(RIGHT)
