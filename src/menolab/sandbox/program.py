"""What runs a program, in the process that has given up everything else.

Here the program can reach all there is: these functions, their frames, the socket. So nothing here is secret, and nothing here decides: it answers
calls, and whoever asked compares the answers.
"""

from __future__ import annotations

import _sitebuiltins
import atexit
import builtins
import io
import random
import sys
import threading
import traceback
import types
from collections.abc import Iterable
from typing import Any

from menolab.sandbox.wire import Broken, Channel, NotPlain, decode, encode

_TEXT = 300
"""Characters of an exception's text that are passed on."""
_MOST_ITEMS = 1_000_000


def describe(error: BaseException) -> dict[str, str]:
    """An exception as data."""
    try:
        text = str(error)[:_TEXT]
    except BaseException:  # an exception whose text raises
        text = ""
    return {"raised": type(error).__name__[:100], "text": text}


class Server:
    """Answers calls to one module, one at a time. Objects that are not plain data stay here; the other side holds their numbers."""

    def __init__(self, channel: Channel):
        self.channel = channel
        self.module = types.ModuleType("solution")
        self.objects: list[object] = []

    def serve(self) -> None:
        """Answer until the other side has gone. A reply repeats the number drawn for its question, so none can be written in advance."""
        sys.modules["solution"] = self.module
        while True:
            try:
                question = self.channel.receive()
            except Broken:
                return
            try:
                reply = self.answer(question)
            except NotPlain as error:
                reply = {"unplain": str(error)}
            except BaseException as error:  # the program's own, SystemExit and KeyboardInterrupt too
                reply = describe(error)
            try:
                self.channel.send({**reply, "nonce": question["nonce"]})
            except NotPlain as error:
                self.channel.send({"unplain": str(error), "nonce": question["nonce"]})

    def answer(self, question: dict[str, Any]) -> dict[str, Any]:
        """Do what is asked; what the program raises goes through."""
        if question["do"] == "load":
            exec(compile(question["code"], "<program>", "exec"), self.module.__dict__)
            return {"value": None}
        target = self._target(question)
        if question["do"] == "call":
            return self._call(target, question)
        return {"value": encode(_look(target, question), self._refer if question["refer"] else None)}

    def _call(self, target: Any, question: dict[str, Any]) -> dict[str, Any]:
        args = [decode(data, self._resolve) for data in question["args"]]
        kwargs = {name: decode(data, self._resolve) for name, data in question["kwargs"].items()}
        refer = self._refer if question["refer"] else None
        value = encode(target(*args, **kwargs), refer)
        changed = {}
        for place, data in enumerate(question["args"]):
            if type(args[place]) in (list, dict, set, bytearray):
                now = encode(args[place], refer)
                if now != data:
                    changed[str(place)] = now
        return {"value": value, "changed": changed}

    def _target(self, question: dict[str, Any]) -> Any:
        """The object asked about: one of the module's names, or one that it has handed out."""
        if "ref" in question:
            return self._resolve(question["ref"], "")
        name = question["name"]
        if name not in self.module.__dict__:
            raise NameError(f"name {name!r} is not defined")
        return self.module.__dict__[name]

    def _refer(self, value: object) -> int:
        self.objects.append(value)
        return len(self.objects) - 1

    def _resolve(self, number: int, kind: str) -> object:
        return self.objects[number]


def _look(target: Any, question: dict[str, Any]) -> Any:
    kind = question["do"]
    if kind == "get":
        return target
    if kind == "attribute":
        return getattr(target, question["attribute"])
    if kind == "items":
        return _items(target)
    if kind == "length":
        return len(target)
    if kind == "truth":
        return bool(target)
    raise ValueError(f"unknown question {kind!r}")


def _items(target: Iterable[object]) -> list[object]:
    found = []
    for item in target:
        found.append(item)
        if len(found) > _MOST_ITEMS:
            raise NotPlain(f"more than {_MOST_ITEMS} items")
    return found


def run_script(code: str) -> int:
    """Run `code` as the main program; returns its exit status."""
    main = types.ModuleType("__main__")
    main.__dict__["__builtins__"] = builtins
    sys.modules["__main__"] = main
    sys.argv = ["program.py"]
    status = 0
    try:
        exec(compile(code, "<program>", "exec"), main.__dict__)
    except SystemExit as stop:
        status = stop.code if isinstance(stop.code, int) else 0 if stop.code is None else 1
    except BaseException as error:
        traceback.print_exception(type(error), error, _own_frames(error), file=sys.stderr)
        status = 1
    return _wind_up(status)


def _own_frames(error: BaseException) -> types.TracebackType | None:
    """The traceback without the frame of `run_script`."""
    return error.__traceback__.tb_next if error.__traceback__ else None


def _wind_up(status: int) -> int:
    """What an interpreter does at its end: wait for threads, run exit handlers, write out buffers."""
    for last in (threading._shutdown, atexit._run_exitfuncs, sys.stdout.flush, sys.stderr.flush):  # type: ignore[attr-defined]
        try:
            last()
        except BaseException:
            status = status or 1
    return status & 0xFF


def fresh_start() -> None:
    """What a program expects to begin with: text streams over descriptors 0, 1 and 2 as they are now; `exit` and `quit`, which the module `site`, absent here,
    gives to every program; `random` in the same state each time, so that a program gets the same verdict twice."""
    random.seed(0)
    for name in ("exit", "quit"):
        setattr(builtins, name, _sitebuiltins.Quitter(name, "Ctrl-D (i.e. EOF)"))
    sys.stdin = sys.__stdin__ = io.TextIOWrapper(io.BufferedReader(io.FileIO(0, closefd=False)), encoding="utf-8")
    sys.stdout = sys.__stdout__ = io.TextIOWrapper(io.BufferedWriter(io.FileIO(1, "w", closefd=False)), encoding="utf-8", errors="surrogateescape")
    sys.stderr = sys.__stderr__ = io.TextIOWrapper(io.FileIO(2, "w", closefd=False), encoding="utf-8", errors="backslashreplace", write_through=True)  # type: ignore[arg-type]
