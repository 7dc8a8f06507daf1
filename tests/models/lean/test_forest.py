"""Packing: every token once, at its position, seeing what it must; and the rectangles that pad it."""

from __future__ import annotations

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from menolab.models.lean import forest as module
from menolab.models.lean.forest import Forest, trunks

TOKENS = st.integers(0, 3)
ROWS = st.lists(st.tuples(st.lists(TOKENS, min_size=1, max_size=6), st.lists(TOKENS, max_size=5)), min_size=1, max_size=12)


def pack(rows) -> Forest:
    return Forest.pack([tuple(prompt) for prompt, _ in rows], [response for _, response in rows])


def seen(forest: Forest) -> list[list[int]]:
    """For each packed token those that it sees, in order of position."""
    out: list[list[int]] = []
    for start, length, prefix, before in forest.segments.tolist():
        out += [[*range(prefix, prefix + before), *range(start, start + t + 1)] for t in range(length)]
    return out


@given(ROWS)
def test_every_row_can_be_read_back_and_nothing_stands_twice(rows):
    forest = pack(rows)
    tokens, position, views = forest.tokens_N.tolist(), forest.position_N.tolist(), seen(forest)
    distinct = {tuple(prompt) for prompt, _ in rows}
    assert len(tokens) == len(position) == len(views) == sum(map(len, distinct)) + sum(len(response) for _, response in rows)
    assert len(forest.trees) - 1 == len(distinct) and forest.trees[-1] == len(forest.segments)
    for (prompt, response), first, last in zip(rows, forest.first_B.tolist(), forest.last_B.tolist(), strict=True):
        end = first + len(response) - 1 if response else last
        assert [tokens[i] for i in views[end]] == [*prompt, *response]
        assert [position[i] for i in views[end]] == list(range(len(prompt) + len(response)))
    assert forest.position_N.dtype == forest.segments.dtype == forest.trees.dtype == torch.int32, "the kernels read int32"


@given(ROWS)
def test_trees_are_runs_of_tokens(rows):
    forest = pack(rows)
    end = 0
    for low, high in zip(forest.trees.tolist(), forest.trees.tolist()[1:], strict=False):
        (start, _, _, before), *rest = forest.segments[low:high].tolist()
        assert (start, before) == (end, 0)
        for segment in forest.segments[low:high].tolist():
            assert segment[0] == end, "segments follow one another"
            end += segment[1]
        assert all(prefix == start for _, _, prefix, _ in rest)
    assert end == len(forest.tokens_N)


@given(ROWS)
def test_the_tokens_that_predict(rows):
    whole = [(prompt, [*response, 1]) for prompt, response in rows]
    forest = pack(rows)
    lengths = [len(response) for _, response in whole]
    asked, views, tokens = iter(forest.predicting(lengths).tolist()), seen(forest), forest.tokens_N.tolist()
    for prompt, response in whole:
        for t in range(len(response)):
            assert [tokens[i] for i in views[next(asked)]] == [*prompt, *response[:t]]
    assert next(asked, None) is None


@settings(max_examples=40)
@given(ROWS, st.integers(1, 4))
def test_rectangles_hold_each_token_once_and_see_the_same(rows, block):
    forest = pack(rows)
    views, counted = seen(forest), torch.zeros(len(forest.tokens_N), dtype=torch.long)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "BLOCK", block)
        for part in forest.rectangles(torch.device("cpu")):
            assert len(part.query_RT) <= block
            for r, t in part.real_RT.nonzero().tolist():
                counted[part.query_RT[r, t]] += 1
                assert part.key_RS[r][part.seen_RTS[r, t]].tolist() == views[part.query_RT[r, t]]
            assert part.seen_RTS.any(-1).all(), "padding sees something too, else its softmax is NaN"
    assert (counted == 1).all()


def test_a_forest_on_the_cpu_stays_as_it_is():
    forest = pack([((1,), [2])])
    assert forest.to(torch.device("cpu")) is forest
    meta = forest.to(torch.device("meta"))
    assert meta.tokens_N.device.type == meta.trees.device.type == "meta"


@given(st.lists(st.lists(st.integers(0, 1), min_size=1, max_size=12).map(tuple), min_size=1, max_size=10, unique=True), st.sampled_from([1, 2, 4]))
def test_trunks_hold_each_prompt_once_and_are_shared(prompts, unit):
    lots = trunks(prompts, unit)
    assert sorted(p for _, members in lots for p in members) == list(range(len(prompts)))
    for shared, members in lots:
        assert shared % unit == 0 and (shared > 0) == (len(members) > 1)
        assert len({prompts[p][:shared] for p in members}) == 1 and all(len(prompts[p]) >= shared for p in members)


def test_a_common_greeting_is_no_trunk():
    problems = [(7,) * 16 + (p,) * 40 for p in range(4)]
    assert trunks(problems, 16) == [(0, [p]) for p in range(4)]
    nodes = [(7,) * 40 + (p,) for p in range(4)]
    assert trunks(nodes, 16) == [(32, [0, 1, 2, 3])]


@given(ROWS)
def test_idle_tokens_stand_behind_and_alone(rows):
    forest = pack(rows)
    wide, count = forest.rounded(), len(forest.tokens_N)
    assert seen(wide)[:count] == seen(forest) and all(min(view) >= count for view in seen(wide)[count:])
    assert wide.tokens_N[:count].tolist() == forest.tokens_N.tolist() and len(wide.position_N) == len(wide.tokens_N) == len(seen(wide))
    assert wide.trees.tolist() == forest.trees.tolist() + [len(wide.segments)] * (len(wide.tokens_N) > count) and wide.trees[-1] == len(wide.segments)
    assert wide.first_B.tolist() == forest.first_B.tolist() and wide.last_B.tolist() == forest.last_B.tolist()
    assert {x.dtype for x in (wide.position_N, wide.segments, wide.trees)} == {torch.int32}


def test_few_numbers_of_tokens():
    numbers = [len(pack([([1] * n, [])]).rounded().tokens_N) for n in range(1, 4097)]
    assert len({n for n in numbers if n > 2048}) == 8 and len(set(numbers)) <= 8 + 8 * 9 and all(n <= m <= n * 9 / 8 for n, m in enumerate(numbers, 1))
