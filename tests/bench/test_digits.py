from __future__ import annotations

import pytest

from menolab.bench.digits import Digits
from menolab.records import Group, Problem, Rollout


def test_the_share_of_digits() -> None:
    texts = ["12ab", "", "579", "no"]
    group = Group(Problem("i", "t", "p", "a"), tuple(Rollout((1,), (2,), (0.0,), text, "stop") for text in texts))
    assert Digits()(group, 0.5) == pytest.approx([0.5, 0.0, 1.0, 0.0])
