"""TON's thought dropout."""

from __future__ import annotations

import pytest

from menolab.keys import Key
from menolab.rewards.by_mode import thinks
from menolab.tasks.countdown import Countdown
from menolab.tasks.thought_dropout import ThoughtDropout

KEY = Key.root(3)
INNER = Countdown(numbers=2, styles=("goal",), weights=(1.0,))


@pytest.mark.parametrize("share", [0.0, 0.3, 1.0])
def test_that_share_of_thoughts_is_dropped_and_answers_stay(share: float) -> None:
    task, dropped = ThoughtDropout(INNER, share), 0
    for i in range(300):
        problem = task(KEY.fold(i))
        shown, full = (t.demonstrate(problem, KEY.fold("d", i)) for t in (task, INNER))
        assert problem == INNER(KEY.fold(i)) and task.verify(problem, shown.text) == INNER.verify(problem, full.text)
        if shown.style == "dropped":
            dropped += 1
            assert shown.text == "<think>\n\n</think>" + full.text.partition("</think>")[2] and not thinks(shown.text)
        else:
            assert shown == full
    assert dropped / 300 == pytest.approx(share, abs=0.08) and task.name == INNER.name


def test_the_first_token_may_tell_the_mode() -> None:
    task = ThoughtDropout(INNER, 1.0, left="")
    problem = task(KEY)
    text = task.demonstrate(problem, KEY).text
    assert text.startswith("<answer>") and task.verify(problem, text) == INNER.verify(problem, INNER.demonstrate(problem, KEY).text)
