"""What runs test code, in a process beside the program's.

Test code in the style of HumanEval and MBPP calls the program and asserts in the same breath. Run in the program's process, its verdict would be the
program's to forge. So it runs here, where no line of the program ever does: a name that belongs to the program is a stand-in, calling it sends plain
data across, and plain data come back. What an assertion compares is an exact built-in value of this process.
"""

from __future__ import annotations

import ast
import builtins
import importlib
import secrets
import sys
from collections.abc import Iterator
from types import TracebackType
from typing import Any

from menolab.sandbox.wire import Broken, Channel, NotPlain, decode, encode

_REASON = 200


class ProgramError(Exception):
    """The program raised something that is not a built-in exception, or is not there any more."""


class Link:
    """The tests' side of the program."""

    def __init__(self, channel: Channel):
        self.channel = channel

    def load(self, code: str) -> None:
        """Run the program's source in its process.

        Raises:
            Exception: what the program raised, as `ask` has it.
        """
        self._raw({"do": "load", "code": code})

    def ask(self, question: dict[str, Any]) -> Any:
        """The value that answers `question`.

        Raises:
            ProgramError: the program has ended, or gave something that is not plain data.
            Exception: a built-in exception of the kind that the program raised, with its text.
        """
        return self._decoded(self._raw({**question, "refer": True})["value"])

    def call(self, question: dict[str, Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """Call a function of the program. Lists, dicts, sets and bytearrays that it changed in place are changed here too."""
        sent = [encode(arg, _number) for arg in args]
        named = {name: encode(arg, _number) for name, arg in kwargs.items()}
        reply = self._raw({**question, "do": "call", "args": sent, "kwargs": named, "refer": True})
        for place, data in reply["changed"].items():
            _replace(args[int(place)], self._decoded(data))
        return self._decoded(reply["value"])

    def _raw(self, question: dict[str, Any]) -> dict[str, Any]:
        nonce = secrets.token_hex(8)
        try:
            self.channel.send({**question, "nonce": nonce})
            reply = self.channel.receive()
            if not isinstance(reply, dict) or reply.get("nonce") != nonce:
                raise Broken("an answer to another question")
        except Broken as error:
            raise ProgramError(f"the program ended: {error}") from error
        if "value" in reply and isinstance(reply.get("changed", {}), dict):
            return {"changed": {}, **reply}
        if "unplain" in reply:
            raise ProgramError(f"the program returned {reply['unplain']}")
        raise _exception(str(reply.get("raised")), str(reply.get("text")))

    def _decoded(self, data: Any) -> Any:
        try:
            return decode(data, lambda number, kind: Remote(self, {"ref": number}, kind))
        except Broken as error:
            raise ProgramError(f"the program sent {error}") from error


def _replace(own: Any, new: Any) -> None:
    if type(own) is not type(new):
        raise ProgramError("the program sent a malformed value")
    if type(own) in (list, bytearray):
        own[:] = new
    else:
        own.clear()
        own.update(new)


def _exception(name: str, text: str) -> Exception:
    kind = getattr(builtins, name, None)
    if isinstance(kind, type) and issubclass(kind, Exception) and not issubclass(kind, UnicodeError):
        return kind(text)
    return ProgramError(f"{name}: {text}")


def _number(value: object) -> int:
    """The number of an object of the program's that goes back to it."""
    if type(value) is Remote and "ref" in value._question:
        return value._question["ref"]
    raise NotPlain(f"an argument of type {type(value).__name__}")


class Remote:
    """Stands for an object of the program. It can be called, walked through, asked for attributes and whether it is true; it equals nothing."""

    def __init__(self, link: Link, question: dict[str, Any], kind: str):
        self._link, self._question, self._kind = link, question, kind

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self._link.call(self._question, args, kwargs)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return self._link.ask({**self._question, "do": "attribute", "attribute": name})

    def __iter__(self) -> Iterator[Any]:
        return iter(self._link.ask({**self._question, "do": "items"}))

    def __len__(self) -> int:
        return self._link.ask({**self._question, "do": "length"})

    def __eq__(self, other: object) -> bool:
        raise ProgramError(f"the program returned a {self._kind}, which is not plain data")

    def __bool__(self) -> bool:
        return self._link.ask({**self._question, "do": "truth"}) is True  # it might as well have returned True

    __hash__ = None  # type: ignore[assignment]


# ---- test code ------------------------------------------------------------------------------------------------------------------------------


class Tally:
    """Which assertions held. An assertion that was never reached did not."""

    def __init__(self) -> None:
        self.names: list[str] = []
        self.reasons: list[str | None] = []
        self.checks: list[int] = []
        """Which check each test is of."""
        self.check = -1

    def add(self, name: str) -> int:
        """A further test; returns its place."""
        self.names.append(name[:_REASON])
        self.reasons.append("not reached")
        self.checks.append(self.check)
        return len(self.names) - 1

    def unit(self, place: int) -> Unit:
        """The guard around a test: notes its result and lets the next one run."""
        return Unit(self, place)


class Unit:
    """Holds if what stands inside raises nothing."""

    def __init__(self, tally: Tally, place: int):
        self.tally, self.place = tally, place

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> bool:
        if isinstance(error, NotPlain):  # these tests cannot be run here: no verdict on the program
            return False
        self.tally.reasons[self.place] = None if kind is None else explain(error)
        return True


def explain(error: BaseException | None) -> str:
    """Why a test failed, in one clause."""
    if isinstance(error, AssertionError):
        return f"assertion failed: {error}"[:_REASON] if str(error) else "assertion failed"
    return str(error)[:_REASON] if isinstance(error, ProgramError) else f"{type(error).__name__}: {error}"[:_REASON]


def split(source: str, tally: Tally) -> ast.Module:
    """Test code in which every assertion at the top, or directly within a function called check, is a test of its own.

    A loop that asserts is one test; an assertion of a constant tests nothing. Code without assertions is one test as a whole.
    """
    tally.check += 1
    tree = ast.parse(source)
    before = len(tally.names)
    for node in tree.body:
        if isinstance(node, ast.FunctionDef) and node.name == "check":
            node.body = [_guard(inner, tally) for inner in node.body]
    tree.body = [node if isinstance(node, (ast.FunctionDef, ast.ClassDef)) else _guard(node, tally) for node in tree.body]
    if len(tally.names) == before:
        tree.body = [_with(tally.add(source.strip()), tree.body)] if tree.body else []
    return ast.fix_missing_locations(tree)


def _guard(node: ast.stmt, tally: Tally) -> ast.stmt:
    asserts = [inner for inner in ast.walk(node) if isinstance(inner, ast.Assert) and not isinstance(inner.test, ast.Constant)]
    return _with(tally.add(ast.unparse(node)), [node]) if asserts else node


def _with(place: int, body: list[ast.stmt]) -> ast.With:
    call = ast.Call(ast.Name("__unit__", ast.Load()), [ast.Constant(place)], [])
    return ast.With([ast.withitem(call)], body)


def foreign_names(trees: list[ast.Module], own: set[str]) -> tuple[set[str], set[str]]:
    """Names that test code uses and nobody here defines: the library's modules (``math`` in ``math.isclose``), and the program's."""
    nodes = [node for tree in trees for node in ast.walk(tree)]
    bound = own | set(dir(builtins)) | {"__unit__"}
    bound |= {node.id for node in nodes if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load)}
    bound |= {node.arg for node in nodes if isinstance(node, ast.arg)}
    bound |= {node.name for node in nodes if isinstance(node, (ast.FunctionDef, ast.ClassDef))}
    bound |= {(a.asname or a.name).partition(".")[0] for node in nodes if isinstance(node, (ast.Import, ast.ImportFrom)) for a in node.names}
    used = {node.id for node in nodes if isinstance(node, ast.Name)} - bound
    owners = {node.value.id for node in nodes if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name)}
    modules = used & owners & sys.stdlib_module_names
    return modules, used - modules


def test(channel: Channel, link: Link) -> None:
    """Carry out one plan: load the program, run the prelude and the checks, send the tally.

    The plan is {code, setup, prelude, checks, entry}: `prelude` is trusted code that runs here (helpers that the tests use); `setup` runs in the
    program's process, after it, to build objects of its classes; `entry` is the function that tests know as ``candidate``.
    """
    plan = channel.receive()
    tally = Tally()
    try:
        trees, names = _prepare(plan, tally, link)
    except Exception as error:
        channel.send({"names": [], "reasons": [], "checks": [], "fault": f"the tests themselves: {explain(error)}"})
        return
    fault = None
    try:
        link.load(plan["code"])
        if plan["setup"]:
            link.load(plan["setup"])
        names |= {name: value for name in _foreign(trees, names) for value in _of_program(link, name)}
        for tree in trees:
            exec(compile(tree, "<tests>", "exec"), names)
    except NotPlain as error:
        fault = f"the tests pass something that is not plain data: {error}"
    except Exception as error:
        stopped = explain(error)
        tally.reasons = [stopped if reason == "not reached" else reason for reason in tally.reasons]
    channel.send({"names": tally.names, "reasons": tally.reasons, "checks": tally.checks, "fault": fault})


def _prepare(plan: dict[str, Any], tally: Tally, link: Link) -> tuple[list[ast.Module], dict[str, Any]]:
    """The test code, split into tests, and the names it starts with; nothing of the program is needed for either."""
    trees = [split(source, tally) for source in plan["checks"]]
    names: dict[str, Any] = {"__name__": "tests", "__unit__": tally.unit}
    exec(compile(plan["prelude"], "<prelude>", "exec"), names)
    if plan["entry"]:
        names |= {name: Remote(link, {"name": plan["entry"]}, "function") for name in ("candidate", plan["entry"])}
    return trees, names


def _foreign(trees: list[ast.Module], names: dict[str, Any]) -> set[str]:
    """The names that are the program's; those of the library's modules are added to `names`."""
    modules, foreign = foreign_names(trees, set(names))
    names |= {name: importlib.import_module(name) for name in modules}
    return foreign


def _of_program(link: Link, name: str) -> Iterator[Any]:
    """What the program calls `name`, if it has it; a test that needs a missing name fails there."""
    try:
        yield link.ask({"name": name, "do": "get"})
    except NameError:
        return
