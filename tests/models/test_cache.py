"""Caches that are shared and joined."""

from __future__ import annotations

import torch
from transformers.cache_utils import Cache

from menolab.models.cache import ROOM, RoomyLayer, join


def batch(rows: int, columns: int, first: int) -> Cache:
    """Keys are numbered, values are their negatives."""
    keys = torch.arange(first, first + rows * columns).float().view(rows, 1, columns, 1)
    return Cache(layers=[RoomyLayer(keys, -keys), RoomyLayer(keys + 0.5, -keys - 0.5)])


def written(cache: Cache, layer: int) -> torch.Tensor:
    own = cache.layers[layer]
    assert isinstance(own, RoomyLayer) and own.keys is not None and own.values is not None
    assert torch.equal(own.keys, -own.values)
    return own.keys[:, 0, : own.columns, 0]


def test_both_end_at_one_column_and_empty_columns_go():
    # Nobody wrote the first two of five columns: their rows have left.
    first = torch.tensor([[0, 0, 0, 1, 1], [0, 0, 1, 1, 1]]).bool()
    second = torch.tensor([[1, 1]]).bool()
    cache, seen = join(batch(2, 5, 10), first, batch(1, 2, 100), second)
    assert seen.tolist() == [[False, True, True], [True, True, True], [False, True, True]]
    for layer, shift in ((0, 0.0), (1, 0.5)):
        assert torch.equal(written(cache, layer)[seen], torch.tensor([13, 14, 17, 18, 19, 100, 101]) + shift)
        assert torch.isfinite(written(cache, layer)).all(), "a masked NaN is still NaN times zero"


def test_the_second_may_be_the_wider():
    cache, seen = join(batch(1, 2, 10), torch.ones(1, 2).bool(), batch(2, 4, 100), torch.tensor([[0, 1, 1, 1], [1, 1, 1, 1]]).bool())
    assert seen.tolist() == [[False, False, True, True], [False, True, True, True], [True] * 4]
    assert torch.equal(written(cache, 0)[seen], torch.tensor([10.0, 11, 101, 102, 103, 104, 105, 106, 107]))


def test_what_was_written_into_the_room_comes_along():
    one = batch(1, 2, 10)
    more = torch.full((1, 1, ROOM + 3, 1), 7.0)  # beyond the room: it has grown on the way
    for layer in one.layers:
        layer.update(more, -more)
    seen = torch.ones(1, ROOM + 5).bool()
    cache, joined = join(one, seen, batch(1, 1, 50), torch.ones(1, 1).bool())
    assert joined.shape == (2, ROOM + 5) and joined[1].sum() == 1
    assert written(cache, 0)[0].tolist() == [10.0, 11.0] + [7.0] * (ROOM + 3)
    assert written(cache, 0)[1, -1] == 50
