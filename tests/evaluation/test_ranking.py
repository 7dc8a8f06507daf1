from __future__ import annotations

import numpy as np
import pytest

from menolab.errors import BadInput
from menolab.evaluation.ranking import ranking
from menolab.keys import Key


def test_a_sure_order_stays_and_equal_models_share_a_rank():
    rng = np.random.default_rng(0)
    base = rng.random(200)
    places = ranking([np.stack([base, base + 0.1, base])], Key.root(0))
    assert [(p.rank, p.low, p.high, p.first) for p in places] == [(2, 2, 2, 0.0), (1, 1, 1, 1.0), (2, 2, 2, 0.0)]


def test_a_close_order_is_not_sure():
    rng = np.random.default_rng(1)
    table_MP = rng.integers(0, 2, (3, 40)).astype(float)
    places = ranking([table_MP], Key.root(0))
    assert sorted(p.rank for p in places)[0] == 1 and sum(p.first for p in places) >= 1
    assert max(p.high - p.low for p in places) == 2


def test_tasks_weigh_alike():
    sure, other = np.array([[1.0] * 500, [0.0] * 500]), np.array([[0.0] * 5, [0.5] * 5])
    assert [p.score for p in ranking([sure, other], Key.root(0))] == [0.5, 0.25]


def test_every_model_must_have_every_task():
    with pytest.raises(BadInput, match="models"):
        ranking([np.zeros((2, 3)), np.zeros((3, 3))], Key.root(0))
