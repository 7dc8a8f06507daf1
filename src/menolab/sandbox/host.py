"""The host's side of the sandbox: keeps zygotes, hands out jobs, decides what an outcome was.

Safe from any thread and from asyncio (`asyncio.to_thread`): a zygote serves one caller at a time, no signal is used, and every wait has an end.
"""

from __future__ import annotations

import atexit
import contextlib
import functools
import json
import os
import secrets
import select
import shutil
import socket
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal, TypeVar

from menolab.errors import BadInput, check_range, unknown
from menolab.sandbox import level as levels
from menolab.sandbox.level import FOLDER, Offer
from menolab.sandbox.wire import Broken, Channel, decode, encode

SOURCE = str(Path(__file__).parents[2])
_BOOT = "import sys; sys.path.append({!r}); from menolab.sandbox.zygote import main; main()"
_START_SECONDS = 30.0
_GRACE_SECONDS = 30.0
"""How long past its limits a job may take to be killed and cleared away before the sandbox itself has failed."""
_STARVED = 8.0
"""As in the zygote: wall-clock limits are stretched this far on a busy machine."""


class SandboxFailed(RuntimeError):
    """The sandbox, not the program, could not go on: there is no verdict on the program."""


@dataclass(frozen=True)
class Limits:
    """What one program may use."""

    cpu: float = 5.0
    """Seconds of processor time."""
    wall: float = 10.0
    """Seconds by the clock, time in which the machine was too busy to run it not counted."""
    memory_mib: int = 512
    """Address space."""
    output_kib: int = 1024
    """Of standard output, and as much of standard error, that is kept; the rest is read and dropped."""
    file_mib: int = 16
    """Size of one file that it writes."""
    processes: int = 0
    """Processes it may start. More than none needs the level "contained"."""

    def __post_init__(self) -> None:
        check_range("cpu", self.cpu, 0.0, 86_400, open_low=True)
        check_range("wall", self.wall, 0.0, 86_400, open_low=True)
        check_range("memory_mib", self.memory_mib, 64, 1 << 20)
        check_range("output_kib", self.output_kib, 1, 1 << 16)
        check_range("file_mib", self.file_mib, 0, 1 << 16)
        check_range("processes", self.processes, 0, 1000)


@dataclass(frozen=True)
class End:
    """How a program's process ended."""

    status: int
    """Exit status; negative: the signal that ended it."""
    killed: Literal["cpu", "wall", "stopped"] | None
    """Which limit it passed; "stopped" = the host had what it wanted."""
    cpu: float
    wall: float
    memory_mib: int

    @property
    def trouble(self) -> str:
        """One clause on a process that did not end by itself and well; empty for one that did."""
        if self.killed == "cpu" or self.status == -24:  # SIGXCPU, should the watcher have been late
            return f"too slow: more than its processor time ({self.cpu:.1f} s)"
        if self.killed == "wall":
            return f"too slow: still waiting for something after {self.wall:.1f} s"
        if self.status < 0 and self.killed is None:
            return f"ended by signal {-self.status}"
        return f"ended with status {self.status}" if self.status and self.killed is None else ""


@dataclass(frozen=True)
class Ran:
    """What a program with standard input and output did."""

    output: str
    errors: str
    cut: bool
    """Whether it wrote more than is kept."""
    end: End


@dataclass(frozen=True)
class Answer:
    """What one call gave: a value, or an exception, or why there is neither."""

    value: Any = None
    raised: str | None = None
    """Name of the exception's type."""
    text: str = ""
    lost: str | None = None
    """Why there is no answer: not plain data, malformed, or the process ended."""


@dataclass(frozen=True)
class Call:
    """One call of a function of the program, with plain data."""

    name: str
    args: tuple[Any, ...] = ()
    kwargs: tuple[tuple[str, Any], ...] = ()


@dataclass(frozen=True)
class Called:
    """What a list of calls gave."""

    load: Answer
    """Of running the program's source."""
    answers: tuple[Answer, ...]
    """One a call, in order, up to the first that was lost."""
    end: End


@dataclass(frozen=True)
class Plan:
    """Test code for one program: see `menolab.sandbox.tester.test`."""

    checks: tuple[str, ...]
    prelude: str = ""
    setup: str = ""
    entry: str = ""


@dataclass(frozen=True)
class Tested:
    """What test code said."""

    names: tuple[str, ...]
    """The tests as source."""
    reasons: tuple[str | None, ...]
    """One a test: None = held, else why not."""
    checks: tuple[int, ...]
    """One a test: which check of the plan it is of."""
    fault: str | None
    """Why the test code itself could not be carried out."""
    end: End


class _Zygote:
    """One zygote, as its host holds it."""

    def __init__(self, offer: Offer, level: str, folder_mib: int):
        self.folder = None if level == "contained" else tempfile.mkdtemp(prefix="meno-sandbox-")
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self.control = ours
        contained = level == "contained"
        config = {
            "control": theirs.fileno(),
            "source": SOURCE,
            "place": ("namespaces" if offer.namespaces == "own" else "bubblewrap") if contained else "here",
            "visible": levels.visible(),
            "library": levels.library(),
            "folder": FOLDER if contained else self.folder,
            "folder_mib": folder_mib,
            "leave_root": level != "process" and offer.root,
            "landlock": level != "process" and offer.landlock >= 1,
            "seccomp": level != "process",
        }
        if self.folder:
            Path(self.folder).chmod(0o777 if config["leave_root"] else 0o700)
        command = [levels.interpreter(), "-s", "-S", "-P", "-B", "-c", _BOOT.format(SOURCE), json.dumps(config)]
        if config["place"] == "bubblewrap":
            command = [*_bubblewrap(folder_mib), *command]
        environment = {"PYTHONHASHSEED": "0", "PYTHONUTF8": "1", "LANG": "C.UTF-8", "PATH": "/usr/bin:/bin", "OMP_NUM_THREADS": "1"}
        environment |= {"HOME": config["folder"], "TMPDIR": config["folder"]}
        null, kept = subprocess.DEVNULL, [theirs.fileno()]
        self.process = subprocess.Popen(
            command, stdin=null, stdout=null, stderr=null, env=environment, cwd="/", pass_fds=kept, start_new_session=True
        )
        theirs.close()
        try:
            hello = self._hear(_START_SECONDS)
        except SandboxFailed:
            self.close()
            raise
        if hello["fault"]:
            self.close()
            raise SandboxFailed(hello["fault"])
        self.user = hello["user"]

    def _hear(self, seconds: float) -> dict[str, Any]:
        poll = select.poll()
        poll.register(self.control, select.POLLIN)
        if not poll.poll(seconds * 1000):
            raise SandboxFailed(f"the zygote did not answer within {seconds:.0f} s")
        data = self.control.recv(1 << 16)
        if not data:
            raise SandboxFailed("the zygote ended")
        return json.loads(data)

    def start(self, roles: list[dict[str, Any]], handles: list[int], limits: Limits) -> None:
        """Hand a job over.

        Raises:
            SandboxFailed: the zygote has gone.
        """
        order = {"roles": roles, "limits": {"cpu": limits.cpu, "wall": limits.wall, "memory_mib": limits.memory_mib, "file_mib": limits.file_mib}}
        order["limits"]["processes"] = limits.processes
        try:
            socket.send_fds(self.control, [json.dumps(order).encode()], handles)
        except OSError as error:
            raise SandboxFailed("the zygote has gone") from error

    def stop(self) -> None:
        """End the job."""
        with contextlib.suppress(OSError):
            self.control.send(b"stop")

    def finish(self, seconds: float) -> list[End]:
        """Wait for the end of the job.

        Raises:
            SandboxFailed: it does not end, or the machine was too busy to tell.
        """
        heard = self._hear(seconds)
        if heard["fault"]:
            raise SandboxFailed(heard["fault"])
        ends = [End(**exit) for exit in heard["exits"]]
        if any(end.killed == "starved" for end in ends):  # type: ignore[comparison-overlap]
            raise SandboxFailed("the machine was too busy to run the program")
        return ends

    def close(self) -> None:
        """End the zygote and all it started."""
        self.control.close()
        try:
            self.process.wait(2.0)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        if self.folder:
            shutil.rmtree(self.folder, ignore_errors=True)


def _bubblewrap(folder_mib: int) -> list[str]:
    """The command that makes a world of its own around a zygote where the kernel leaves that to bubblewrap."""
    command = [levels.bubblewrap() or "bwrap", "--unshare-all", "--as-pid-1", "--new-session", "--cap-drop", "ALL", "--dev", "/dev"]
    command += ["--size", str(folder_mib << 20), "--tmpfs", FOLDER]
    room = Path(SOURCE, "menolab")
    for path in (*levels.visible(), levels.interpreter(), *map(str, (room / "__init__.py", room / "errors.py", room / "sandbox"))):
        command += ["--symlink", str(Path(path).readlink()), path] if Path(path).is_symlink() else ["--ro-bind", path, path]
    return [*command, "--"]


@functools.cache
def probe() -> Offer:
    """What this machine offers, each thing tried by starting a zygote that uses it. Once a process; takes some tenths of a second."""
    offer = levels.look()
    notes = list(offer.notes)
    if not offer.seccomp:
        return offer
    for how in ("own", "bubblewrap"):
        if how == "bubblewrap" and not levels.bubblewrap():
            continue
        fault = _try(replace(offer, namespaces=how), "contained")
        if fault is None:
            return replace(offer, namespaces=how, notes=tuple(notes))
        notes.append(f"namespaces ({how}): {fault}")
    fault = _try(offer, "filtered") if offer.level == "filtered" else None
    if fault is not None:
        notes.append(f"filtered: {fault}")
        offer = replace(offer, landlock=0)
    return replace(offer, notes=tuple(notes))


def _try(offer: Offer, level: str) -> str | None:
    """None if a program runs at `level`, else why not."""
    try:
        zygote = _Zygote(offer, level, 16)
        try:
            ran = _script(zygote, "print(6 * 7)", "", Limits())
        finally:
            zygote.close()
    except (SandboxFailed, OSError) as error:
        return str(error)
    return None if ran.output == "42\n" else f"a program that prints 42 printed {ran.output!r} {ran.errors[-200:]}"


J = TypeVar("J")
R = TypeVar("R")


class Sandbox:
    """Runs programs, each in a process that has given up all but the level allows.

    Args:
        level: the level to hold, by default the strongest that this machine can; a stronger one than it can is refused.
        trusted: whether a level below "filtered" will do.
        workers: programs at a time.
    """

    def __init__(self, level: str | None = None, *, trusted: bool = False, workers: int | None = None, folder_mib: int = 64):
        self.offer = probe()
        if self.offer.system != "linux":
            raise BadInput("sandbox", self.offer.system, "the sandbox is built on Linux; run programs there")
        self.level = level or self.offer.level
        levels.check_level("level", self.level)
        levels.refuse_below(self.offer.level, self.level, "this machine can do no more; asked for was", self.offer.notes)
        if self.level == "filtered" and self.offer.landlock < 3:
            raise BadInput("level", self.level, "; ".join(self.offer.notes) or "Landlock is missing")
        if not trusted:
            levels.refuse_below(self.level, levels.UNTRUSTED, "untrusted programs need", self.offer.notes)
        self.workers = workers or len(os.sched_getaffinity(0))
        self.folder_mib = folder_mib
        self._slots = threading.BoundedSemaphore(self.workers)
        self._lock = threading.Lock()
        self._idle: list[_Zygote] = []
        self._owner = os.getpid()
        atexit.register(self.close)

    def close(self) -> None:
        """End the idle zygotes. The sandbox can still be used: it starts new ones."""
        if os.getpid() != self._owner:
            return
        with self._lock:
            idle, self._idle = self._idle, []
        for zygote in idle:
            zygote.close()

    @contextlib.contextmanager
    def _zygote(self) -> Iterator[_Zygote]:
        """A zygote for one job. One that fails in any way is not used again."""
        if os.getpid() != self._owner:  # a copy in a forked process: those zygotes belong to the original
            self._idle, self._lock, self._owner = [], threading.Lock(), os.getpid()
            self._slots = threading.BoundedSemaphore(self.workers)
        with self._slots:
            with self._lock:
                zygote = self._idle.pop() if self._idle else None
            zygote = zygote or _Zygote(self.offer, self.level, self.folder_mib)
            try:
                yield zygote
            except BaseException:
                zygote.close()
                raise
            with self._lock:
                self._idle.append(zygote)

    def script(self, code: str, stdin: str = "", limits: Limits | None = None, language: str = "python") -> Ran:
        """Run source as a main program.

        Raises:
            SandboxFailed: no verdict on the program.
            BadInput: a language without an interpreter here.
        """
        argv: tuple[str, ...] = ()
        if language != "python":
            if language not in levels.LANGUAGES:
                raise unknown("language", language, ("python", *levels.LANGUAGES))
            path = levels.other_interpreter(language)
            if path is None:
                raise BadInput("language", language, f"{levels.LANGUAGES[language]} is not installed")
            argv = (path,)
        with self._zygote() as zygote:
            return _script(zygote, code, stdin, self._fit(limits), argv)

    def calls(self, code: str, calls: Sequence[Call], limits: Limits | None = None, files: Sequence[Path] = ()) -> Called:
        """Load Python source and call its functions, one after the other in one process; each call is sent when the one before has answered.

        Args:
            files: what it may read besides, as descriptors 4, 5 ...

        Raises:
            SandboxFailed: no verdict on the program.
            NotPlain: an argument is not plain data.
        """
        with self._zygote() as zygote:
            return _calls(zygote, code, calls, self._fit(limits), files)

    def test(self, code: str, plan: Plan, limits: Limits | None = None) -> Tested:
        """Run test code against a program, each in a process of its own.

        Raises:
            SandboxFailed: no verdict on the program.
        """
        with self._zygote() as zygote:
            return _test(zygote, code, plan, self._fit(limits))

    def map(self, function: Callable[[J], R], jobs: Sequence[J]) -> list[R]:
        """`function` of every job, as many at a time as there are workers, in order. A job is small: the work is done in the programs' processes."""
        with ThreadPoolExecutor(self.workers) as pool:
            return list(pool.map(function, jobs))

    def _fit(self, limits: Limits | None) -> Limits:
        limits = limits or Limits()
        if limits.processes and self.level != "contained":
            raise BadInput("processes", limits.processes, f"only the level 'contained' can end all of a program's processes; this is {self.level!r}")
        return limits


@functools.cache
def shared() -> Sandbox:
    """The sandbox that verifiers use.

    Raises:
        BadInput: this machine cannot close untrusted programs in.
    """
    return Sandbox()


def _patience(limits: Limits) -> float:
    return limits.wall * _STARVED + _GRACE_SECONDS


def _script(zygote: _Zygote, code: str, stdin: str, limits: Limits, argv: tuple[str, ...] = ()) -> Ran:
    given = os.memfd_create("input")
    os.write(given, stdin.encode("utf-8", "surrogatepass")) if stdin else None
    os.lseek(given, 0, os.SEEK_SET)
    out, out_end = os.pipe2(os.O_CLOEXEC)
    err, err_end = os.pipe2(os.O_CLOEXEC)
    ours, theirs = socket.socketpair()
    role = {"name": "exec" if argv else "script", "argv": argv, "handles": 4}
    try:
        try:
            zygote.start([role], [given, out_end, err_end, theirs.fileno()], limits)
        finally:
            for handle in (given, out_end, err_end):
                os.close(handle)
            theirs.close()
        ours.settimeout(_patience(limits))
        with contextlib.suppress(Broken):
            Channel(ours).send(code)
        texts, cut = _drain((out, err), limits.output_kib << 10, _patience(limits), zygote)
        (end,) = zygote.finish(_patience(limits))
    finally:
        ours.close()
        os.close(out)
        os.close(err)
    return Ran(texts[0], texts[1], cut, end)


def _drain(handles: tuple[int, ...], most: int, seconds: float, zygote: _Zygote) -> tuple[list[str], bool]:
    """What is written to pipes until their writers have gone, up to `most` bytes each, and whether there was more."""
    kept: dict[int, list[bytes]] = {handle: [] for handle in handles}
    room = dict.fromkeys(handles, most)
    cut, deadline = False, time.monotonic() + seconds
    poll = select.poll()
    for handle in handles:
        poll.register(handle, select.POLLIN)
    poll.register(zygote.control, select.POLLIN)
    open_handles, ended = set(handles), False
    while open_handles:
        events = poll.poll(0 if ended else max(0.0, deadline - time.monotonic()) * 1000)
        if not events:
            if ended:
                break
            raise SandboxFailed("the program could not be ended")
        for handle, _ in events:
            if handle == zygote.control.fileno():  # all writers are dead: read what is left and go
                ended = True
                poll.unregister(handle)
                continue
            part = os.read(handle, 1 << 16)
            if not part:
                poll.unregister(handle)
                open_handles.discard(handle)
            kept[handle].append(part[: room[handle]])
            cut = cut or len(part) > room[handle]
            room[handle] = max(0, room[handle] - len(part))
    return [b"".join(kept[handle]).decode("utf-8", "replace") for handle in handles], cut


def _calls(zygote: _Zygote, code: str, calls: Sequence[Call], limits: Limits, files: Sequence[Path]) -> Called:
    questions = [{"do": "call", "name": c.name, "args": [encode(a) for a in c.args], "kwargs": {k: encode(v) for k, v in c.kwargs}} for c in calls]
    ours, theirs = socket.socketpair()
    with ours, _nowhere() as null:
        with theirs, contextlib.ExitStack() as stack:
            given = [stack.enter_context(file.open("rb")).fileno() for file in files]
            zygote.start([{"name": "serve", "handles": 4 + len(given)}], [null, null, null, theirs.fileno(), *given], limits)
        ours.settimeout(_patience(limits))
        channel = Channel(ours)
        load = _ask(channel, {"do": "load", "code": code})
        answers: list[Answer] = []
        for question in questions if load.lost is None and load.raised is None else ():
            answers.append(_ask(channel, {**question, "refer": False}))
            if answers[-1].lost is not None and not answers[-1].lost.startswith("the program returned"):
                break
        zygote.stop()
        (end,) = zygote.finish(_patience(limits))
    return Called(load, tuple(answers), end)


def _ask(channel: Channel, question: dict[str, Any]) -> Answer:
    nonce = secrets.token_hex(8)
    try:
        channel.send({**question, "nonce": nonce})
        reply = channel.receive()
        if not isinstance(reply, dict) or reply.get("nonce") != nonce:
            raise Broken("an answer to another question")
        if "unplain" in reply:
            return Answer(lost=f"the program returned {str(reply['unplain'])[:200]}")
        if "raised" in reply:
            return Answer(raised=str(reply["raised"])[:100], text=str(reply.get("text"))[:300])
        return Answer(decode(reply.get("value")))
    except Broken as error:
        return Answer(lost=f"the program ended without an answer: {error}")


def _test(zygote: _Zygote, code: str, plan: Plan, limits: Limits) -> Tested:
    ours, theirs = socket.socketpair()
    left, right = socket.socketpair()
    with ours, _nowhere() as null:
        roles = [{"name": "serve", "handles": 4}, {"name": "test", "handles": 5}]
        with theirs, left, right:
            zygote.start(roles, [null, null, null, left.fileno(), null, null, null, theirs.fileno(), right.fileno()], limits)
        ours.settimeout(_patience(limits))
        channel = Channel(ours)
        sent = {"code": code, "setup": plan.setup, "prelude": plan.prelude, "checks": plan.checks, "entry": plan.entry}
        try:
            channel.send(sent)
            tally = channel.receive()
        except Broken:
            tally = None
        zygote.stop()
        program, tester = zygote.finish(_patience(limits))
    if tally is None:
        slow = next((end.trouble for end in (tester, program) if end.trouble.startswith("too slow")), "")
        lost, count = f"the tests did not finish: {slow}", len(plan.checks)
        fault = None if slow else f"the tests ended without a result: {tester.trouble or program.trouble}"
        return Tested(plan.checks, (lost,) * count, tuple(range(count)), fault, program)
    reasons = [reason if reason is None or not program.trouble else f"{reason} ({program.trouble})" for reason in tally["reasons"]]
    return Tested(tuple(tally["names"]), tuple(reasons), tuple(tally["checks"]), tally["fault"], program)


@contextlib.contextmanager
def _nowhere() -> Iterator[int]:
    handle = os.open(os.devnull, os.O_RDWR)
    try:
        yield handle
    finally:
        os.close(handle)
