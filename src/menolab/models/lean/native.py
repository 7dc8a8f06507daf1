"""The fused CPU kernels: built at first use with the machine's own compiler, loaded once, absent without complaint."""

from __future__ import annotations

import ctypes
import functools
import hashlib
import logging
import os
import platform
import shutil
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch

SOURCES = tuple(Path(__file__).with_name(name) for name in ("kernels.cpp", "products.cpp"))
FLAGS = ("-O3", "-march=native", "-std=c++17", "-fno-math-errno", "-fno-trapping-math", "-shared", "-fPIC")
NAMES = {torch.float32: "float32", torch.bfloat16: "bfloat16"}
INT, P, F = ctypes.c_int, ctypes.c_void_p, ctypes.c_float
SIGNATURES: dict[str, tuple[Any, ...]] = {
    "add_norm": (INT, INT, P, P, P, F, P, P, P, INT),
    "add_norm_back": (INT, INT, P, P, P, P, P, P, P, P, INT),
    "swiglu": (INT, INT, P, P, INT),
    "swiglu_back": (INT, INT, P, P, P, INT),
    "turn": (INT, INT, INT, INT, P, P, P, F, P, P, P, P, P, INT),
    "turn_back": (INT, INT, INT, INT, P, P, P, P, P, P, P, P, P, INT),
    "attend": (INT, INT, INT, P, INT, P, P, P, INT),
    "attend_back": (INT, INT, INT, P, INT, P, P, P, P, P, P, INT),
    "step": (INT, INT, INT, INT, P, P, P, F, P, P, P, P, INT, P, P, P, INT),
    "fill": (INT, INT, INT, INT, P, P, P, P, INT),
    "drawn": (INT, INT, P, P, F, P, P, INT),
    "drawn_back": (INT, INT, P, P, F, P, P, P, INT),
    "draw": (INT, INT, P, F, P, P, P, INT),
}
PRODUCTS: dict[str, tuple[Any, ...]] = {
    "pack_columns": (INT, INT, P, INT, INT, P, INT),
    "product": (INT, INT, INT, P, INT, INT, P, P, P, INT, INT),
}
"""Of float32 alone; to be called where `products` says so."""

log = logging.getLogger(__name__)


def available() -> bool:
    """Whether the kernels can be had on this machine; the first call builds them (a few seconds, once a machine)."""
    return _library() is not None


def products() -> bool:
    """Whether the kernels have matrix products of their own here: the processor has a bfloat16 matrix unit, and the system lets this process use it."""
    return (lib := _library()) is not None and _asked(lib)


@functools.cache
def _asked(lib: ctypes.CDLL) -> bool:
    return bool(lib.products_here())


def threads() -> int:
    """How many threads a kernel that is called now runs on."""
    return _staff()


def staff(count: Callable[[], int]) -> None:
    """Ask this, from now on, how many threads kernels run on. Their results do not depend on it; torch's own number is asked by default."""
    global _staff
    _staff = count


_staff: Callable[[], int] = torch.get_num_threads


def call(name: str, dtype: torch.dtype, *args: Any) -> None:
    """Run one kernel on as many threads as `staff` said. Tensors are passed by address: contiguous, and alive until it returns; None is null."""
    values = [a.data_ptr() if isinstance(a, torch.Tensor) else a for a in args]
    _function(name, dtype)(*values, _staff())


@functools.cache
def _function(name: str, dtype: torch.dtype) -> Callable[..., None]:
    return getattr(_library(), f"{name}_{NAMES[dtype]}")


@functools.cache
def _library() -> ctypes.CDLL | None:
    """The loaded library, or None: no compiler, or one that fails. The environment variable MENOLAB_KERNELS=off leaves it out."""
    compiler = shutil.which(os.environ.get("CXX", "c++")) or shutil.which("g++") or shutil.which("clang++")
    if compiler is None or os.environ.get("MENOLAB_KERNELS") == "off":
        return None
    try:
        lib = ctypes.CDLL(str(_built(compiler)))
    except (OSError, subprocess.SubprocessError) as error:
        log.warning("the fused CPU kernels could not be built with %s (%s); plain torch operations are used instead", compiler, error)
        return None
    every = {f"{name}_{dtype}": types for name, types in SIGNATURES.items() for dtype in NAMES.values()}
    for name, types in {**every, **{f"{name}_float32": types for name, types in PRODUCTS.items()}}.items():
        function = getattr(lib, name)
        function.argtypes, function.restype = types, None
    return lib


def _built(compiler: str) -> Path:
    """The shared library, from the cache or freshly compiled. Its name holds all that it depends on: source, flags, compiler, processor."""
    version = subprocess.run([compiler, "--version"], capture_output=True, check=True).stdout.decode(errors="replace")
    identity = "\n".join([*(source.read_text() for source in SOURCES), *FLAGS, version, _processor()])
    name = f"kernels-{hashlib.sha256(identity.encode()).hexdigest()[:20]}.so"
    folder = _cache() if (_cache() / name).exists() else _writable(_cache())
    if not (folder / name).exists():
        with tempfile.TemporaryDirectory(dir=folder) as scratch:
            out = Path(scratch) / name
            for threads in (["-fopenmp"], []):  # Apple's compiler has no OpenMP: one thread there
                done = subprocess.run([compiler, *FLAGS, *_wide(), *threads, *map(str, SOURCES), "-o", str(out)], capture_output=True)
                if done.returncode == 0:
                    break
            else:
                said = done.stderr.decode(errors="replace").split("\n")
                raise OSError(next((line for line in said if "error" in line), f"exit {done.returncode}"))
            out.replace(folder / name)
    return folder / name


def _wide() -> list[str]:
    """GCC splits 512-bit vectors by default; here the work is worth the clock that they cost."""
    return ["-mprefer-vector-width=512"] if platform.machine() in ("x86_64", "AMD64") else []


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return f"{platform.machine()} {platform.processor()}"
    return "\n".join(sorted({line for line in lines if line.startswith(("model name", "flags", "Features"))}))


def _cache() -> Path:
    """Where built kernels are kept."""
    try:
        return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "menolab"
    except RuntimeError:  # a user without a home
        return Path(tempfile.gettempdir()) / f"menolab-{os.getuid()}"


def _writable(folder: Path) -> Path:
    """The folder, made if need be, or a private temporary one if it cannot be written."""
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        if os.access(folder, os.W_OK):
            return folder
    except OSError:
        pass
    return Path(tempfile.mkdtemp(prefix="menolab-kernels-"))
