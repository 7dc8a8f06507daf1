"""What the sampler keeps of what it draws: each request its own tokens, however rows come and go."""

from __future__ import annotations

import pytest
import torch

from menolab.engines.drawn import Drawn
from menolab.engines.stops import StopStrings
from menolab.errors import RunFailed

CPU = torch.device("cpu")


def add(drawn: Drawn, who: list[int], live: list[bool], token: list[int], logprob: list[float] | None = None, forced: list[bool] | None = None) -> list[bool]:
    logprobs = torch.tensor(logprob or [-0.5 * t for t in token])
    mask = None if forced is None else torch.tensor(forced)
    return drawn.add(torch.tensor(who), torch.tensor(live), torch.tensor(token), logprobs, mask).tolist()


def test_rows_that_start_and_end_at_different_times():
    drawn = Drawn([3, 2, 1], [9], None, CPU)
    assert add(drawn, [0, 1], [True, True], [5, 9]) == [True, False]
    assert add(drawn, [0, 1, 2], [True, False, True], [6, 7, 4]) == [True, False, False]  # request 1 waits; request 2 comes and is at its limit
    assert add(drawn, [0, 2], [True, False], [9, 8]) == [False, False]
    first, second, third = drawn.completions()
    assert (first.tokens, first.finish) == ((5, 6, 9), "stop"), "an end token at the limit is an end"
    assert (second.tokens, second.finish, second.logprobs) == ((9,), "stop", (-4.5,))
    assert (third.tokens, third.finish, third.logprobs) == ((4,), "length", (-2.0,))
    assert first.forced == ()


def test_a_finished_row_changes_nothing_whatever_it_draws():
    drawn = Drawn([2, 2], [9], None, CPU)
    live = add(drawn, [0, 1], [True, True], [9, 1])
    for token in (9, 3, 4, 5, 6):
        add(drawn, [0], live[:1], [token], [float("nan")], [True])
    assert drawn.completions()[0] == drawn.completions()[0]
    assert drawn.completions()[0].tokens == (9,) and drawn.completions()[0].forced == ()
    assert drawn.completions()[1].tokens == (1,)


def test_forced_tokens_are_named():
    drawn = Drawn([4], [9], None, CPU)
    for token, forced in [(1, False), (2, True), (3, True), (9, False)]:
        add(drawn, [0], [True], [token], [0.0 if forced else -1.0], [forced])
    (completion,) = drawn.completions()
    assert completion.forced == (1, 2) and completion.logprobs == (-1.0, 0.0, 0.0, -1.0)


def test_stop_strings_look_at_the_requests_own_tail():
    texts = ["", "a", "b", "c"]
    stops = StopStrings(("ab",), lambda tokens: "".join(texts[t] for t in tokens), texts)
    drawn = Drawn([5, 5], [], stops, CPU)
    assert add(drawn, [1, 0], [True, True], [1, 3]) == [True, True]
    assert add(drawn, [1, 0], [True, True], [2, 2]) == [False, True], "only the row whose own last two letters are ab"
    assert add(drawn, [0], [True], [1]) == [True]
    assert add(drawn, [0], [True], [2]) == [False]
    assert [c.finish for c in drawn.completions()] == ["stop", "stop"]
    assert [c.tokens for c in drawn.completions()] == [(3, 2, 1, 2), (1, 2)]


def test_numbers_that_are_none_fail_the_run():
    drawn = Drawn([2], [], None, CPU)
    add(drawn, [0], [True], [1], [float("nan")])
    with pytest.raises(RunFailed, match="diverged"):
        drawn.completions()


def test_what_a_row_has_drawn_so_far():
    drawn = Drawn([3, 3], [], None, CPU)
    add(drawn, [0, 1], [True, True], [4, 5])
    add(drawn, [1], [True], [6])
    so_far = drawn.so_far(torch.tensor([1, 0]))
    assert so_far.length_R.tolist() == [2, 1] and so_far.tokens_RT.tolist() == [[5, 6, 0], [4, 0, 0]]


def test_nothing_asked():
    assert Drawn([], [2], None, CPU).completions() == []
