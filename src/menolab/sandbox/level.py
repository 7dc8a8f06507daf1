"""How well this machine can close a program in: what the kernel offers, tried rather than believed, and the level that follows."""

from __future__ import annotations

import os
import platform
import shutil
import sys
import sysconfig
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

from menolab.errors import BadInput, unknown

LevelName = Literal["process", "filtered", "contained"]

LEVELS: Final[dict[str, str]] = {
    "process": "a process of its own with limits on time, memory, files and output, an empty environment and a folder of its own. Code that means harm "
    "can read and change files and use the network: only for code you trust",
    "filtered": "further: no file but Python's library and its own folder can be opened (Landlock; that a file exists can still be asked), "
    "no network, no new processes, no signals to others, no other system call than those listed (seccomp)",
    "contained": "further: namespaces of its own, in which nothing else exists: no process, no network device, no file system but read-only libraries "
    "and a folder in memory of bounded size; when the program ends, the kernel kills all that is left of it",
}
"""Level -> what it guarantees, weakest first."""
UNTRUSTED: Final = "filtered"
"""The least level at which programs of unknown intent may run."""

LANGUAGES: Final = {"javascript": "node", "perl": "perl", "lua": "lua", "ruby": "ruby"}
"""Other languages than Python, and the command that runs a file of it."""
FOLDER: Final = "/program"
"""At the level "contained": the one place that can be written."""


@dataclass(frozen=True)
class Offer:
    """What this machine offers."""

    system: str
    kernel: str
    machine: str
    landlock: int
    """ABI version, 0 = none."""
    seccomp: bool
    namespaces: Literal["own", "bubblewrap", ""]
    """How a world of its own is made: by the kernel's calls, by bubblewrap, or not at all."""
    root: bool
    notes: tuple[str, ...]
    """What is missing, and why."""

    @property
    def level(self) -> str:
        """The strongest level that can be had."""
        if self.seccomp and self.namespaces:
            return "contained"
        return "filtered" if self.seccomp and self.landlock >= 3 else "process"


def at_least(level: str, least: str) -> bool:
    """Whether `level` is `least` or stronger."""
    order = list(LEVELS)
    return order.index(level) >= order.index(least)


def check_level(field: str, level: str) -> None:
    """Raise `BadInput` unless `level` is the name of one."""
    if level not in LEVELS:
        raise unknown(field, level, LEVELS)


def library() -> str:
    """The folder of Python's standard library."""
    return str(Path(sysconfig.get_path("stdlib")).resolve())


def visible() -> tuple[str, ...]:
    """What a program may read: the libraries of Python and of other interpreters, the system's shared libraries, time zones."""
    own = [library(), str(Path(sysconfig.get_path("platstdlib", vars={"platbase": sys.base_exec_prefix})).resolve())]
    shared = Path(str(sysconfig.get_config_var("LIBDIR")), str(sysconfig.get_config_var("INSTSONAME")))  # where Python itself is a library
    own += [str(shared), *(path for path in map(other_interpreter, LANGUAGES) if path)]
    system = ["/lib", "/lib64", "/usr/lib", "/usr/lib64", "/usr/local/lib", "/usr/share/zoneinfo", "/usr/share/perl"]
    system += ["/etc/ssl/openssl.cnf", "/etc/ld.so.cache"]
    there = [path for path in dict.fromkeys((*system, *own)) if os.path.lexists(path)]
    return tuple(path for path in there if not any(path != other and Path(path).is_relative_to(other) for other in there))


def interpreter() -> str:
    """The Python that zygotes run: the one beneath any virtual environment."""
    return str(Path(getattr(sys, "_base_executable", None) or sys.executable).resolve())


def other_interpreter(language: str) -> str | None:
    """Path of the interpreter of a language of `LANGUAGES`, if installed."""
    found = shutil.which(LANGUAGES[language])
    return found and str(Path(found).resolve())


def bubblewrap() -> str | None:
    """Path of bubblewrap, if installed."""
    return shutil.which("bwrap")


def look() -> Offer:
    """What this machine offers, by its own account; `menolab.sandbox.host.probe` tries it out."""
    machine = platform.machine()
    if sys.platform != "linux":
        note = "the sandbox is built on Linux; here no program is run"
        return Offer(sys.platform, platform.release(), machine, 0, False, "", False, (note,))
    from menolab.sandbox import landlock, seccomp

    abi = landlock.version()
    notes = [] if abi >= landlock.ENOUGH else [f"Landlock: ABI {abi}, {landlock.ENOUGH} is needed (Linux 6.2, with landlock among the LSMs)"]
    filters = seccomp.available()
    if not filters:
        notes.append(f"seccomp: no filters for {machine} on this kernel")
    return Offer("linux", platform.release(), machine, abi, filters, "", os.geteuid() == 0, tuple(notes))


def refuse_below(level: str, least: str, why: str, notes: tuple[str, ...]) -> None:
    """Raise `BadInput` if `level` is weaker than `least`, saying who needs it and what the machine lacks."""
    if not at_least(level, least):
        raise BadInput("sandbox level", level, f"{why} {least!r} or stronger ({'; '.join(notes) or 'see meno sandbox'})")
