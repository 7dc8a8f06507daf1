"""Landlock: a process gives up, for itself and all it starts, every file but those named, TCP, and signals to others.

Source: Linux, Documentation/userspace-api/landlock.rst and include/uapi/linux/landlock.h.
"""

from __future__ import annotations

import ctypes
import os
import stat
import struct
from collections.abc import Iterable

from menolab.sandbox.libc import LIBC, syscall

_CREATE, _ADD, _RESTRICT = 444, 445, 446  # the same numbers on every architecture
_VERSION = 1
_PATH_BENEATH = 1
_EXECUTE, _WRITE_FILE, _READ_FILE, _READ_DIR = 1, 2, 4, 8
_MAKE_CHAR, _MAKE_SOCK, _MAKE_BLOCK = 1 << 6, 1 << 9, 1 << 11
_FIRST, _REFER, _TRUNCATE, _IOCTL_DEV = (1 << 13) - 1, 1 << 13, 1 << 14, 1 << 15
_OF_FILES = _EXECUTE | _WRITE_FILE | _READ_FILE | _TRUNCATE | _IOCTL_DEV
_TCP = 3
_SCOPES = 3  # abstract Unix sockets, signals

ENOUGH = 3
"""First version that can forbid truncating a file; below it Landlock alone does not protect what is outside."""


def version() -> int:
    """The ABI version of this kernel's Landlock, 0 where there is none."""
    return max(0, LIBC.syscall(ctypes.c_long(_CREATE), None, ctypes.c_size_t(0), ctypes.c_uint32(_VERSION)))


def _handled(abi: int) -> int:
    return _FIRST | (_REFER if abi >= 2 else 0) | (_TRUNCATE if abi >= 3 else 0) | (_IOCTL_DEV if abi >= 5 else 0)


def restrict(read: Iterable[str], write: Iterable[str], execute: Iterable[str] = ()) -> None:
    """Close every path but these and what is below them. Paths that do not exist are skipped. Needs `no_new_privileges` first.

    Raises:
        OSError: the kernel refused.
    """
    abi = version()
    handled = _handled(abi)
    rules = struct.pack("=QQQ", handled, _TCP if abi >= 4 else 0, _SCOPES if abi >= 6 else 0)
    ruleset = syscall(_CREATE, "landlock_create_ruleset", ctypes.c_char_p(rules), 24 if abi >= 6 else 16 if abi >= 4 else 8, 0)
    try:
        looked_at = _READ_FILE | _READ_DIR
        written = handled & ~(_EXECUTE | _MAKE_CHAR | _MAKE_BLOCK | _MAKE_SOCK)
        for paths, access in ((read, looked_at), (write, written), (execute, looked_at | _EXECUTE)):
            for path in paths:
                _allow(ruleset, path, access)
        syscall(_RESTRICT, "landlock_restrict_self", ruleset, 0)
    finally:
        os.close(ruleset)


def _allow(ruleset: int, path: str, access: int) -> None:
    try:
        handle = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except OSError:
        return
    try:
        if not stat.S_ISDIR(os.fstat(handle).st_mode):
            access &= _OF_FILES
        syscall(_ADD, "landlock_add_rule", ruleset, _PATH_BENEATH, ctypes.c_char_p(struct.pack("=Qi", access, handle)), 0)
    finally:
        os.close(handle)
