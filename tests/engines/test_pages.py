"""Pages that are free, and those that rows name."""

from __future__ import annotations

import pytest
import torch

from menolab.engines.pages import Pages


def pages(*numbers: int) -> torch.Tensor:
    return torch.tensor(numbers, dtype=torch.int32)


def test_what_was_given_back_last_is_taken_first():
    room = Pages(5)
    taken = room.take(3)
    assert sorted(taken.tolist()) == [0, 1, 2] and room.left == 2
    room.put_back(taken[:1])
    assert room.take(1).tolist() == taken[:1].tolist()


def test_a_page_is_free_when_its_last_row_leaves():
    room = Pages(4)
    a, b = room.take(2).tolist()
    room.use(pages(a, a, b))  # one row names a alone, another both
    assert [int(room.users[a]), int(room.users[b])] == [2, 1]
    room.leave(pages(a))
    assert sorted(room.free.tolist()) == [2, 3]
    room.leave(pages(a, b))
    assert sorted(room.free.tolist()) == [0, 1, 2, 3] and not room.users.any()


def test_rows_that_leave_together_free_what_they_shared_once():
    room = Pages(3)
    shared = room.take(1)
    room.use(shared.repeat(3))
    room.leave(shared.repeat(3))
    assert sorted(room.free.tolist()) == [0, 1, 2]


def test_more_than_there_is():
    with pytest.raises(AssertionError, match="more pages"):
        Pages(2).take(3)
