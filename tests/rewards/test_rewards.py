"""Every reward term: one entry a rollout, blind to order; and the verb `judge`."""

from __future__ import annotations

from dataclasses import dataclass, replace

import pytest

from menolab.keys import Key
from menolab.pieces import members
from menolab.records import Group, Problem, Rollout, Verdict, right, undecided, wrong
from menolab.rewards.accuracy import Accuracy
from menolab.rewards.answer_format import AnswerFormat
from menolab.rewards.judge import judge, term_names
from menolab.rewards.reward import Reward
from menolab.tasks.task import Task

TEXTS = ["<think>a</think><answer>1</answer>", "<answer>1</answer>", "", "<think>a</think> <answer>2</answer>\n", "<think><think></think><answer>1</answer>"]
VERDICTS = [right("compare", "", "1"), wrong("compare", "", "2"), wrong("extract", ""), right("compare", "", "2", score=0.5), undecided("compare", "slow")]


def _group() -> Group:
    rollouts = tuple(Rollout((1,), (2, 3), (-0.1, -0.2), text, "stop", i, verdict) for i, (text, verdict) in enumerate(zip(TEXTS, VERDICTS, strict=True)))
    return Group(Problem("p", "t", "?", "1"), rollouts, limit=16)


@pytest.mark.parametrize("reward", [cls() for cls in members(Reward).values()], ids=repr)
def test_family(reward: Reward) -> None:
    group = _group()
    values = list(reward(group, 0.5))
    assert len(values) == len(group.rollouts)
    assert all(v is None or isinstance(v, float) for v in values)
    backwards = list(reward(group.with_rollouts(group.rollouts[::-1]), 0.5))
    assert backwards == values[::-1]


def test_accuracy_is_the_score_and_undecided_is_unscorable() -> None:
    assert list(Accuracy()(_group(), 0.0)) == [1.0, 0.0, 0.0, 0.5, None]


def test_format_wants_each_tag_once_in_order() -> None:
    assert list(AnswerFormat()(_group(), 0.0)) == [1.0, 0.0, 0.0, 1.0, 0.0]
    for bad in ("<answer>1</answer><think>a</think>", "so <think>a</think><answer>1</answer>", "<think>a</think><answer>1</answer> done"):
        group = _group().with_rollouts((replace(_group().rollouts[0], text=bad),))
        assert list(AnswerFormat()(group, 0.0)) == [0.0], bad


@dataclass(frozen=True)
class _Echo(Task):
    """Right if the text holds an answer tag; faulty on empty text."""

    @property
    def name(self) -> str:
        return "echo"

    def __call__(self, key: Key) -> Problem:
        return Problem("p", "echo", "?", "1")

    def verify(self, problem: Problem, text: str) -> Verdict:
        if not text:
            raise ZeroDivisionError("oops")
        return right("compare", "", "1") if "<answer>1" in text else wrong("compare", "", "x")


def test_judge_weighs_terms_and_survives_a_faulty_verifier() -> None:
    (group,) = judge([_group()], _Echo(), (AnswerFormat(), Accuracy()), (1.0, 2.0), 0.0)
    assert [r.reward for r in group.rollouts] == [3.0, 2.0, None, 1.0, 2.0]
    assert dict(group.rollouts[0].rewards) == {"AnswerFormat": 1.0, "Accuracy": 1.0}
    faulty = group.rollouts[2].verdict
    assert faulty is not None and faulty.label == "undecided" and faulty.stage == "verifier" and "ZeroDivisionError: oops" in faulty.reason


def test_terms_of_one_class_keep_their_names_apart() -> None:
    assert term_names((Accuracy(), AnswerFormat(), Accuracy(), Accuracy())) == ["Accuracy", "AnswerFormat", "Accuracy.2", "Accuracy.3"]
