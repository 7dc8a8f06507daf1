"""Several askings of one judge."""

from __future__ import annotations

import pytest

from menolab.errors import BadInput
from menolab.judges.grader import Grader
from menolab.judges.repeated import Repeated, heimdall_judge
from menolab.judges.two_words import TwoWords
from menolab.keys import Key
from stub_engine import KEY, Stub, group_of

GRADER = Grader(words=TwoWords(thinking=64, lead="<answer>", soft=False))


def _noisy(prompt: str, key: Key) -> str:
    """Right about "4" being right seven times of ten; says nothing once in ten."""
    rng = key.random()
    if rng.random() < 0.1:
        return "I cannot tell"
    truth = "answer: 4\n" in prompt
    return f"<answer>{int(truth == (rng.random() < 0.7))}</answer>"


def _accuracy(times: int, groups: int = 60) -> float:
    judge = Repeated(GRADER, times)
    heard = judge(Stub(says=_noisy), [group_of("4", "5")] * groups, KEY)
    scores = [(o.score, i == 0) for opinions in heard for i, o in enumerate(opinions)]
    return sum(s is not None and (s > 0.5) == truth for s, truth in scores) / len(scores)


def test_accuracy_rises_with_the_number_of_askings() -> None:
    once, often = _accuracy(1), _accuracy(25)
    assert 0.5 < once < 0.75 and often > 0.93


def test_one_call_asks_everything_and_every_asking_is_its_own() -> None:
    engine = Stub(says=_noisy)
    (opinions,) = Repeated(GRADER, 8)(engine, [group_of("4", "5", "6")], KEY)
    assert engine.calls == [24] and all(o.score is not None and 0 < o.score < 1 for o in opinions)
    assert [o.score for o in Repeated(GRADER, 8)(Stub(says=_noisy), [group_of("4", "5", "6")], KEY)[0]] == [o.score for o in opinions]


def test_askings_that_come_to_nothing_do_not_vote() -> None:
    def half(prompt: str, key: Key) -> str:
        return "<answer>1</answer>" if key.random().random() < 0.5 else "?"

    ((some,),) = Repeated(GRADER, 10)(Stub(says=half), [group_of("4")], KEY)
    assert some.score == 1.0 and "of 10" in some.reason
    ((none,),) = Repeated(GRADER, 3)(Stub(), [group_of("4")], KEY)
    assert none.score is None


def test_heimdall_asks_what_it_was_trained_on() -> None:
    engine = Stub(says=lambda prompt, key: "<think>fine</think><answer>1</answer>")
    ((opinion,),) = heimdall_judge("judge", times=2, thinking=64, wording="short")(engine, [group_of("4")], KEY)
    assert engine.prompts == ["2+2?\n4\n?"] * 2 and opinion.score == 1.0 and heimdall_judge("judge").model == "judge"
    with pytest.raises(BadInput, match="times"):
        Repeated(times=0)
