"""A measurement in a process of its own, so that its memory is its own and no side warms the other's caches."""

from __future__ import annotations

import importlib
import json
import re
import subprocess
import sys
from collections.abc import Mapping, Sequence
from typing import Any

from menolab.errors import RunFailed


def call(name: str, **given: Any) -> dict[str, Any]:
    """The dictionary that `menolab.bench.<module>.<function>`, named "module:function", returns in a new process. Arguments and result are JSON.

    Raises:
        RunFailed: the process failed (with the end of what it said).
    """
    return run([sys.executable, "-m", "menolab.bench.child", name, json.dumps(given)])


def run(command: Sequence[str], environment: Mapping[str, str] | None = None) -> dict[str, Any]:
    """The JSON document on the last line that a command prints. Raises as `call` does."""
    done = subprocess.run(command, capture_output=True, text=True, env=environment)
    lines = done.stdout.strip().splitlines()
    if done.returncode or not lines:
        said = " | ".join((done.stderr.strip() or done.stdout.strip()).splitlines()[-3:])
        raise RunFailed(f"a measurement ended with exit code {done.returncode}: {said[-600:]}")
    return json.loads(lines[-1])


def main(name: str, given: str) -> None:
    """What the new process does."""
    module, _, function = name.partition(":")
    assert re.fullmatch(r"[a-z_]+:[a-z_]+", name), name
    result = getattr(importlib.import_module(f"menolab.bench.{module}"), function)(**json.loads(given))
    print(json.dumps(result), flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
