"""What a program that passes some of its tests is worth."""

from __future__ import annotations

import abc
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from menolab.pieces import Piece


@dataclass(frozen=True)
class TestResult:
    """How one test went."""

    __test__: ClassVar[bool] = False  # no test class of pytest's

    name: str
    passed: bool
    reason: str
    group: int = 0
    """Its level of difficulty, 0 the easiest."""


class TestCredit(Piece):
    """Test results to a score in [0, 1]: 1 where all pass."""

    __test__: ClassVar[bool] = False
    stops: ClassVar[bool] = False
    """Whether the score is settled by the first failure, so that later tests need not run."""

    @abc.abstractmethod
    def __call__(self, results: Sequence[TestResult]) -> float:
        """The score of at least one result."""


@dataclass(frozen=True)
class AllOrNothing(TestCredit):
    """1 if every test passes, else 0."""

    stops: ClassVar[bool] = True

    def __call__(self, results: Sequence[TestResult]) -> float:
        """1.0 or 0.0."""
        return float(all(result.passed for result in results))


@dataclass(frozen=True)
class PassedShare(TestCredit):
    """The share of tests that pass."""

    def __call__(self, results: Sequence[TestResult]) -> float:
        """Tests passed over tests."""
        return sum(result.passed for result in results) / len(results)


def _levels(results: Sequence[TestResult]) -> list[list[bool]]:
    """Passed or not, level by level, easiest first."""
    groups = sorted({result.group for result in results})
    return [[result.passed for result in results if result.group == group] for group in groups]


@dataclass(frozen=True)
class StrictLevels(TestCredit):
    """Each level of difficulty has an equal share, earned if all tests of it and of every easier level pass.

    MiMo's strict scheme for test-difficulty-driven reward. The report describes it in words; that levels weigh the same is our choice.
    """

    paper: ClassVar[str] = "arXiv:2505.07608"

    def __call__(self, results: Sequence[TestResult]) -> float:
        """Levels passed from the easiest up without a gap, over levels."""
        levels = _levels(results)
        solved = next((place for place, level in enumerate(levels) if not all(level)), len(levels))
        return solved / len(levels)


@dataclass(frozen=True)
class SoftLevels(TestCredit):
    """Each level of difficulty has an equal share, divided evenly among its tests and earned test by test.

    MiMo's soft scheme for test-difficulty-driven reward. The report describes it in words; that levels weigh the same is our choice.
    """

    paper: ClassVar[str] = "arXiv:2505.07608"

    def __call__(self, results: Sequence[TestResult]) -> float:
        """The mean over levels of the share of tests passed."""
        levels = _levels(results)
        return sum(sum(level) / len(level) for level in levels) / len(levels)
