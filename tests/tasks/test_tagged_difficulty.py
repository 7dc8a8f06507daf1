"""AdaCtrl's cold start: brief under [Easy], long under [Hard]."""

from __future__ import annotations

from menolab.keys import Key
from menolab.tasks.countdown import Countdown
from menolab.tasks.tagged_difficulty import TaggedDifficulty

KEY = Key.root(3)


def test_tags_follow_the_length_of_the_thought() -> None:
    inner, seen = Countdown(numbers=2), set()
    for i in range(60):
        problem = inner(KEY.fold(i))
        full = inner.demonstrate(problem, KEY.fold(i))
        thought = full.text.partition("</think>")[0].removeprefix("<think>")
        for longest in (0, 12):
            shown = TaggedDifficulty(inner, longest).demonstrate(problem, KEY.fold(i))
            wanted = "[Easy]" if len(thought) <= longest else "[Hard]"
            seen.add((wanted, longest))
            assert shown.text == wanted + full.text and shown.style == full.style
            assert inner.verify(problem, shown.text) == inner.verify(problem, full.text)
    assert len(seen) == 4
