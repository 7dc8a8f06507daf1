"""What crosses the border of the sandbox: frames of JSON in which only plain data can be said.

Values are encoded by exact type. A subclass with its own `__eq__`, a generator, a mock: none of them can be written down here, so none of them can
arrive. A value that cannot be written is an error, or a reference (a number that means something on the other side only) where the caller allows.
Nothing is ever unpickled.

    1, 2.5, "x", True, None, [..]      themselves (floats by shortest repr, which is exact; whole numbers of up to 64 bits)
    everything else                    {"t": type, "v": parts}
"""

from __future__ import annotations

import array
import collections
import json
import socket
import struct
from collections.abc import Callable
from typing import Any

MAX_FRAME = 8 << 20
"""Bytes of the largest frame that is written or read."""
MAX_DEPTH = 100
"""Containers within containers; far below where a JSON parser would give up."""

Refer = Callable[[object], int]
Resolve = Callable[[int, str], object]


class NotPlain(ValueError):
    """The value, or a part of it, is not plain data."""


class Broken(Exception):
    """The other side has gone, or has sent what no honest one would."""


_MAPPINGS = (dict, collections.Counter, collections.OrderedDict, collections.defaultdict)
"""All arrive as dict: their own methods are the other side's word."""
_TYPES = {kind.__name__: kind for kind in (int, float, complex, bool, str, bytes, list, tuple, dict, set, frozenset)}
_SEQUENCES = {tuple: "tuple", set: "set", frozenset: "frozenset"}


def encode(value: object, refer: Refer | None = None, depth: int = 0) -> Any:
    """JSON data for plain data.

    Args:
        refer: gives a number for an object that is not plain data; without it such an object is an error.

    Raises:
        NotPlain: a type that cannot cross, or too deep.
    """
    kind = type(value)
    if value is None or kind is bool or kind is float or kind is str:
        return value
    if kind is int:
        return value if -(1 << 63) <= value < 1 << 63 else {"t": "int", "v": hex(value)}  # type: ignore[operator]
    if depth >= MAX_DEPTH:
        raise NotPlain(f"nested more than {MAX_DEPTH} deep")
    if kind is list:
        return [encode(item, refer, depth + 1) for item in value]  # type: ignore[attr-defined]
    if kind in _MAPPINGS:
        return {"t": "dict", "v": [[encode(k, refer, depth + 1), encode(v, refer, depth + 1)] for k, v in dict.items(value)]}  # type: ignore[arg-type]
    if kind in _SEQUENCES:
        return {"t": _SEQUENCES[kind], "v": [encode(item, refer, depth + 1) for item in value]}  # type: ignore[attr-defined]
    if kind is bytes or kind is bytearray:
        return {"t": kind.__name__, "v": value.hex()}  # type: ignore[attr-defined]
    if kind is complex:
        return {"t": "complex", "v": [value.real, value.imag]}  # type: ignore[attr-defined]
    if kind is range:
        return {"t": "range", "v": [encode(part) for part in (value.start, value.stop, value.step)]}  # type: ignore[attr-defined]
    if kind is array.array and value.typecode != "u":  # type: ignore[attr-defined]
        return {"t": "array", "v": [value.typecode, value.tolist()]}  # type: ignore[attr-defined]
    if kind is type and _TYPES.get(value.__name__) is value:  # type: ignore[attr-defined]
        return {"t": "type", "v": value.__name__}  # type: ignore[attr-defined]
    if refer is not None:
        return {"t": "ref", "v": refer(value), "of": kind.__name__[:100]}
    raise NotPlain(f"a value of type {kind.__name__[:100]}, which is not plain data")


def decode(data: Any, resolve: Resolve | None = None) -> Any:
    """The value that `encode` wrote. Never runs anything of the other side's.

    Args:
        resolve: makes an object of a reference (its number and the name of its type); without it a reference is an error.

    Raises:
        Broken: not what `encode` writes.
    """
    try:
        return _decode(data, resolve)
    except (LookupError, TypeError, ValueError, OverflowError, RecursionError) as error:  # an unhashable key, a bad digit, a missing tag
        raise Broken(f"a malformed value: {type(error).__name__}") from error


def _decode(data: Any, resolve: Resolve | None) -> Any:
    if data is None or isinstance(data, (bool, int, float, str)):
        return data
    if isinstance(data, list):
        return [_decode(item, resolve) for item in data]
    return _tagged(data["t"], data["v"], data, resolve)


def _tagged(tag: str, parts: Any, data: dict[str, Any], resolve: Resolve | None) -> Any:
    if tag == "int":
        return int(parts, 16)
    if tag == "dict":
        return {_decode(key, resolve): _decode(value, resolve) for key, value in parts}
    if tag in ("tuple", "set", "frozenset"):
        return {"tuple": tuple, "set": set, "frozenset": frozenset}[tag](_decode(item, resolve) for item in parts)
    if tag in ("bytes", "bytearray"):
        return {"bytes": bytes, "bytearray": bytearray}[tag].fromhex(parts)
    if tag == "complex":
        return complex(float(parts[0]), float(parts[1]))
    if tag == "range":
        return range(*(_decode(part, None) for part in parts))
    if tag == "array":
        return array.array(parts[0], parts[1])
    if tag == "type":
        return _TYPES[parts]
    if tag == "ref" and resolve is not None:
        return resolve(int(parts), str(data.get("of", "object")))
    raise Broken("a value of a kind that is not allowed here")


class Channel:
    """Frames over a connected socket: four bytes of length, then JSON."""

    def __init__(self, end: socket.socket):
        self.end = end

    def send(self, message: Any) -> None:
        """Write one frame.

        Raises:
            Broken: the other side has gone.
            NotPlain: larger than a frame may be.
        """
        body = json.dumps(message).encode()
        if len(body) > MAX_FRAME:
            raise NotPlain(f"more than {MAX_FRAME >> 20} MiB of data")
        try:
            self.end.sendall(struct.pack(">I", len(body)) + body)
        except OSError as error:
            raise Broken("the other side has gone") from error

    def receive(self) -> Any:
        """Read one frame.

        Raises:
            Broken: the other side has gone, or has sent something else.
        """
        (length,) = struct.unpack(">I", self._bytes(4))
        if length > MAX_FRAME:
            raise Broken("a frame that is too large")
        try:
            return json.loads(self._bytes(length))
        except (ValueError, RecursionError) as error:
            raise Broken("a frame that is not JSON") from error

    def _bytes(self, count: int) -> bytes:
        parts = []
        while count:
            try:
                part = self.end.recv(min(count, 1 << 16))
            except OSError as error:
                raise Broken("the other side did not answer") from error
            if not part:
                raise Broken("the other side has gone")
            parts.append(part)
            count -= len(part)
        return b"".join(parts)
