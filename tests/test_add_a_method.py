"""The page that shows how to add a method: its two files are written out, and must work as they stand."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from conftest import REPOSITORY

PAGE = (REPOSITORY / "docs" / "add-a-method.md").read_text()


def test_the_example_is_found_trains_and_passes_its_test(tmp_path: Path) -> None:
    source, test = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    assert len([line for line in source.splitlines() if line.strip()]) < 40
    shutil.copytree(REPOSITORY / "src", tmp_path / "src", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(REPOSITORY / "tests", tmp_path / "tests", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(REPOSITORY / "pyproject.toml", tmp_path)
    (tmp_path / "src" / "menolab" / "methods" / "capped.py").write_text(source)
    (tmp_path / "tests" / "methods" / "test_capped.py").write_text(test)
    environment = {**os.environ, "PYTHONPATH": str(tmp_path / "src")}
    tests = ["tests/methods/test_capped.py", "tests/methods/test_family.py", "tests/test_pieces.py", "-k", "capped or Capped", "-p", "no:cacheprovider"]
    done = subprocess.run([sys.executable, "-m", "pytest", *tests], cwd=tmp_path, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-1000:]
    catalogue = [sys.executable, "-c", "from menolab.cli.main import main; raise SystemExit(main(['catalogue', '--family', 'surrogate']))"]
    shown = subprocess.run(catalogue, cwd=tmp_path, env=environment, capture_output=True, text=True)
    assert "Capped" in shown.stdout, shown.stderr[-1000:]
