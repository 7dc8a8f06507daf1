"""Every escape and every cheat that we know of, tried for real against the sandbox of this machine.

An *escape* reaches out of the sandbox; a *limit* case uses more than it may; a *cheat* passes tests without solving them. Each case says from which
level on it must hold; below it, it is not tried, since nothing is promised there.
"""

from __future__ import annotations

import contextlib
import secrets
import socket
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from menolab.sandbox.attempts import CHEATS, ESCAPES, LIMITS, Attempt, read
from menolab.sandbox.host import Call, Limits, Plan, Sandbox, SandboxFailed
from menolab.sandbox.level import at_least

Result = Literal["held", "escaped", "not applicable"]


@dataclass(frozen=True)
class Case:
    """One attempt."""

    name: str
    kind: Literal["escape", "limit", "cheat", "honest"]
    least: str
    """The weakest level at which it must hold."""
    attempt: Callable[[Sandbox, Bait], str]
    """Empty if it held, else what happened."""


@dataclass(frozen=True)
class Row:
    """What came of one attempt."""

    name: str
    kind: str
    result: Result
    detail: str
    seconds: float


@dataclass(frozen=True)
class Bait:
    """What lies outside for a program to find: a readable file, a writable file, open sockets."""

    folder: Path
    secret: str
    tcp: int
    udp: int
    abstract: str
    """Stream socket in the abstract name space."""
    datagram: str
    """Datagram socket in the abstract name space."""
    path_socket: str
    heard: Callable[[], str]
    """Who has been spoken to since; empty if none."""


@contextlib.contextmanager
def bait() -> Iterator[Bait]:
    """Lay out the bait."""
    with tempfile.TemporaryDirectory(prefix="meno-bait-") as name, contextlib.ExitStack() as stack:
        folder, secret = Path(name), secrets.token_hex(8)
        folder.chmod(0o777)
        for file in ("secret", "victim"):
            (folder / file).write_text(secret)
            (folder / file).chmod(0o666)
        unix, inet, stream, dgram = socket.AF_UNIX, socket.AF_INET, socket.SOCK_STREAM, socket.SOCK_DGRAM
        kinds = ((inet, stream), (inet, dgram), (unix, stream), (unix, dgram), (unix, dgram))
        opened = [stack.enter_context(socket.socket(family, kind)) for family, kind in kinds]
        names = [("127.0.0.1", 0), ("127.0.0.1", 0), f"\0meno-{secret}-s", f"\0meno-{secret}-d", str(folder / "socket")]
        for each, address in zip(opened, names, strict=True):
            each.bind(address)
            each.setblocking(False)
        (folder / "socket").chmod(0o777)
        opened[0].listen()
        opened[2].listen()
        what = ("TCP", "UDP", "abstract stream socket", "abstract datagram socket", "named datagram socket")

        def heard() -> str:
            found = []
            for each, label in zip(opened, what, strict=True):
                with contextlib.suppress(BlockingIOError):
                    each.accept()[0].close() if each.type == stream else each.recv(100)
                    found.append(label)
            return ", ".join(found)

        tcp, udp = opened[0].getsockname()[1], opened[1].getsockname()[1]
        yield Bait(folder, secret, tcp, udp, f"meno-{secret}-s", f"meno-{secret}-d", str(folder / "socket"), heard)


QUICK = Limits(cpu=2.0, wall=4.0, memory_mib=256)

# ---- escapes: a program that gets out prints ESCAPED, or leaves a trace that the host finds ---------------------------------------------------

_HELP = """
import ctypes, os, sys
libc = ctypes.CDLL(None, use_errno=True)
def system(number, *args):
    return libc.syscall(ctypes.c_long(number), *[ctypes.c_long(a) if isinstance(a, int) else a for a in args])
def attempt(action):
    try:
        found = action()
    except BaseException as error:
        print("held", type(error).__name__, error)
    else:
        print("ESCAPED" if found is not None and found is not False else "held", repr(found)[:80])
folder, secret, tcp, udp, abstract, datagram, path_socket = {bait!r}
"""


def escape(attempt: Attempt) -> Case:
    """A case in which a program calls ``attempt`` on what must not work; nothing outside may have changed, and nobody may have been spoken to."""

    def run(sandbox: Sandbox, lure: Bait) -> str:
        facts = (str(lure.folder), lure.secret, lure.tcp, lure.udp, lure.abstract, lure.datagram, lure.path_socket)
        before = _state(lure)
        ran = sandbox.script(_HELP.replace("{bait!r}", repr(facts)) + attempt.code, "", QUICK)
        time.sleep(0.05 if "later" in attempt.code else 0.0)
        if "ESCAPED" in ran.output or lure.secret in ran.errors:
            return ran.output.strip()[-200:]
        if before != _state(lure):
            return "something outside has changed"
        if (spoken := lure.heard()) != "":
            return f"reached the host's {spoken}"
        return "" if "held" in ran.output else f"was not tried: {ran.end.trouble} {ran.errors.strip()[-150:]}"

    return Case(attempt.name, "escape", attempt.least, run)


def _state(lure: Bait) -> object:
    """What the bait looks like from outside."""
    try:
        facts = (lure.folder / "victim").stat()
    except OSError as error:
        return str(error)
    return sorted(path.name for path in lure.folder.iterdir()), facts.st_mode, facts.st_size, facts.st_mtime_ns, facts.st_uid


# ---- limits -----------------------------------------------------------------------------------------------------------------------------------


def limit(attempt: Attempt) -> Case:
    """A case in which a program uses more than it may; its sign says how one sees that it could not."""

    def run(sandbox: Sandbox, lure: Bait) -> str:
        start = time.monotonic()
        ran = sandbox.script(attempt.code, "", Limits(cpu=1.0, wall=2.0, memory_mib=256, output_kib=64))
        trouble = ran.end.trouble + ran.errors
        held = {
            "slow": "too slow" in trouble,
            "held": "held" in ran.output and "ESCAPED" not in ran.output,
            "cut": ran.cut and len(ran.output) == 65536 and not trouble,
            "replaced": "\ufffd" in ran.output and not trouble,
            "trouble": bool(trouble),
        }
        if not held[attempt.sign]:
            return f"{ran.output[-80:]} {trouble[-120:]}"
        return "took too long to end" if time.monotonic() - start > 20 else ""

    return Case(attempt.name, "limit", attempt.least, run)


def _leftovers(sandbox: Sandbox, lure: Bait) -> str:
    dirty = "import os, math, builtins\nopen('left', 'w').write('x')\nos.mkdir('d', 0)\nmath.pi = 3\nbuiltins.len = None"
    sandbox.script(dirty, "", QUICK)
    found = sandbox.script("import os, math; print(os.listdir('.'), math.pi > 3.1, len('abc'))", "", QUICK)
    return "" if found.output == "[] True 3\n" else found.output + found.errors[-200:]


_HUGE = """
def f(): return 'x' * (20 << 20)
def g(): return [[]] * 2_200_000
def h():
    x = []
    for i in range(500): x = [x]
    return x
"""


def _huge_value(sandbox: Sandbox, lure: Bait) -> str:
    called = sandbox.calls(_HUGE, [Call("f"), Call("g"), Call("h")])
    values = [answer for answer in called.answers if answer.lost is None and answer.raised is None]
    return "a value came back" if values or not called.answers else ""


_DAEMONS = """
import os, time
for i in range(5):
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0: time.sleep(60)
        os._exit(0)
print('started')
"""
_WHO_LIVES = """
import os
for p in range(2, 400):
    try:
        if p != os.getpid() and os.getpgid(p): print('ESCAPED', p)
    except ProcessLookupError: pass
print('held')
"""


def _processes_end(sandbox: Sandbox, lure: Bait) -> str:
    ran = sandbox.script(_DAEMONS, "", Limits(processes=20))
    if "started" not in ran.output:
        return f"could not start processes where it may: {ran.errors[-150:]}"
    again = sandbox.script(_WHO_LIVES)
    return "" if again.output == "held\n" else again.output + again.errors[-150:]


def _load(sandbox: Sandbox, lure: Bait) -> str:
    code = "def f(n):\n  t = 0\n  for i in range(400000): t += i % n\n  return t"
    wants = sum(i % 7 for i in range(400_000))
    jobs = [code] * (10 * sandbox.workers) + ["def f(n): return n"] * 10
    limits = Limits(cpu=2.0, wall=2.0)
    found = sandbox.map(lambda text: sandbox.calls(text, [Call("f", (7,))], limits).answers[0].value == wants, jobs)
    return "" if found == [text is code for text in jobs] else f"{sum(found)} of {10 * sandbox.workers} right"


# ---- cheats -----------------------------------------------------------------------------------------------------------------------------------

SOLVED = "def f(n):\n    return n * n + 60013937\n"
PLAN = Plan(
    (
        "assert f(3) == 60013946",
        "assert abs(f(10)) == 60014037 and f(0) == 60013937",
        "def check(candidate):\n    for n in range(5):\n        assert candidate(n) == n * n + 60013937\ncheck(f)",
    )
)
_CALLS = [(Call("f", (3,)), 60013946), (Call("f", (10,)), 60014037)]
_BRIEF = Limits(cpu=1.0, wall=3.0, memory_mib=256)


def cheat(attempt: Attempt) -> Case:
    """A case in which a program pretends to be `SOLVED`: no assertion about its value may hold, no call may give the value, and it may not be believed."""

    def run(sandbox: Sandbox, lure: Bait) -> str:
        tested = sandbox.test(attempt.code, PLAN, _BRIEF)
        held = [n for n, reason in zip(tested.names, tested.reasons, strict=True) if reason is None]
        called = sandbox.calls(attempt.code, [call for call, _ in _CALLS], _BRIEF)
        right = [answer.value for answer, (_, want) in zip(called.answers, _CALLS, strict=False) if type(answer.value) is int and answer.value == want]
        return f"passed {held or right}" if held or right else ""

    return Case(attempt.name, "cheat", attempt.least, run)


def _honest(sandbox: Sandbox, lure: Bait) -> str:
    tested = sandbox.test(SOLVED, PLAN, QUICK)
    called = sandbox.calls(SOLVED, [call for call, _ in _CALLS], QUICK)
    good = tested.reasons == (None,) * 3 and [answer.value for answer in called.answers] == [want for _, want in _CALLS]
    return "" if good else f"{tested.reasons} {called.answers}"


_ORDINARY = """
import asyncio, concurrent.futures, decimal, json, random, re, sqlite3, ssl, tempfile, threading, zoneinfo
async def one():
    await asyncio.sleep(0.01)
    return 1
with tempfile.NamedTemporaryFile('w+') as file:
    file.write('2')
    file.seek(0)
    two = file.read()
with concurrent.futures.ThreadPoolExecutor(3) as pool: three = sum(pool.map(int, '111'))
print(asyncio.run(one()), two, three, sqlite3.connect(':memory:').execute('select 4').fetchone()[0], input())
"""


def _ordinary(sandbox: Sandbox, lure: Bait) -> str:
    ran = sandbox.script(_ORDINARY, "5\n", QUICK)
    return "" if ran.output == "1 2 3 4 5\n" else ran.output + ran.errors[-300:]


CASES: tuple[Case, ...] = (
    Case("an honest program passes", "honest", "process", _honest),
    Case("threads, event loops, temporary files, the library", "honest", "process", _ordinary),
    *map(escape, read(ESCAPES, "filtered")),
    Case("what the program before left", "escape", "process", _leftovers),
    *map(limit, read(LIMITS, "process")),
    Case("huge and deep return values", "limit", "process", _huge_value),
    Case("processes where allowed end with the program", "limit", "contained", _processes_end),
    Case("the same verdicts at ten times the load", "limit", "process", _load),
    *map(cheat, read(CHEATS, "process")),
)


def run(sandbox: Sandbox, cases: tuple[Case, ...] = CASES) -> Iterator[Row]:
    """Try every case, each with fresh bait; one row each, as they come."""
    for case in cases:
        start = time.monotonic()
        if not at_least(sandbox.level, case.least):
            yield Row(case.name, case.kind, "not applicable", f"promised from level {case.least!r} on", 0.0)
            continue
        try:
            with bait() as lure:
                fault = case.attempt(sandbox, lure)
        except SandboxFailed as error:
            fault = f"the sandbox failed: {error}"
        yield Row(case.name, case.kind, "escaped" if fault else "held", fault.strip(), time.monotonic() - start)
