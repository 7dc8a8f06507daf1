"""The page that shows how to add a reward: its two files are written out, and must work as they stand."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from conftest import REPOSITORY

PAGE = (REPOSITORY / "docs" / "add-a-reward.md").read_text()


def test_the_example_is_found_and_passes_its_test_and_the_family_s(tmp_path: Path) -> None:
    source, test = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    assert len([line for line in source.splitlines() if line.strip()]) < 25
    shutil.copytree(REPOSITORY / "src", tmp_path / "src", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(REPOSITORY / "tests", tmp_path / "tests", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(REPOSITORY / "pyproject.toml", tmp_path)
    (tmp_path / "src" / "menolab" / "rewards" / "unused.py").write_text(source)
    (tmp_path / "tests" / "rewards" / "test_unused.py").write_text(test)
    environment = {**os.environ, "PYTHONPATH": str(tmp_path / "src")}
    tests = ["tests/rewards/test_unused.py", "tests/rewards/test_rewards.py", "tests/test_pieces.py", "-k", "unused or Unused", "-p", "no:cacheprovider"]
    done = subprocess.run([sys.executable, "-m", "pytest", *tests], cwd=tmp_path, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-1000:]
    ran = re.search(r"(\d+) passed", done.stdout)
    assert ran is not None and int(ran.group(1)) >= 10, "its own tests, the family's for every kind of group, and those of all pieces"
    catalogue = [sys.executable, "-c", "from menolab.cli.main import main; raise SystemExit(main(['catalogue', '--family', 'reward']))"]
    shown = subprocess.run(catalogue, cwd=tmp_path, env=environment, capture_output=True, text=True)
    assert "Unused" in shown.stdout, shown.stderr[-1000:]
