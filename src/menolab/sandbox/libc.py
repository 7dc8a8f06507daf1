"""The few calls of the C library that Python does not wrap."""

from __future__ import annotations

import ctypes
import os
from typing import Final

LIBC: Final = ctypes.CDLL(None, use_errno=True)
LIBC.syscall.restype = ctypes.c_long


def checked(result: int, what: str) -> int:
    """`result`, if it is not the C library's sign of failure.

    Raises:
        OSError: the call named `what` failed.
    """
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{what}: {os.strerror(number)}")
    return result


def prctl(option: int, *args: int | ctypes.c_void_p) -> int:
    """prctl(2).

    Raises:
        OSError: the kernel refused.
    """
    whole = [a if isinstance(a, ctypes.c_void_p) else ctypes.c_ulong(a) for a in (*args, 0, 0, 0, 0)[:4]]
    return checked(LIBC.prctl(option, *whole), f"prctl {option}")


def syscall(number: int, what: str, *args: object) -> int:
    """A system call by its number; integers are passed as C longs.

    Raises:
        OSError: the kernel refused.
    """
    whole = [ctypes.c_long(a) if isinstance(a, int) else a for a in args]
    return checked(LIBC.syscall(ctypes.c_long(number), *whole), what)


_SET_NO_NEW_PRIVS, _SET_DUMPABLE, _SET_PDEATHSIG, _SET_CHILD_SUBREAPER = 38, 4, 1, 36


def no_new_privileges() -> None:
    """From here on no program run by this process gains privileges (set-uid bits mean nothing)."""
    prctl(_SET_NO_NEW_PRIVS, 1)


def die_with_parent() -> None:
    """Be killed when the thread that started this process ends. Only for children of single-threaded processes."""
    prctl(_SET_PDEATHSIG, 9)


def adopt_orphans() -> None:
    """Descendants whose parent ended become children of this process, which can then wait for them."""
    prctl(_SET_CHILD_SUBREAPER, 1)


def be_dumpable() -> None:
    """Own /proc/self again after a change of user."""
    prctl(_SET_DUMPABLE, 1)


def drop_capabilities() -> None:
    """Give up every capability for good: bounding, ambient, permitted and inheritable sets."""
    for capability in range(64):
        if LIBC.prctl(24, ctypes.c_ulong(capability), 0, 0, 0) < 0:  # PR_CAPBSET_DROP: not permitted, or past the last capability
            break
    LIBC.prctl(47, ctypes.c_ulong(4), 0, 0, 0)  # PR_CAP_AMBIENT_CLEAR_ALL
    header = (ctypes.c_uint32 * 2)(0x20080522, 0)  # version 3 of the interface, this thread
    checked(LIBC.capset(header, (ctypes.c_uint32 * 6)()), "capset")
