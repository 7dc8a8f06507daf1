"""How much memory this process takes and took at most. Bytes."""

from __future__ import annotations

import contextlib
import re
import resource
import sys
from pathlib import Path

STATUS = Path("/proc/self/status")


def peak_rss() -> int:
    """Most resident memory since the process began or `forget_peak` was called.

    Trap: `ru_maxrss` of a child counts what its parent held when it was started. Linux keeps VmHWM for the program alone.
    """
    own = _status("VmHWM")
    return own or resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)


def rss() -> int:
    """Resident memory now (where the system does not say: at most, so far)."""
    return _status("VmRSS") or peak_rss()


def forget_peak() -> None:
    """Let `peak_rss` begin anew. Linux only; elsewhere the peak stays that of the whole process."""
    with contextlib.suppress(OSError):
        Path("/proc/self/clear_refs").write_text("5")


def _status(name: str) -> int:
    if not STATUS.exists():
        return 0
    found = re.search(rf"^{name}:\s+(\d+) kB", STATUS.read_text(), re.MULTILINE)
    return int(found.group(1)) * 1024 if found else 0


def peak_device(device: str) -> int:
    """Most memory that tensors took on the GPU, 0 on a CPU."""
    if not device.startswith("cuda"):
        return 0
    import torch

    return torch.cuda.max_memory_allocated(device)
