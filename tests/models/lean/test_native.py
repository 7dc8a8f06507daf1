"""Building the kernels: once a machine, from a cache that several processes share, and not at all where it cannot be."""

from __future__ import annotations

import ctypes
import logging
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import torch
from tests.models.architectures import lean_tiny

from menolab.engines.decoding import Decoding
from menolab.engines.torch_engine import TorchEngine
from menolab.keys import Key
from menolab.models.lean import native
from menolab.models.lean.model import lean, unfit
from menolab.models.scoring import score
from menolab.records import Request

needs_kernels = pytest.mark.skipif(not native.available(), reason="no compiler on this machine")


@pytest.fixture
def fresh(tmp_path, monkeypatch) -> Iterator[Path]:
    """Nothing loaded, an empty cache; compiled without optimisation, which is fast. The folder where kernels go."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setattr(native, "FLAGS", tuple("-O0" if flag == "-O3" else flag for flag in native.FLAGS))
    native._library.cache_clear()
    yield tmp_path / "cache" / "menolab"
    monkeypatch.undo()
    native._library.cache_clear()


def works() -> None:
    x = torch.randn(3, 32, generator=torch.Generator().manual_seed(0))
    out = torch.empty(3, 16)
    native.call("swiglu", torch.float32, 3, 16, x, out)
    torch.testing.assert_close(out, torch.nn.functional.silu(x[:, :16]) * x[:, 16:])


def general_path_works() -> None:
    policy = lean_tiny("qwen3")
    assert not native.available() and "no fused kernels" in unfit(policy) and lean(policy) is None
    (drawn,) = TorchEngine(policy).generate([Request((1, 20), Key.root(0))], Decoding(max_tokens=6))
    tokens_BT = torch.tensor([drawn.tokens])
    scored = score(policy, [(1, 20)], tokens_BT, torch.ones_like(tokens_BT, dtype=torch.bool), Decoding()).logprobs_BT
    torch.testing.assert_close(scored[0], torch.tensor(drawn.logprobs), rtol=0, atol=1e-4)
    scored.sum().backward()


@needs_kernels
def test_built_once_into_an_empty_cache(fresh, monkeypatch, caplog):
    with caplog.at_level(logging.WARNING):
        assert native.available()
        works()
    (built,) = fresh.iterdir()
    assert built.suffix == ".so" and not caplog.records and fresh.stat().st_mode & 0o077 == 0
    native._library.cache_clear()
    compiled: list[list[str]] = []
    real = subprocess.run
    monkeypatch.setattr(native.subprocess, "run", lambda command, **options: compiled.append(command) or real(command, **options))
    assert native.available()
    assert [command[1:] for command in compiled] == [["--version"]], "what is in the cache is not built again"


@needs_kernels
def test_other_flags_are_another_file(fresh, monkeypatch):
    assert native.available()
    native._library.cache_clear()
    monkeypatch.setattr(native, "FLAGS", (*native.FLAGS, "-DOTHER"))
    assert native.available() and len(list(fresh.iterdir())) == 2


def test_switched_off(fresh, monkeypatch, caplog):
    monkeypatch.setenv("MENOLAB_KERNELS", "off")
    with caplog.at_level(logging.WARNING, native.__name__):
        general_path_works()
    assert not caplog.records and not fresh.exists()


def test_no_compiler(fresh, monkeypatch, caplog, tmp_path):
    monkeypatch.setenv("CXX", "/nonexistent")
    monkeypatch.setenv("PATH", str(tmp_path))
    with caplog.at_level(logging.WARNING, native.__name__):
        general_path_works()
    assert not caplog.records, "a machine without a compiler is nothing to complain about"


def compiler(folder: Path, script: str) -> str:
    path = folder / "compiler"
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    return str(path)


FAILS = {
    "always": "exit 1",
    "when it compiles": 'if [ "$1" = --version ]; then echo 1; else echo "no such header" >&2; exit 1; fi',
    "with a version that is no text": """if [ "$1" = --version ]; then printf '\\377\\n'; else exit 1; fi""",
}


@pytest.mark.parametrize("script", FAILS.values(), ids=FAILS)
def test_a_compiler_that_fails_is_told_once(script, fresh, monkeypatch, caplog, tmp_path):
    monkeypatch.setenv("CXX", compiler(tmp_path, script))
    with caplog.at_level(logging.WARNING, native.__name__):
        general_path_works()
        general_path_works()
    assert len(caplog.records) == 1 and "could not be built" in caplog.text
    assert not fresh.exists() or not list(fresh.iterdir()), "nothing half built is left"


@needs_kernels
def test_a_compiler_that_writes_something_else(fresh, monkeypatch, caplog, tmp_path):
    script = 'if [ "$1" = --version ]; then echo 1; else for last; do :; done; echo rubbish > "$last"; fi'
    monkeypatch.setenv("CXX", compiler(tmp_path, script))
    with caplog.at_level(logging.WARNING, native.__name__):
        general_path_works()
    assert len(caplog.records) == 1


@needs_kernels
def test_a_cache_that_cannot_be_made(fresh, monkeypatch, tmp_path):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    monkeypatch.setattr(native.tempfile, "tempdir", str(tmp_path))
    assert native.available()
    works()


def read_only(monkeypatch) -> None:
    real = os.access
    monkeypatch.setattr(native.os, "access", lambda path, mode, **options: mode != os.W_OK and real(path, mode, **options))


@needs_kernels
def test_a_user_without_a_home(fresh, monkeypatch, tmp_path):
    """As in a container that runs under a number without a name."""

    def nowhere() -> Path:
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.delenv("XDG_CACHE_HOME")
    monkeypatch.setattr(native.Path, "home", nowhere)
    monkeypatch.setattr(native.tempfile, "tempdir", str(tmp_path))
    assert native.available()
    works()


@needs_kernels
def test_a_cache_that_cannot_be_written(fresh, monkeypatch, tmp_path):
    read_only(monkeypatch)
    monkeypatch.setattr(native.tempfile, "tempdir", str(tmp_path))
    assert native.available()
    works()
    assert not list(fresh.iterdir())


@needs_kernels
def test_a_cache_that_can_only_be_read_is_read(fresh, monkeypatch, tmp_path):
    assert native.available()
    native._library.cache_clear()
    read_only(monkeypatch)
    monkeypatch.setattr(native, "_wide", lambda: pytest.fail("compiled again"))
    assert native.available()
    works()


@needs_kernels
def test_two_processes_that_build_at_once(fresh):
    """Both succeed, one file is left, and nothing half written was ever under its name."""
    script = "from menolab.models.lean import native; native.FLAGS = tuple('-O0' if f == '-O3' else f for f in native.FLAGS); assert native.available()"
    environment = {**os.environ, "PYTHONPATH": str(Path(native.__file__).parents[3])}
    running = [subprocess.Popen([sys.executable, "-c", script], env=environment) for _ in range(2)]
    assert [process.wait(120) for process in running] == [0, 0]
    (built,) = fresh.iterdir()
    ctypes.CDLL(str(built))


def test_signatures_are_those_of_the_source():
    """ctypes would pass a wrong number of arguments without a word."""
    kinds = {"int": native.INT, "float": native.F}
    found = {}
    source = re.sub(r"\\\n\s*", " ", "".join(path.read_text() for path in native.SOURCES))
    for name, arguments in re.findall(r"EXPORT void (\w+?)(?:_##NAME|_float32)\((.*?)\)", source):
        types = tuple(native.P if "*" in argument else kinds[argument.split()[0]] for argument in arguments.split(","))
        assert found.setdefault(name, types) == types, "the stand-ins for other processors take the same"
    assert found == native.SIGNATURES | native.PRODUCTS
