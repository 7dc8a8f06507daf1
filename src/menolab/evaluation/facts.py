"""What a number depends on besides the model: library versions and the machine."""

from __future__ import annotations

import importlib.metadata
import os
import platform
import sys
from pathlib import Path
from typing import Any

from menolab import __version__


def versions() -> dict[str, str]:
    """Versions of menolab, Python and the libraries that numbers depend on."""
    found = {"menolab": __version__, "python": platform.python_version()}
    for name in ("torch", "transformers", "tokenizers", "peft", "safetensors", "numpy"):
        try:
            found[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            continue
    return found


def hardware() -> dict[str, Any]:
    """The machine: system, processor, cores this process may use, threads of torch, accelerators. Loads nothing that is not loaded."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    facts: dict[str, Any] = {"system": f"{platform.system()} {platform.machine()}", "processor": _processor(), "cores": cores}
    torch = sys.modules.get("torch")
    if torch is not None:
        facts["threads"] = torch.get_num_threads()
        if torch.cuda.is_available():
            facts["accelerators"] = [torch.cuda.get_device_name(i) for i in range(torch.cuda.device_count())]
    return facts


def _processor() -> str:
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.is_file():
        names = [line.partition(":")[2].strip() for line in cpuinfo.read_text(errors="replace").splitlines() if line.startswith("model name")]
        if names:
            return names[0]
    return platform.processor() or platform.machine()
