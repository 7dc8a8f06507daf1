from __future__ import annotations

import array
import collections
import json
import math
import socket
import struct
import threading
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from menolab.sandbox.wire import MAX_DEPTH, MAX_FRAME, Broken, Channel, NotPlain, decode, encode

KEYS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text() | st.binary() | st.tuples(st.integers(), st.text())
VALUES = st.recursive(
    KEYS | st.complex_numbers(allow_nan=False) | st.binary().map(bytearray),
    lambda inner: st.lists(inner) | st.lists(inner).map(tuple) | st.dictionaries(KEYS, inner) | st.sets(KEYS) | st.frozensets(KEYS),
    max_leaves=20,
)


def identical(a: Any, b: Any) -> bool:
    """Equal in value and type, all the way down."""
    if type(a) is not type(b) or a != b:
        return False
    if isinstance(a, (list, tuple)):
        return all(identical(x, y) for x, y in zip(a, b, strict=True))
    return not isinstance(a, dict) or all(identical(x, b[key]) for key, x in a.items())


@settings(max_examples=200, deadline=None)
@given(VALUES)
def test_plain_data_comes_back_the_same(value: Any) -> None:
    assert identical(decode(json.loads(json.dumps(encode(value)))), value)


def test_other_plain_types() -> None:
    for value in (range(1, 9, 2), 10**5000, -(1 << 63), 1 << 63, "\ud800", float("inf"), int, array.array("d", [1.5])):
        back = decode(json.loads(json.dumps(encode(value))))
        assert back == value and type(back) is type(value)
    assert math.isnan(decode(json.loads(json.dumps(encode(math.nan)))))
    assert math.copysign(1, decode(json.loads(json.dumps(encode(-0.0))))) == -1
    for mapping in (collections.Counter("aab"), collections.OrderedDict(a=1), collections.defaultdict(int, a=1)):
        back = decode(encode(mapping))
        assert type(back) is dict and back == dict(mapping)


class Sly(int):
    def __eq__(self, other: object) -> bool:
        return True

    __hash__ = int.__hash__


class SlyDict(dict[str, int]):
    pass


@pytest.mark.parametrize("value", [Sly(3), [Sly(3)], {"a": Sly(1)}, SlyDict(), object(), (n for n in ()), len, Sly, {}.keys(), [map(int, "1")]])
def test_anything_else_cannot_be_said(value: object) -> None:
    with pytest.raises(NotPlain):
        encode(value)


def test_references_only_where_allowed() -> None:
    seen: list[object] = []

    def refer(value: object) -> int:
        seen.append(value)
        return 7

    data = encode([1, Sly(3)], refer)
    assert type(seen[0]) is Sly and data[1]["v"] == 7
    assert decode(data, lambda number, kind: (number, kind)) == [1, (7, "Sly")]
    with pytest.raises(Broken):
        decode(data)


def test_too_deep_is_refused() -> None:
    value: list[Any] = []
    for _ in range(MAX_DEPTH - 1):
        value = [value]
    decode(encode(value))
    with pytest.raises(NotPlain):
        encode([[value]])


@pytest.mark.parametrize(
    "data",
    [
        {}, {"t": "int"}, {"t": "int", "v": "zz"}, {"t": "int", "v": 3}, {"t": "dict", "v": [[[], 1]]}, {"t": "dict", "v": [1]}, {"t": "set", "v": [[]]},
        {"t": "bytes", "v": "0"}, {"t": "nothing", "v": 1}, {"t": ["x"], "v": 1}, {"t": "range", "v": ["a"]}, {"t": "complex", "v": []},
        {"t": "array", "v": ["z", []]}, {"t": "type", "v": "object"}, {"t": "ref", "v": 1, "of": "x"}, [{"t": "tuple", "v": 4}],
    ],
)  # fmt: skip
def test_malformed_values_are_broken(data: Any) -> None:
    with pytest.raises(Broken):
        decode(data)


def pair() -> tuple[Channel, socket.socket]:
    left, right = socket.socketpair()
    left.settimeout(5)
    return Channel(left), right


@pytest.mark.parametrize("sent", [b"", b"\0\0", struct.pack(">I", 5) + b"12", struct.pack(">I", 3) + b"abc", struct.pack(">I", MAX_FRAME + 1), b"\xff" * 64])
def test_bad_frames_are_broken(sent: bytes) -> None:
    channel, other = pair()
    other.sendall(sent)
    other.close()
    with pytest.raises(Broken):
        channel.receive()


def test_nesting_beyond_the_parser_is_broken() -> None:
    channel, other = pair()
    body = b"[" * 100_000 + b"]" * 100_000
    threading.Thread(target=lambda: other.sendall(struct.pack(">I", len(body)) + body)).start()
    with pytest.raises(Broken):
        channel.receive()


def test_frames_of_every_size() -> None:
    channel, other = pair()
    for text in ("", "x" * 100_000):
        threading.Thread(target=Channel(other).send, args=({"a": text},)).start()
        assert channel.receive() == {"a": text}
    with pytest.raises(NotPlain):
        channel.send("x" * MAX_FRAME)
    other.close()
    with pytest.raises(Broken):
        channel.send(1)
