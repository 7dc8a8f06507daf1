"""The filter's program, run by a small interpreter of BPF in Python."""

from __future__ import annotations

import errno
import struct

import pytest

from menolab.sandbox.seccomp import Instruction, program
from menolab.sandbox.syscalls import ARCHITECTURES, conditional, harmless

ALLOW, KILL = 0x7FFF0000, 0x80000000
PID = 4242
CLONE_THREAD, NEW_USER, SIGCHLD = 0x10000, 0x10000000, 17


def decide(code: list[Instruction], arch: int, number: int, *args: int) -> int:
    """What the kernel would do: Linux, Documentation/networking/filter.rst."""
    data = struct.pack("=IIQ6Q", number, arch, 0, *args, *[0] * (6 - len(args)))
    register, place = 0, 0
    while True:
        operation, yes, no, operand = code[place]
        place += 1
        if operation == 0x20:
            (register,) = struct.unpack_from("=I", data, operand)
        elif operation == 0x54:
            register &= operand
        elif operation == 0x06:
            return operand
        else:
            taken = {0x15: register == operand, 0x25: register > operand, 0x45: bool(register & operand)}[operation]
            place += yes if taken else no


def refused(number: int) -> int:
    return 0x00050000 | number


@pytest.mark.parametrize("machine", ARCHITECTURES)
class TestFilter:
    def run(self, machine: str, name: str, *args: int, processes: bool = False, execute: bool = False) -> int:
        number = (harmless(machine) | conditional(machine))[name]
        return decide(program(machine, PID, processes=processes, execute=execute), ARCHITECTURES[machine], number, *args)

    def test_harmless_calls_pass_and_all_others_do_not(self, machine: str) -> None:
        code, arch = program(machine, PID, processes=False, execute=False), ARCHITECTURES[machine]
        good = set(harmless(machine).values())
        special = set(conditional(machine).values())
        for number in range(600):
            if number not in special:
                wanted = ALLOW if number in good else refused(errno.ENOSYS if number > 450 else errno.EPERM)
                assert decide(code, arch, number) == wanted, number

    def test_other_architectures_are_killed_and_x32_is_refused(self, machine: str) -> None:
        code = program(machine, PID, processes=True, execute=True)
        assert decide(code, 0x40000003, 3) == KILL
        assert decide(code, ARCHITECTURES[machine], 0x40000000 + 1) == refused(errno.EPERM) == decide(code, ARCHITECTURES[machine], 0xFFFFFFFF)

    def test_threads_always_processes_on_request_namespaces_never(self, machine: str) -> None:
        for processes in (False, True):
            assert self.run(machine, "clone", CLONE_THREAD, processes=processes) == ALLOW
            assert (self.run(machine, "clone", SIGCHLD, processes=processes) == ALLOW) is processes
            for extra in (NEW_USER, NEW_USER | CLONE_THREAD, 0x40000000, 0x20000):
                assert self.run(machine, "clone", extra, processes=processes) == refused(errno.EPERM)
            assert self.run(machine, "clone3", processes=processes) == refused(errno.ENOSYS)
            for name in {"fork", "vfork", "setsid"} & set(conditional(machine)):
                assert (self.run(machine, name, processes=processes) == ALLOW) is processes

    def test_signals_and_limits_for_itself_alone(self, machine: str) -> None:
        for name in ("kill", "tgkill"):
            assert self.run(machine, name, PID, PID, 9) == ALLOW
            for other in (0, 1, PID + 1, 2**64 - 1, 2**32 - 1):
                assert self.run(machine, name, other, PID) == refused(errno.EPERM)
        assert self.run(machine, "prlimit64", 0) == ALLOW == self.run(machine, "prlimit64", PID)
        assert self.run(machine, "prlimit64", 1) == refused(errno.EPERM)

    def test_socket_pairs_are_streams(self, machine: str) -> None:
        assert self.run(machine, "socketpair", 1, 1) == ALLOW == self.run(machine, "socketpair", 1, 1 | 0x80800)
        for family, kind in ((1, 2), (1, 5), (1, 3), (2, 1), (30, 1), (1, 2 | 0x80000)):
            assert self.run(machine, "socketpair", family, kind) == refused(errno.EPERM)

    def test_execution_on_request(self, machine: str) -> None:
        for name in ("execve", "execveat"):
            assert self.run(machine, name) == refused(errno.EPERM) and self.run(machine, name, execute=True) == ALLOW
