"""G-Pass@k against enumeration of subsets."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest

from evaluation.metrics.tables import table
from menolab.errors import BadInput
from menolab.evaluation.metrics.g_pass_at_k import GPassAtK
from menolab.evaluation.metrics.pass_at_k import pass_at_k


@pytest.mark.parametrize("tau", [0.25, 0.5, 0.75, 1.0])
def test_it_is_the_share_of_subsets_with_enough_right_ones(tau: float):
    right = [[1, 1, 0, 1, 0, 0], [1, 1, 1, 1, 1, 0]]
    for k in range(1, 7):
        found = GPassAtK(k, (tau,))(table(right))[f"g-pass@{k}_{tau:g}"]
        want = np.mean([[sum(s) >= math.ceil(tau * k) for s in itertools.combinations(values, k)] for values in right])
        assert found is not None and found.mean == pytest.approx(float(want), abs=1e-12)


def test_any_right_one_is_pass_at_k_and_the_mean_goes_from_a_half_to_one():
    right = [[1, 1, 0, 1, 0, 0], [1, 0, 0, 0, 0, 0]]
    found = GPassAtK(4, (0.01,))(table(right))
    least, mean = found["g-pass@4_0.01"], found["mg-pass@4"]
    assert least is not None and least.mean == pytest.approx(float(pass_at_k(np.array(right))[:, 3].mean()))
    # tau in (1/2, 1] of four samples asks for three or four: 2/4 of the sum of both.
    want = np.mean([np.mean([(sum(s) >= 3) + (sum(s) >= 4) for s in itertools.combinations(values, 4)]) / 2 for values in right])
    assert mean is not None and mean.mean == pytest.approx(float(want))


def test_more_than_there_are_is_refused():
    with pytest.raises(BadInput, match="3 samples a problem"):
        GPassAtK(4)(table([[1, 0, 1]]))
    with pytest.raises(BadInput):
        GPassAtK(2, (0.0,))
