from __future__ import annotations

import re
from pathlib import Path

import pytest

from menolab.sandbox.syscalls import ARCHITECTURES, NEWEST, conditional, harmless

HEADERS = {"x86_64": Path("/usr/include/x86_64-linux-gnu/asm/unistd_64.h"), "aarch64": Path("/usr/include/asm-generic/unistd.h")}
DANGEROUS = (
    *("socket", "connect", "bind", "listen", "accept", "accept4", "ptrace"),
    *("process_vm_readv", "process_vm_writev", "mount", "umount2", "pivot_root", "chroot", "setns"),
    *("unshare", "bpf", "io_uring_setup", "userfaultfd", "perf_event_open", "keyctl", "add_key"),
    *("request_key", "init_module", "finit_module", "delete_module", "kexec_load", "reboot", "swapon"),
    *("pidfd_open", "pidfd_getfd", "pidfd_send_signal", "kcmp", "open_by_handle_at", "name_to_handle_at", "setuid"),
    *("setgid", "setresuid", "setgroups", "capset", "personality", "chmod", "fchmod"),
    *("fchmodat", "chown", "fchown", "utimensat", "setxattr", "seccomp", "prctl"),
    *("ioperm", "iopl", "modify_ldt", "shmget", "msgget", "semget", "mq_open"),
    *("tkill", "rt_sigqueueinfo", "rt_tgsigqueueinfo", "process_madvise", "setpriority", "sched_setscheduler", "landlock_create_ruleset"),
)


@pytest.mark.parametrize("machine", ARCHITECTURES)
def test_numbers_are_the_kernels(machine: str) -> None:
    if not HEADERS[machine].exists():
        pytest.skip(f"no kernel header at {HEADERS[machine]}")
    found = dict(re.findall(r"#define __NR(?:3264)?_(\w+)\s+(\d+)", HEADERS[machine].read_text()))
    found |= {"newfstatat": "79"} if machine == "aarch64" else {}
    for name, number in (harmless(machine) | conditional(machine)).items():
        assert found[name] == str(number), name


@pytest.mark.parametrize("machine", ARCHITECTURES)
def test_nothing_dangerous_is_listed(machine: str) -> None:
    listed = harmless(machine) | conditional(machine)
    assert not set(DANGEROUS) & set(listed)
    assert len(set(listed.values())) == len(listed) and max(listed.values()) <= NEWEST
    assert not set(harmless(machine)) & set(conditional(machine)) and {"read", "write", "mmap", "futex", "exit_group"} <= set(harmless(machine))
