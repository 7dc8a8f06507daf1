"""The tests can fail: every deliberate fault is caught (a few minutes), and each is still a fault of the present sources."""

from __future__ import annotations

import subprocess
import sys

import pytest

from conftest import REPOSITORY
from mutate import FAULTS


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.what)
def test_each_fault_fits_its_file(fault) -> None:
    assert (REPOSITORY / "src" / "menolab" / fault.path).read_text(encoding="utf-8").count(fault.right) == 1 and fault.right != fault.wrong


@pytest.mark.slow
def test_every_fault_is_caught() -> None:
    run = subprocess.run([sys.executable, str(REPOSITORY / "tests" / "mutate.py"), "--jobs", "2"], capture_output=True, text=True)
    assert run.returncode == 0, run.stdout
