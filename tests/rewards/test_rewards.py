"""Every reward term: one entry a rollout, blind to order; and the verb `judge`."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import pytest

from menolab.advantages.advantage import Chain
from menolab.advantages.return_to_go import ReturnToGo
from menolab.errors import BadInput
from menolab.keys import Key
from menolab.pieces import members
from menolab.records import Group, Probe, Problem, Rollout, Verdict, right, undecided, wrong
from menolab.rewards.accuracy import Accuracy
from menolab.rewards.answer_format import AnswerFormat
from menolab.rewards.judge import judge, term_names
from menolab.rewards.reward import Reward, TokenReward
from menolab.stages.collate import collate
from menolab.stages.reinforce import Reinforce
from menolab.tasks.task import Task

TEXTS = ["<think>a</think><answer>1</answer>", "<answer>1</answer>", "", "<think>a</think> <answer>2</answer>\n", "<think><think></think><answer>1</answer>"]
VERDICTS = [right("compare", "", "1"), wrong("compare", "", "2"), wrong("extract", ""), right("compare", "", "2", score=0.5), undecided("compare", "slow")]


def _group() -> Group:
    rollouts = tuple(Rollout((1,), (2, 3), (-0.1, -0.2), text, "stop", i, verdict) for i, (text, verdict) in enumerate(zip(TEXTS, VERDICTS, strict=True)))
    return Group(Problem("p", "t", "?", "1"), rollouts, limit=16)


def _with(verdicts: list[Verdict], tokens: tuple[int, ...] = (2, 3)) -> Group:
    """A group with all that some term may ask for: a limit, a length asked for, probes of beginnings; responses of several lengths."""
    rollouts = tuple(
        Rollout((1,), tokens * (1 + i % 3), (-0.1,) * len(tokens) * (1 + i % 3), TEXTS[i % len(TEXTS)], "stop", i, verdict, given=i % 2 if tokens else 0)
        for i, verdict in enumerate(verdicts)
    )
    probes = tuple(Probe(r.sample, cut, "", 1, VERDICTS[cut % 2]) for r in rollouts for cut in sorted({0, len(r.tokens)}))
    return Group(Problem("p", "t", "?", "1"), rollouts, limit=16, asked=4, probes=probes)


GROUPS = {
    "mixed": _with(VERDICTS),
    "one": _with(VERDICTS[:1]),
    "all right": _with([VERDICTS[0]] * 4),
    "all wrong": _with([VERDICTS[1]] * 4),
    "all undecided": _with([VERDICTS[4]] * 3),
    "empty responses": _with(VERDICTS, tokens=()),
    "with a yardstick": _with(VERDICTS).with_rollouts(tuple(replace(r, greedy=r.sample == 1) for r in _with(VERDICTS).rollouts)),
}
MEMBERS = [cls() for cls in members(Reward).values()]


@pytest.mark.parametrize("group", GROUPS.values(), ids=GROUPS)
@pytest.mark.parametrize("reward", MEMBERS, ids=repr)
def test_family(reward: Reward, group: Group) -> None:
    """One finite number a rollout, or None, whatever the group; blind to the order of rollouts; the same when asked again, and of the batch it is fitted to."""
    fitted = reward.fitted([group], 0.5)
    values = list(fitted(group, 0.5))
    assert len(values) == len(group.rollouts)
    assert all(v is None or (isinstance(v, float) and math.isfinite(v)) for v in values)
    backwards = list(fitted(group.with_rollouts(group.rollouts[::-1]), 0.5))
    assert backwards == pytest.approx(values[::-1], abs=1e-12)
    assert list(reward.fitted([group], 0.5)(group, 0.5)) == values


@pytest.mark.parametrize("group", GROUPS.values(), ids=GROUPS)
@pytest.mark.parametrize("reward", [r for r in MEMBERS if isinstance(r, TokenReward)], ids=repr)
def test_family_of_terms_that_reward_tokens(reward: TokenReward, group: Group) -> None:
    rows = list(reward.tokens(group, 0.5))
    for row, value, r in zip(rows, reward(group, 0.5), group.rollouts, strict=True):
        assert (row is None) == (value is None)
        assert row is None or (len(row) == len(r.tokens) and sum(row) == pytest.approx(value))


@pytest.mark.parametrize("reward", MEMBERS, ids=repr)
def test_judge_keeps_what_cannot_be_scored_out(reward: Reward) -> None:
    """An undecided verdict beside a term of accuracy leaves the rollout without reward, whatever the other term says."""
    (group,) = judge([GROUPS["mixed"]], _Echo(), (reward, Accuracy()), (1.0, 1.0), 0.5)
    assert group.rollouts[2].reward is None and [p.verdict is not None for p in group.probes] == [True] * len(group.probes)


@dataclass(frozen=True)
class _Tokens(TokenReward):
    """Minus the token; nothing can be said of a response that starts with 9."""

    def tokens(self, group: Group, progress: float) -> list[tuple[float, ...] | None]:
        return [None if r.tokens[:1] == (9,) else tuple(-float(t) for t in r.tokens) for r in group.rollouts]


def test_terms_that_reward_tokens_stay_out_of_the_reward() -> None:
    rollouts = tuple(replace(r, tokens=(9,) if i == 3 else r.tokens) for i, r in enumerate(_group().rollouts))
    (group,) = judge([_group().with_rollouts(rollouts)], _Echo(), (_Tokens(), Accuracy(), _Tokens()), (0.5, 2.0, 1.0), 0.0)
    assert [r.reward for r in group.rollouts] == [2.0, 2.0, None, None, 2.0]
    assert group.rollouts[0].token_rewards == (-3.0, -4.5) and dict(group.rollouts[0].rewards) == {"_Tokens": -5.0, "Accuracy": 1.0, "_Tokens.2": -5.0}


def test_a_batch_carries_them_and_the_loop_refuses_to_lose_them() -> None:
    (group,) = judge([_group()], _Echo(), (_Tokens(), Accuracy()), (1.0, 1.0), 0.0)
    rewards_BT = collate([group], 16).token_rewards_BT
    assert rewards_BT is not None and rewards_BT[0].tolist() == [-2.0, -3.0] and collate([_group()], 16).token_rewards_BT is None
    with pytest.raises(BadInput, match="ReturnToGo"):
        Reinforce(rewards=(Accuracy(), _Tokens()))
    with pytest.raises(BadInput, match="does not provide token_rewards"):
        Reinforce(advantage=Chain((ReturnToGo(),)))
    Reinforce(rewards=(Accuracy(), _Tokens()), advantage=Chain((ReturnToGo(),)))


@dataclass(frozen=True)
class _BatchSize(Reward):
    """How many groups there were when it was fitted."""

    groups: float = 0.0

    def fitted(self, groups: Sequence[Group], progress: float) -> Reward:
        assert all(r.verdict is not None for group in groups for r in group.rollouts), "verdicts come first"
        return _BatchSize(float(len(groups)))

    def __call__(self, group: Group, progress: float) -> list[float | None]:
        return [self.groups] * len(group.rollouts)


def test_a_term_may_look_at_the_whole_batch_of_judged_groups() -> None:
    term = _BatchSize()
    judged = judge([_group(), _group()], _Echo(), (term,), (1.0,), 0.0)
    assert {r.reward for group in judged for r in group.rollouts} == {2.0} and term == _BatchSize()


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
