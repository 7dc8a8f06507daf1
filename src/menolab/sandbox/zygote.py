"""The process that programs are forked from: a fresh interpreter that has never run one, and never holds a line of one.

It receives open descriptors and limits, forks, and each child gives up all else before it reads what it is to run. So a child inherits a clean
interpreter with the usual modules loaded, in milliseconds, and finds no other program, test or answer in its memory. The zygote waits, measures,
kills, and clears the folder.

Runs with the standard library alone, under ``python -s -S -P -B``; see `menolab.sandbox.host` for the other end.
"""

from __future__ import annotations

import contextlib
import json
import math
import os
import platform
import resource
import select
import shutil
import signal
import socket
import sys
import time
from pathlib import Path
from typing import Any, NoReturn

from menolab.sandbox import landlock, libc, namespaces, program, seccomp, tester
from menolab.sandbox.wire import Broken, Channel

PRELOADED = (
    "abc", "bisect", "cmath", "collections", "copy", "dataclasses", "datetime", "decimal", "enum", "fractions", "functools", "hashlib", "heapq", "io",
    "itertools", "math", "numbers", "operator", "random", "re", "statistics", "string", "textwrap", "time", "typing", "zlib",
)  # fmt: skip
"""What programs import most; loaded once, here."""
_TICK = 0.02
_STARVED = 8.0
"""A program gets this many times its wall-clock limit on a machine too busy to run it; then nobody can say whether it is slow."""


class Child:
    """One running process and how it is measured."""

    def __init__(self, pid: int, handle: int, schedule: int | None):
        self.pid, self.handle, self.schedule = pid, handle, schedule
        self.start = time.monotonic()
        self.killed: str | None = None
        self.exit: dict[str, Any] | None = None

    def cpu(self) -> float:
        """Seconds of processor time so far, all threads (CLOCK_PROCESS_CPUTIME_ID of another process: Linux, clock_getcpuclockid(3))."""
        return time.clock_gettime((~self.pid << 3) | 2)

    def waited(self) -> float:
        """Seconds it was ready and the processor was busy with others, main thread (/proc/PID/schedstat, second field); 0 where not told."""
        if self.schedule is None:
            return 0.0
        try:
            return int(os.pread(self.schedule, 100, 0).split()[1]) / 1e9
        except (OSError, IndexError, ValueError):
            return 0.0

    def kill(self, why: str) -> None:
        """End it and its group; a second reason does not replace the first."""
        if self.exit is None:
            self.killed = self.killed or why
            for end in (lambda: signal.pidfd_send_signal(self.handle, signal.SIGKILL), lambda: os.killpg(self.pid, signal.SIGKILL)):
                with contextlib.suppress(ProcessLookupError):
                    end()

    def reap(self) -> None:
        """Note how it ended, if it has."""
        if self.exit is None:
            pid, status, usage = os.wait4(self.pid, os.WNOHANG)
            if pid:
                wall, cpu = time.monotonic() - self.start, usage.ru_utime + usage.ru_stime
                code = os.waitstatus_to_exitcode(status)
                killed = self.killed if code == -signal.SIGKILL else None  # it may have ended by itself as the signal came
                self.exit = {"status": code, "killed": killed, "cpu": cpu, "wall": wall, "memory_mib": usage.ru_maxrss >> 10}
                os.close(self.handle)
                if self.schedule is not None:
                    os.close(self.schedule)


class Zygote:
    """Serves one host over one socket, one job at a time."""

    def __init__(self, control: socket.socket, config: dict[str, Any]):
        self.control, self.config = control, config
        self.proc = os.open("/proc", os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC) if Path("/proc/self").exists() else None
        self.alone = False

    def settle(self) -> None:
        """Take the place that the configuration names, give up privileges, load what programs import.

        Raises:
            OSError: the kernel does not allow this level.
        """
        for name in PRELOADED:
            __import__(name)
        private = self.config["place"] != "here"
        if self.config["place"] == "namespaces":
            namespaces.enter(self.config["visible"], platform.machine(), self.config["folder_mib"])
        elif self.config["place"] == "here" and self.config["leave_root"] and _readable_without_root(self.config["library"]):
            private = namespaces.leave_root()
        # The kernel counts processes and threads by user, over the whole machine: a limit means something only to a user who has no others.
        self.config["count_processes"] = private
        self.alone = os.getpid() == 1
        libc.no_new_privileges()
        libc.drop_capabilities()
        libc.adopt_orphans()
        os.umask(0o077)
        os.environ.pop("PWD", None)  # bubblewrap's
        next(Path(self.config["library"]).iterdir())  # fails where programs could import nothing

    def serve(self) -> None:
        """Carry out jobs until the host has gone."""
        while True:
            data, handles, _, _ = socket.recv_fds(self.control, 1 << 16, 32)
            if not data:
                return
            if data == b"stop":  # crossed with the end of the job it was for
                continue
            try:
                result = {"fault": None, "exits": self.job(json.loads(data), handles)}
            except OSError as error:
                result = {"fault": str(error), "exits": []}
            self.control.send(json.dumps(result).encode())

    def job(self, order: dict[str, Any], handles: list[int]) -> list[dict[str, Any]]:
        """Run the processes of one job to their end, and leave nothing of them."""
        children: list[Child] = []
        try:
            for role in order["roles"]:
                children.append(self.spawn(role, order, [handles.pop(0) for _ in range(role["handles"])], handles))
            self.watch(children, order["limits"])
        finally:
            for handle in handles:
                os.close(handle)
            self.sweep(children)
        return [child.exit or {} for child in children]

    def spawn(self, role: dict[str, Any], order: dict[str, Any], own: list[int], others: list[int]) -> Child:
        """Fork one process; returns when it has given up all it must.

        Raises:
            OSError: it could not.
        """
        told, tell = os.pipe()
        pid = os.fork()
        if pid == 0:
            os.close(told)
            _child(role, order["limits"], own, tell, self.proc, self.config)
        os.close(tell)
        for handle in own:
            os.close(handle)
        word = b""
        while part := os.read(told, 4096):
            word += part
        os.close(told)
        outer, _, fault = word.decode(errors="replace").partition("\n")
        if fault != "ready":
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)
            raise OSError(f"a child could not be closed in: {fault or 'it ended'}")
        schedule = None
        if self.proc is not None and outer.isdigit():
            with contextlib.suppress(OSError):
                schedule = os.open(f"{outer}/schedstat", os.O_RDONLY, dir_fd=self.proc)
        return Child(pid, os.pidfd_open(pid), schedule)

    def watch(self, children: list[Child], limits: dict[str, Any]) -> None:
        """Wait until all have ended, a limit is passed, or the host says stop."""
        poll = select.poll()
        poll.register(self.control, select.POLLIN)
        for child in children:
            poll.register(child.handle, select.POLLIN)
        while any(child.exit is None for child in children):
            events = dict(poll.poll(_TICK * 1000))
            if self.control.fileno() in events:
                if not self.control.recv(16):
                    sys.exit()
                for child in children:
                    child.kill("stopped")
            for child in children:
                if child.exit is None and child.handle in events:
                    poll.unregister(child.handle)
                    child.reap()
            _hold(children, limits)

    def sweep(self, children: list[Child]) -> None:
        """Kill whatever is left, wait for all of it, clear the folder."""
        for child in children:
            child.kill("stopped")
        if self.alone:  # process 1 of a world of its own: everyone else there is the program's
            with contextlib.suppress(ProcessLookupError):
                os.kill(-1, signal.SIGKILL)
        for child in children:
            while child.exit is None:
                child.reap()
                time.sleep(0.0005)
        with contextlib.suppress(ChildProcessError):
            while os.waitpid(-1, 0 if self.alone else os.WNOHANG)[0]:
                pass
        clear(Path(self.config["folder"]))


def _readable_without_root(library: str) -> bool:
    """Whether Python's library, which programs import from, can be read by others than root (it cannot under a private home folder).

    Where it cannot, the zygote stays root without any capability: owner of root's files, all of which Landlock closes.
    """
    pid = os.fork()
    if pid == 0:
        try:
            namespaces.leave_root()
            next(Path(library).iterdir())
            os._exit(0)
        except OSError:
            os._exit(1)
    return os.waitpid(pid, 0)[1] == 0


def _hold(children: list[Child], limits: dict[str, Any]) -> None:
    """Kill what has passed a limit.

    Processor time counts for each process. The clock counts for the job, less the time that its processes stood ready and were not run (one waits
    for the other, so the sum is right), so that a busy machine makes no program slow. The first process is the program: it goes first, and the
    tests beside it can still say how far they came.
    """
    running = [child for child in children if child.exit is None]
    for child in running:
        with contextlib.suppress(OSError):  # has just ended
            if child.cpu() > limits["cpu"]:
                child.kill("cpu")
    wall = time.monotonic() - children[0].start
    if wall > limits["wall"] * _STARVED:
        for child in running:
            child.kill("starved")
    elif running and wall > limits["wall"] and wall - sum(child.waited() for child in running) > limits["wall"]:
        running[0].kill("wall")


def clear(folder: Path) -> None:
    """Remove all that is in a folder, whatever its permissions."""

    def again(function: Any, path: str, _: object) -> None:
        Path(path).parent.chmod(0o700)
        Path(path).chmod(0o700)
        function(path)

    for entry in os.scandir(folder):
        if entry.is_dir(follow_symlinks=False):
            with contextlib.suppress(PermissionError):
                Path(entry.path).chmod(0o700)
            shutil.rmtree(entry.path, onerror=again)
        else:
            Path(entry.path).unlink()


def _child(role: dict[str, Any], limits: dict[str, Any], own: list[int], tell: int, proc: int | None, config: dict[str, Any]) -> NoReturn:
    """Give up everything but `own`, then do the role. Never returns, never lets an exception reach the zygote's code."""
    status = 70
    try:
        outer = os.readlink("self", dir_fd=proc) if proc is not None else ""
        os.write(tell, f"{outer}\n".encode())
        try:
            _close_in(role, limits, own, tell, config)
        except Exception as error:
            for handle in (tell, len(own)):  # where it was, and where it may have been moved
                with contextlib.suppress(OSError):
                    os.write(handle, f"{type(error).__name__}: {error}".encode())
            os._exit(status)
        tell = len(own)
        os.write(tell, b"ready")
        os.close(tell)
        program.fresh_start()
        status = _play(role, limits)
    except BaseException:
        pass
    finally:
        os._exit(status)


def _play(role: dict[str, Any], limits: dict[str, Any]) -> int:
    channel = Channel(socket.socket(fileno=3))
    if role["name"] == "serve":
        program.Server(channel).serve()
        return 0
    if role["name"] == "test":
        tester.test(channel, tester.Link(Channel(socket.socket(fileno=4))))
        return 0
    code = channel.receive()
    channel.end.close()
    if role["name"] == "script":
        return program.run_script(code)
    Path("program").write_text(code)
    os.execve(role["argv"][0], [*role["argv"], "program"], dict(os.environ))


def _close_in(role: dict[str, Any], limits: dict[str, Any], own: list[int], tell: int, config: dict[str, Any]) -> None:
    """The order matters: descriptors and limits first, then files, then system calls, after which nothing above can be undone."""
    os.setsid()
    high = [_duplicate(handle) for handle in (*own, tell)]
    for place, handle in enumerate(high):
        os.dup2(handle, place, inheritable=place < 3)
    os.closerange(len(high), 1 << 16)
    os.chdir(config["folder"])
    execute = role["name"] == "exec"
    _limit(limits, address_space=not execute, count_processes=config["count_processes"])
    libc.no_new_privileges()
    if config["landlock"]:
        run = role["argv"][:1] if execute else ()
        landlock.restrict((*config["visible"], *namespaces.DEVICES), (config["folder"], "/dev/null"), (*run, *config["visible"]) if execute else ())
    if config["seccomp"]:
        seccomp.install(processes=limits["processes"] > 0, execute=execute)


def _duplicate(handle: int) -> int:
    import fcntl

    return fcntl.fcntl(handle, fcntl.F_DUPFD_CLOEXEC, 100)


def _limit(limits: dict[str, Any], *, address_space: bool, count_processes: bool) -> None:
    """Resource limits. An interpreter that reserves more addresses than it uses is limited in data instead."""
    seconds = math.ceil(limits["cpu"]) + 1
    memory = resource.RLIMIT_AS if address_space else resource.RLIMIT_DATA
    wanted = {
        resource.RLIMIT_CPU: seconds,
        memory: limits["memory_mib"] << 20,
        resource.RLIMIT_FSIZE: limits["file_mib"] << 20,
        resource.RLIMIT_NOFILE: 64,
        resource.RLIMIT_CORE: 0,
        resource.RLIMIT_MEMLOCK: 0,
        resource.RLIMIT_MSGQUEUE: 0,
    }
    if count_processes:
        wanted[resource.RLIMIT_NPROC] = 64 + limits["processes"]
    for which, value in wanted.items():
        hard = resource.getrlimit(which)[1]
        value = value if hard == resource.RLIM_INFINITY else min(value, hard)
        resource.setrlimit(which, (value, value))


def main() -> None:
    """Settle, say so, serve."""
    config = json.loads(sys.argv[1])
    control = socket.socket(fileno=config["control"])
    sys.path[:] = [path for path in sys.path if path != config["source"]]
    zygote = Zygote(control, config)
    try:
        zygote.settle()
    except Exception as error:
        control.send(json.dumps({"fault": f"{type(error).__name__}: {error}"}).encode())
        return
    control.send(json.dumps({"fault": None, "alone": zygote.alone, "user": os.getuid()}).encode())
    with contextlib.suppress(Broken, ConnectionError):
        zygote.serve()
