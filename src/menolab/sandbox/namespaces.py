"""A world of its own for a process: process ids, network, mounts, users, each without root where the kernel allows it.

Source: Linux man pages namespaces(7), user_namespaces(7), mount_namespaces(7), pivot_root(2).
"""

from __future__ import annotations

import ctypes
import os
import stat
from collections.abc import Iterable
from pathlib import Path

from menolab.sandbox.level import FOLDER
from menolab.sandbox.libc import LIBC, be_dumpable, checked, die_with_parent, syscall

_NEW_MOUNTS, _NEW_NAMES, _NEW_IPC, _NEW_USER, _NEW_PIDS, _NEW_NETWORK = 0x20000, 0x4000000, 0x8000000, 0x10000000, 0x20000000, 0x40000000
_READ_ONLY, _NO_SET_UID, _NO_DEVICES, _REMOUNT, _BIND, _RECURSIVE, _PRIVATE = 1, 2, 4, 32, 4096, 16384, 1 << 18
_DETACH = 2
_PIVOT_ROOT = {"x86_64": 155, "aarch64": 41}
_KEPT_FLAGS = 2 | 4 | 8 | 1024 | 2048  # nosuid, nodev, noexec, noatime, nodiratime: a remount may not drop them; same bits in statvfs and mount
NOBODY = 65534
_UNUSED_USERS = 1_000_000_000
"""From here up no system gives out user ids; one a zygote, so that none can signal or count against another."""

DEVICES = ("/dev/null", "/dev/zero", "/dev/urandom", "/dev/random")


def leave_root() -> bool:
    """Where this process is root: become a user that owns nothing, for good. Returns whether it was root.

    Raises:
        OSError: root without the right to change its user (a container that took it away).
    """
    if os.geteuid() != 0:
        return False
    os.setgroups([])
    for user in (_UNUSED_USERS + os.getpid(), NOBODY):
        try:
            os.setresgid(user, user, user)
            os.setresuid(user, user, user)
            break
        except OSError:  # not mapped in this container
            if user == NOBODY:
                raise
    be_dumpable()
    return True


def enter(visible: Iterable[str], machine: str, folder_mib: int) -> None:
    """Move into new namespaces that show only `visible` (read-only), four devices and an empty memory file system; returns in a new process.

    That process is number 1 of its world: when it ends, the kernel kills all that is left there. The process that called waits for it and ends
    with it.

    Raises:
        OSError: the kernel, or a security module, does not allow it.
    """
    root = os.geteuid() == 0
    user, group = os.geteuid(), os.getegid()
    proc = os.open("/proc", os.O_PATH | os.O_DIRECTORY)
    checked(LIBC.unshare(_NEW_MOUNTS | _NEW_PIDS | _NEW_NETWORK | _NEW_IPC | _NEW_NAMES | (0 if root else _NEW_USER)), "unshare")
    if not root:
        for name, text in (("setgroups", "deny"), ("uid_map", f"{NOBODY} {user} 1"), ("gid_map", f"{NOBODY} {group} 1")):
            _write(proc, f"self/{name}", text)
    os.close(proc)
    _build(visible, machine, folder_mib)
    leave_root()
    child = os.fork()
    if child:
        os.closerange(0, 1024)
        os.waitpid(child, 0)
        os._exit(0)
    die_with_parent()


def _write(folder: int, name: str, text: str) -> None:
    handle = os.open(name, os.O_WRONLY, dir_fd=folder)
    try:
        os.write(handle, text.encode())
    finally:
        os.close(handle)


def _mount(source: str | None, target: str, kind: str | None, flags: int, options: str | None = None) -> None:
    words = [None if word is None else os.fsencode(word) for word in (source, target, kind)]
    data = None if options is None else options.encode()
    checked(LIBC.mount(*words, ctypes.c_ulong(flags), data), f"mount {source} on {target}")


def _build(visible: Iterable[str], machine: str, folder_mib: int) -> None:
    """A new read-only root in memory, with `visible` bound into it, and nothing else of the old one but an empty `FOLDER`."""
    _mount(None, "/", None, _RECURSIVE | _PRIVATE)
    new = Path("/tmp")  # covered in this world only
    paths = [Path(path) for path in (*visible, *DEVICES)]
    links = {path: path.readlink() for path in paths if path.is_symlink()}
    handles = {path: os.open(path, os.O_PATH) for path in paths if path.exists() and path not in links}
    _mount("tmpfs", str(new), "tmpfs", _NO_SET_UID | _NO_DEVICES, "size=1m,mode=755")
    for path, handle in handles.items():
        _bind(handle, Path(f"{new}{path}"), device=str(path) in DEVICES)
    for path, to in links.items():
        link = Path(f"{new}{path}")
        link.parent.mkdir(parents=True, exist_ok=True)
        if not os.path.lexists(link):
            link.symlink_to(to)
    own = f"{new}{FOLDER}"
    Path(own).mkdir(exist_ok=True)
    _mount("tmpfs", own, "tmpfs", _NO_SET_UID | _NO_DEVICES, f"size={folder_mib}m,nr_inodes=20k,mode=777")
    os.chdir(new)
    syscall(_PIVOT_ROOT[machine], "pivot_root", ctypes.c_char_p(b"."), ctypes.c_char_p(b"."))
    checked(LIBC.umount2(b".", _DETACH), "umount2")
    os.chdir("/")
    _mount(None, "/", None, _REMOUNT | _READ_ONLY | _NO_SET_UID | _NO_DEVICES)


def _bind(handle: int, target: Path, *, device: bool) -> None:
    """Show the open file or folder at `target`, read-only unless it is a device."""
    target.parent.mkdir(parents=True, exist_ok=True)
    if stat.S_ISDIR(os.fstat(handle).st_mode):
        target.mkdir(exist_ok=True)
    else:
        target.touch()
    flags = os.fstatvfs(handle).f_flag & _KEPT_FLAGS
    _mount(f"/proc/self/fd/{handle}", str(target), None, _BIND | _RECURSIVE)
    os.close(handle)
    if not device:
        _mount(None, str(target), None, _REMOUNT | _BIND | _READ_ONLY | _NO_SET_UID | flags)
