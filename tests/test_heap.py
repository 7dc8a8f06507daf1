"""Memory that is freed: kept once `keep_freed` was called, given back before."""

import platform
import subprocess
import sys

import pytest

TRY = """
import torch
from menolab.bench.memory import rss
from menolab.heap import keep_freed
if {keep}:
    keep_freed()
    keep_freed()  # again does no harm
before = rss()
block = torch.ones(100 << 20, dtype=torch.uint8)
assert rss() - before > 90 << 20
del block
print(rss() - before)
"""


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="a request to the GNU C library")
@pytest.mark.parametrize("keep", [False, True])
def test_freed_memory_is_kept(keep):
    done = subprocess.run([sys.executable, "-c", TRY.format(keep=keep)], capture_output=True, text=True, check=True)
    assert (int(done.stdout) > 90 << 20) == keep
