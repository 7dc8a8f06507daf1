"""Another verifier as a reward."""

from __future__ import annotations

from dataclasses import dataclass

from judged import texts
from menolab.records import Problem, Verdict, right, undecided, wrong
from menolab.rewards.verified import Verified
from menolab.verifiers.verifier import Verifier


@dataclass(frozen=True)
class _Judge(Verifier):
    """The score that the text names."""

    def __call__(self, problem: Problem, text: str) -> Verdict:
        if text == "?":
            return undecided("judge", "cannot tell")
        score = float(text)
        return right("judge", "", text, score) if score >= 0.5 else wrong("judge", "", text, score)


def test_scores_of_a_judge() -> None:
    assert Verified(_Judge())(texts("0.75", "0.25", "?", "not a number"), 0.0) == [0.75, 0.25, None, None]
    assert Verified()(texts("<think>x</think><answer>1</answer>"), 0.0) == [1.0], "by default the exact answer"
