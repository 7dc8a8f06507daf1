"""What the README says can be typed."""

from __future__ import annotations

import re
import shlex

import pytest

from conftest import REPOSITORY
from menolab.cli.main import VERBS
from menolab.cli.train import parse
from menolab.runs import pipeline

README = (REPOSITORY / "README.md").read_text()
SHELL = [line.partition("#")[0].strip() for block in re.findall(r"```sh\n(.*?)```", README, re.DOTALL) for line in block.splitlines()]


def test_the_two_commands_are_targets() -> None:
    makefile = (REPOSITORY / "Makefile").read_text()
    assert SHELL[:2] == ["make demo", "make test"]
    assert re.search(r"^demo: setup$", makefile, re.MULTILINE) and re.search(r"^test: setup$", makefile, re.MULTILINE)
    assert "make test" in (REPOSITORY / ".ci" / "run").read_text()


def test_every_verb_is_real_and_shown() -> None:
    shown = {shlex.split(line)[1] for line in SHELL if line.startswith("meno ")}
    assert shown <= set(VERBS) and set(VERBS) - shown == {"demo"}


@pytest.mark.parametrize("line", [line for line in SHELL if line.startswith("meno train") and not set(line.split()) & {"--resume", "--data", "--help"}])
def test_training_commands_parse(line: str) -> None:
    assert parse(shlex.split(line)[2:]).recipe is not None


def test_the_python_example_makes_a_recipe(tmp_path, monkeypatch: pytest.MonkeyPatch) -> None:
    (code,) = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
    carried: list[pipeline.Run] = []
    monkeypatch.setattr(pipeline, "carry_out", carried.append)
    monkeypatch.chdir(tmp_path)
    exec(compile(code, "README.md", "exec"), {})
    (run,) = carried
    assert "TokenMean" in repr(run.recipe.method) and run.recipe.seed == 1 and (tmp_path / "runs" / "mine" / "recipe.json").exists()


def test_links_lead_somewhere() -> None:
    for target in re.findall(r"\]\(([^)#]+)\)", README):
        assert (REPOSITORY / target).exists(), target
