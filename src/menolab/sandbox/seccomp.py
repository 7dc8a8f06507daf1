"""A filter on system calls, as a BPF program built in Python and handed to the kernel with prctl(2).

Source: Linux, Documentation/userspace-api/seccomp_filter.rst (struct seccomp_data: nr at 0, arch at 4, arguments of 8 bytes from 16).
"""

from __future__ import annotations

import ctypes
import errno
import os
import platform
import struct

from menolab.sandbox.libc import prctl
from menolab.sandbox.syscalls import ARCHITECTURES, NEWEST, conditional, harmless

_LOAD, _EQUAL, _ABOVE, _ANY_BIT, _AND, _RETURN = 0x20, 0x15, 0x25, 0x45, 0x54, 0x06
_ALLOW, _KILL, _ERROR = 0x7FFF0000, 0x80000000, 0x00050000
_SET_SECCOMP, _MODE_FILTER = 22, 2
_CLONE_THREAD = 0x00010000
_CLONE_NEW = 0x7E020000  # new namespaces of any kind
_AF_UNIX, _SOCK_STREAM = 1, 1
_X32 = 0x3FFFFFFF  # numbers above it are the x32 ABI, which would slip past a filter written for x86_64

Instruction = tuple[int, int, int, int]
"""Code, jump if true, jump if false, operand."""


def available() -> bool:
    """Whether this machine's kernel takes filters and this module knows its architecture."""
    return platform.machine() in ARCHITECTURES and os.path.exists("/proc/sys/kernel/seccomp/actions_avail")  # noqa: PTH110


def _refuse(number: int = errno.EPERM) -> Instruction:
    return (_RETURN, 0, 0, _ERROR | number)


_PASS: Instruction = (_RETURN, 0, 0, _ALLOW)


def _argument(index: int, *, high: bool = False) -> Instruction:
    return (_LOAD, 0, 0, 16 + 8 * index + (4 if high else 0))


def _case(number: int, *body: Instruction) -> list[Instruction]:
    """If the call is `number`, run `body`, which must return."""
    return [(_EQUAL, 0, len(body), number), *body]


def _own_process(pid: int, *, or_zero: bool) -> list[Instruction]:
    """Allow the call if its first argument, a process id, is this process (0 means it too where `or_zero`)."""
    zero = [(_EQUAL, 1, 0, 0)] if or_zero else []
    return [_argument(0), *zero, (_EQUAL, 0, 1, pid), _PASS, _refuse()]


def program(machine: str, pid: int, *, processes: bool, execute: bool) -> list[Instruction]:
    """The filter for one process.

    Args:
        pid: the process it is for: signals and limits may be set for it alone.
        processes: whether it may start processes; threads it always may.
        execute: whether it may replace itself by another program (which stays under the filter).
    """
    call = conditional(machine)
    code: list[Instruction] = [(_LOAD, 0, 0, 4), (_EQUAL, 1, 0, ARCHITECTURES[machine]), (_RETURN, 0, 0, _KILL), (_LOAD, 0, 0, 0)]
    code += [(_ABOVE, 0, 1, _X32), _refuse(), (_ABOVE, 0, 1, NEWEST), _refuse(errno.ENOSYS)]
    code += _case(call["clone3"], _refuse(errno.ENOSYS))  # its flags lie in memory, where no filter looks; C libraries fall back to clone
    for name in ("kill", "tgkill"):
        code += _case(call[name], *_own_process(pid, or_zero=False))
    code += _case(call["prlimit64"], *_own_process(pid, or_zero=True))
    no_namespaces: list[Instruction] = [_argument(0), (_ANY_BIT, 0, 1, _CLONE_NEW), _refuse()]
    one_thread = [] if processes else [(_ANY_BIT, 1, 0, _CLONE_THREAD), _refuse()]
    code += _case(call["clone"], *no_namespaces, *one_thread, _PASS)
    # Pairs of connected streams, which event loops need. A datagram socket could still be sent to any address; a stream cannot.
    stream: list[Instruction] = [_argument(0), (_EQUAL, 0, 4, _AF_UNIX), _argument(1), (_AND, 0, 0, 0xF), (_EQUAL, 0, 1, _SOCK_STREAM), _PASS, _refuse()]
    code += _case(call["socketpair"], *stream)
    granted = set(harmless(machine).values())
    if processes:
        granted |= {call[name] for name in ("fork", "vfork", "setpgid", "setsid") if name in call}
    if execute:
        granted |= {call["execve"], call["execveat"]}
    for number in sorted(granted):
        code += _case(number, _PASS)
    return [*code, _refuse()]


def install(*, processes: bool, execute: bool) -> None:
    """Put this process and all it starts under the filter, for good. Needs `no_new_privileges` first.

    Raises:
        OSError: the kernel refused.
    """
    code = program(platform.machine(), os.getpid(), processes=processes, execute=execute)
    packed = b"".join(struct.pack("=HBBI", *instruction) for instruction in code)
    buffer = ctypes.create_string_buffer(packed, len(packed))
    header = ctypes.create_string_buffer(struct.pack("@HP", len(code), ctypes.addressof(buffer)))
    prctl(_SET_SECCOMP, _MODE_FILTER, ctypes.c_void_p(ctypes.addressof(header)))
