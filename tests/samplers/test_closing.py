"""Going on from a cut response."""

from __future__ import annotations

import math

from menolab.engines.decoding import Decoding
from menolab.keys import Key
from menolab.samplers.closing import Begun, closed, go_on, place
from thinker import Thinker

KEY = Key.root(0)


def test_what_is_put_has_no_known_probability_and_what_follows_is_drawn() -> None:
    engine = Thinker(need=3)
    begun = Begun(engine.encode("1 + 2 ="), engine.tokens("<think>xxx"), (-0.25,) * 10, KEY, 4, 100, 3)
    (r,) = go_on(engine, [closed(begun, engine.tokens("</think>"))], Decoding())
    assert r.text == "<think>xxx</think><answer>3</answer>" and r.prompt == begun.prompt and (r.sample, r.key, r.finish) == (4, KEY, "stop")
    assert r.logprobs[:10] == (-0.25,) * 10 and all(map(math.isnan, r.logprobs[10:18])) and r.logprobs[18:] == (-0.5,) * 18
    assert r.drawn == 3 + 18, "what it shares with another and what was put there are not its own"
    (cut,) = go_on(engine, [closed(Begun(begun.prompt, begun.tokens, begun.logprobs, KEY, 0, 5, 0), engine.tokens("</think>"))], Decoding())
    assert cut.text.endswith("</think><answ"[:13]) and cut.finish == "length"


def test_place() -> None:
    assert place((1, 2, 3, 2, 3), (2, 3)) == 1 and place((1, 2), (3,)) is None and place((), (3,)) is None and place((3,), (3, 4)) is None
