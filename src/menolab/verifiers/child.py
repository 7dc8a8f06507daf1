"""A process that carries out one function and can be killed: what has no time limit of its own is done there.

Questions and answers are JSON, one a line. The process starts when first asked, serves one caller at a time, and is killed over a question that takes
too long; the next question starts another. Runs as ``python -m menolab.verifiers.child MODULE:FUNCTION LIBRARY...``.
"""

from __future__ import annotations

import atexit
import contextlib
import importlib
import json
import os
import queue
import signal
import subprocess
import sys
import threading
import weakref
from pathlib import Path
from typing import IO, Any

import menolab

START_SECONDS = 120.0
"""Longest time for the process to start and import, which is no fault of the question."""
_INSIDE = "MENOLAB_CHILD"
"""Set in every child: one started by a child stays in its group, so that killing the outer one ends both."""
_LIVING: weakref.WeakSet[Child] = weakref.WeakSet()


class NoAnswer(RuntimeError):
    """The process gave no answer: it was too slow, it ended, or the function raised."""

    def __init__(self, stage: str, reason: str):
        self.stage = stage
        """"timeout" or "crash"."""
        super().__init__(reason)


class Child:
    """The caller's end of one process.

    Args:
        target: ``module:function``, a function of menolab that takes JSON data and returns JSON data.
        imports: libraries that it uses, loaded before the first question, so that loading them takes none of its time; one that is missing is left out.
    """

    def __init__(self, target: str, *imports: str):
        self.words = [target, *imports]
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._owner = 0
        self._asked: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
        self._heard: queue.SimpleQueue[bytes] = queue.SimpleQueue()
        _LIVING.add(self)

    def ask(self, question: Any, seconds: float) -> Any:
        """What the function says of `question`. Callers from other threads wait their turn, and that wait is not counted.

        Raises:
            NoAnswer: it took longer than `seconds`, its process ended, or it raised.
        """
        line = json.dumps(question).encode() + b"\n"
        with self._lock:
            self._start()
            self._asked.put(line)
            heard = self._hear(seconds, f"took longer than {seconds:g} s")
        answer = json.loads(heard)
        if "fault" in answer:
            raise NoAnswer("crash", answer["fault"])
        return answer["value"]

    def stop(self) -> None:
        """End the process, if it is ours."""
        process, self._process = self._process, None
        if process is None or self._owner != os.getpid():
            return
        self._asked.put(None)
        with contextlib.suppress(OSError):  # gone already
            if _INSIDE in os.environ:
                process.kill()
            else:
                os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def _start(self) -> None:
        if self._process is not None and self._owner == os.getpid() and self._process.poll() is None:
            return
        self.stop()
        path = os.pathsep.join(filter(None, (str(Path(menolab.__file__).parents[1]), os.environ.get("PYTHONPATH"))))  # this menolab, wherever it lies
        pipe, environment = subprocess.PIPE, {**os.environ, "PYTHONPATH": path, _INSIDE: "1"}
        self._process = subprocess.Popen(
            [sys.executable, "-m", "menolab.verifiers.child", *self.words],
            stdin=pipe, stdout=pipe, stderr=subprocess.DEVNULL, env=environment, start_new_session=_INSIDE not in os.environ,
        )  # fmt: skip
        self._owner, self._asked, self._heard = os.getpid(), queue.SimpleQueue(), queue.SimpleQueue()
        assert self._process.stdin is not None and self._process.stdout is not None
        threading.Thread(target=_carry, args=(self._process.stdin, self._process.stdout, self._asked, self._heard), daemon=True).start()
        self._hear(START_SECONDS, f"did not start within {START_SECONDS:g} s")

    def _hear(self, seconds: float, else_: str) -> bytes:
        try:
            line = self._heard.get(timeout=seconds)
        except queue.Empty:
            self.stop()
            raise NoAnswer("timeout", else_) from None
        except BaseException:  # interrupted: the answer would be taken for that of the next question
            self.stop()
            raise
        if not line.endswith(b"\n"):
            status = self._process.wait() if self._process is not None else 0
            self.stop()
            raise NoAnswer("crash", f"the process ended by signal {-status}" if status < 0 else f"the process ended with status {status}")
        return line


def _carry(stdin: IO[bytes], stdout: IO[bytes], asked: queue.SimpleQueue[bytes | None], heard: queue.SimpleQueue[bytes]) -> None:
    """Carry lines to and from the process, so that neither a full pipe nor a dead process holds up whoever asks."""
    with contextlib.suppress(OSError, ValueError):
        with stdin, stdout:
            heard.put(stdout.readline())  # "ready"
            while (line := asked.get()) is not None:
                stdin.write(line)
                stdin.flush()
                heard.put(stdout.readline())
        return
    heard.put(b"")


@atexit.register
def _stop_all() -> None:
    for child in list(_LIVING):
        child.stop()


# ---- the child's end ----


def serve(target: str, *imports: str) -> None:
    """Answer questions line by line until the input ends. What the function prints goes nowhere."""
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    module, _, name = target.partition(":")
    function = getattr(importlib.import_module(module), name)
    for name in imports:
        with contextlib.suppress(ImportError):
            importlib.import_module(name)
    answers.write(b"ready\n")
    answers.flush()
    for line in sys.stdin.buffer:
        try:
            answer = {"value": function(json.loads(line))}
            said = json.dumps(answer)
        except Exception as error:  # whatever it stumbles over, whoever asked is told
            said = json.dumps({"fault": f"{type(error).__name__}: {error}"[:300]})
        answers.write(said.encode() + b"\n")
        answers.flush()


if __name__ == "__main__":
    serve(*sys.argv[1:])
