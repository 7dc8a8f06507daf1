from __future__ import annotations

from menolab.verifiers.math.match import right, undecided, wrong


def test_only_right_is_right() -> None:
    assert right("exact", "equal").right
    assert not wrong("exact", "not equal").right and not undecided("open").right
    assert undecided("open").stage == "undecided"
