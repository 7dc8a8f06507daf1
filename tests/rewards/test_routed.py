"""Each task its own kind of reward."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pytest

from menolab.advantages.advantage import Chain
from menolab.advantages.group_baseline import GroupBaseline
from menolab.advantages.group_scale import GroupScale
from menolab.errors import BadInput
from menolab.records import Group
from menolab.rewards.accuracy import Accuracy
from menolab.rewards.adaptive_target import AdaptiveTarget
from menolab.rewards.group_length import GroupLength
from menolab.rewards.length_target import LengthTarget
from menolab.rewards.reward import Reward
from menolab.rewards.routed import Routed
from menolab.rewards.scaled import Scaled
from menolab.rewards.token_repetition import TokenRepetition
from menolab.stages.reinforce import Reinforce
from reward_cases import Lengths, group


@dataclass(frozen=True)
class _Taste(Reward):
    """A preference model's stand-in: it likes 10 tokens best."""

    def __call__(self, group: Group, progress: float) -> Sequence[float | None]:
        return [1.0 - abs(len(r.tokens) - 10) / 100 for r in group.rollouts]


ROUTES = Routed(("rule", "taste"), (Scaled(Accuracy()), _Taste()))


def test_every_group_goes_its_way() -> None:
    rows = (("right", 10), ("wrong", 60), ("unsure", 10))
    assert ROUTES(group(*rows, task="rule"), 0.0) == [1.0, -1.0, None]
    assert ROUTES(group(*rows, task="taste"), 0.0) == [1.0, 0.5, 1.0], "a preference needs no verdict"
    assert ROUTES(group(*rows, task="another"), 0.0) == [1.0, 0.0, None]


def test_terms_see_the_batch_of_their_own_task() -> None:
    easy, other = group(*[("right", 20)] * 8, task="rule"), group(*[("right", 90)] * 8, task="else")
    fitted = Routed(("rule",), (AdaptiveTarget(0.1, 0.1),)).fitted([easy, other], 0.0)
    assert isinstance(fitted, Routed) and isinstance(fitted.terms[0], LengthTarget) and fitted.terms[0].easy == pytest.approx(0.2)


def test_mixed_training_follows_taste_without_losing_what_is_verified() -> None:
    """One run on two tasks: sums that need 50 tokens, and a request that ten tokens serve best."""
    policy = Lengths({"sums": lambda n: 0.1 if n < 50 else 0.9, "request": lambda n: 0.5})
    accuracy, distance = policy.accuracy("sums"), policy.expected("request", lambda n: abs(n - 10))
    method = Reinforce(rewards=(Routed(("request",), (_Taste(),)),), advantage=Chain((GroupBaseline(), GroupScale())))
    policy.learn(method, steps=200)
    assert policy.expected("request", lambda n: abs(n - 10)) < 0.5 * distance
    assert policy.accuracy("sums") > accuracy + 0.15, "the other task is still judged by its verifier alone"


def test_bad_input() -> None:
    with pytest.raises(BadInput, match="one task name for each of the 1 terms"):
        Routed(("a", "b"), (Accuracy(),))
    with pytest.raises(BadInput, match="each task once"):
        Routed(("a", "a"), (Accuracy(), GroupLength()))
    with pytest.raises(BadInput, match="Routed would lose"):
        Routed(("a",), (TokenRepetition(),))
