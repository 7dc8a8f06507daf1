"""How this process holds the system's memory: kept where it will be asked for again, in large pages.

Requests to Linux and the GNU C library; elsewhere nothing is done.
"""

from __future__ import annotations

import contextlib
import ctypes
import os

TRIM_THRESHOLD, MMAP_MAX = -1, -4
"""Parameters of `mallopt(3)`."""
HUGE_PAGES = 14
"""Advice of `madvise(2)`."""
LARGE = 2 << 20
"""Bytes of a large page."""


def keep_freed() -> None:
    """From now on memory that is freed is kept for the next tensors, and it comes in large pages.

    The C library gives large blocks back to the system, which clears every page anew when it is touched again: at 20 million parameters a seventh of an update.
    Kept, a process holds its peak until it ends. Large pages are fewer addresses to look up, for what is read in small pieces from all over: the keys and
    values of a sampler's rows.
    """
    with contextlib.suppress(OSError, AttributeError, ValueError, TypeError):  # another system, or another C library
        system = ctypes.CDLL(None)
        system.mallopt(MMAP_MAX, 0)  # large blocks from the heap too
        system.mallopt(TRIM_THRESHOLD, -1)  # whose end is never given back
        _reserve(system, os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2)


def _reserve(system: ctypes.CDLL, size: int) -> None:
    """Let the heap grow by addresses, not yet memory, whose memory comes in large pages when it is touched. Nothing happens where the system refuses."""
    system.malloc.restype, system.malloc.argtypes, system.free.argtypes = ctypes.c_void_p, [ctypes.c_size_t], [ctypes.c_void_p]
    system.madvise.argtypes = [ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int]
    if block := system.malloc(size):
        begin = -(-block // LARGE) * LARGE
        system.madvise(begin, (block + size - begin) // LARGE * LARGE, HUGE_PAGES)
        system.free(block)
