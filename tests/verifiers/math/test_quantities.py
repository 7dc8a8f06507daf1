from __future__ import annotations

import pytest

from menolab.verifiers.math.match import right, undecided, wrong
from menolab.verifiers.math.parser import parse
from menolab.verifiers.math.quantities import found_by, quantities
from menolab.verifiers.math.rules import Rules, strict
from menolab.verifiers.math.symbolic import Finding


@pytest.mark.parametrize(
    ("gold", "answer", "lenient", "strictly"),
    [
        ("5 cm", "5", "right", "right"), ("5", "5 apples", "right", "right"), ("5 cm", "5 kg", "wrong", "wrong"), ("5 cm", "50 mm", "right", "wrong"),
        ("5 cm", "5 apples", "undecided", "undecided"), ("7 integers", r"7 \text{ distinct integers}", "right", "right"), (r"45\text{ units}^2",
        r"45\text{ units}^7", "wrong", "wrong"),
        (r"45\text{ square units}", r"45\text{ cm}^2", "right", "right"), (r"\$1.50", "150 cents", "right", "wrong"), (r"\$5", r"5\%", "wrong", "wrong"),
        (r"20\%", r"\frac15", "right", "right"), (r"20\%", "20", "right", "wrong"), (r"20\%", "2000", "wrong", "wrong"), (r"30^\circ+15^\circ", r"45^\circ",
        "right", "right"),
        (r"90^\circ", "90", "right", "right"), (r"180^\circ", r"\pi", "right", "wrong"), (r"\frac34\pi\text{ inches}", r"\frac{3\pi}{4}", "right", "right"),
    ],
)  # fmt: skip
def test_quantities(gold: str, answer: str, lenient: str, strictly: str) -> None:
    assert quantities(parse(gold), parse(answer), Rules()).label == lenient
    assert quantities(parse(gold), parse(answer), strict()).label == strictly


def test_findings_become_matches() -> None:
    assert found_by(Finding(True, "exact", "equal")) == right("exact", "equal")
    assert found_by(Finding(False, "numeric", "not equal")) == wrong("numeric", "not equal")
    assert found_by(Finding(None, "undecided", "open")) == undecided("open")
