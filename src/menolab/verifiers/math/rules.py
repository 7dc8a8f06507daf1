"""What counts as the same answer where mathematics leaves it open: one named field a choice."""

from __future__ import annotations

from dataclasses import dataclass

from menolab.errors import check_range
from menolab.pieces import Piece, published


@dataclass(frozen=True)
class Rules(Piece):
    """The choices of a mathematics verifier. The defaults are the lenient ones; `strict()` is meant for rewards, `lenient()` for evaluation."""

    one_box_or_tag: bool = False
    r"""The answer is in one pair of ``<answer>`` tags or else in ``\boxed{}``, and no two boxes differ. Otherwise "####" and "answer is" hold answers
    too, and of several that are far apart the last one counts ("wait, no ...")."""
    chain_may_stand: bool = True
    """``1/2 = 0.5`` is an answer if all its sides are equal; otherwise chains are refused, equal or not."""
    value_may_be_named: bool = True
    """``m + n = 42`` equals a gold 42: it says what was asked for. A single name, x = 42 or AB = 42, is dropped in any case."""
    percent_is_ratio: bool = True
    """28% equals 0.28."""
    percent_sign_may_be_missing: bool = True
    """28% also equals 28."""
    units_may_be_missing: bool = True
    """15 cm equals 15, whichever side writes the unit. Two different units are never equal, but see `units_convert`."""
    units_convert: bool = True
    """5 hours equal 300 minutes."""
    degrees_are_radians: bool = True
    """45° equals pi/4; otherwise 45° equals 45 (and 45°) only."""
    log_base_is_free: bool = True
    r"""``\log 2`` may mean the natural or the decimal logarithm, whichever agrees; otherwise its base is not known and only cancels."""
    order_matters: bool = False
    """1, 2 differs from 2, 1. Tuples, vectors and intervals are ordered in any case, sets never."""
    brackets_may_be_missing: bool = True
    """1, 2 equals (1, 2) for a gold tuple, and {5} equals 5."""
    column_is_tuple: bool = True
    """A matrix of one row or one column equals the tuple of its entries."""
    inequality_for_interval: bool = False
    """0 <= x <= 1 equals a gold [0, 1]. Off: repeating the question's own inequality would be an answer. The reverse always holds."""
    ratio_is_fraction: bool = True
    """3:5 equals 3/5, and also 6:10 where the gold one is in lowest terms (12:30 may be a time)."""
    base_may_be_missing: bool = True
    """52 equals a gold 52_8. Two different bases are never equal."""
    no_solution_is_empty_set: bool = True
    """"no solution" and the empty set are the same."""
    tolerance: float = 0.0
    """Largest relative difference between two numbers that still counts as equal; 0 compares exactly."""
    worker_seconds: float = 1.0
    """Longest time the computer algebra process may take over what exact arithmetic and numbers leave open; 0 never asks it."""

    def __post_init__(self) -> None:
        check_range("tolerance", self.tolerance, 0.0, 1.0)
        check_range("worker_seconds", self.worker_seconds, 0.0, 600.0)


@published(paper="")
def lenient() -> Rules:
    """Rules for evaluation: what a patient examiner would accept."""
    return Rules()


@published(paper="")
def strict() -> Rules:
    """Rules for rewards: one answer in tags or a box, no chains, no corrections, nothing converted or supplied."""
    return Rules(
        one_box_or_tag=True, chain_may_stand=False, value_may_be_named=False, percent_sign_may_be_missing=False, units_convert=False,
        degrees_are_radians=False, log_base_is_free=False, brackets_may_be_missing=False, column_is_tuple=False, ratio_is_fraction=False,
        base_may_be_missing=False, no_solution_is_empty_set=False,
    )  # fmt: skip
