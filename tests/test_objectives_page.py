"""docs/objectives.md names every part of the family, and nothing that is not there."""

from __future__ import annotations

import re

import pytest

from conftest import REPOSITORY
from menolab.losses.loss import Loss
from menolab.pieces import Piece, catalogue, find, published_names, swap
from menolab.runs.stage import Stage
from menolab.stages.reinforce import Reinforce

PAGE = (REPOSITORY / "docs" / "objectives.md").read_text()


def test_every_name_on_the_page_exists() -> None:
    known = {row["id"].lower() for row in catalogue()}
    named = set(re.findall(r"`([A-Z]\w+)(?:\([\d., ]*\))?`", PAGE))
    assert named and {name for name in named if name.lower() not in known} == set()


@pytest.mark.parametrize("family", ["Ratio", "Surrogate", "Correction", "Aggregation", "Penalty", "Loss", "Advantage"])
def test_every_part_is_on_the_page(family: str) -> None:
    missing = {row["id"] for row in catalogue(family) if row["id"][0].isupper() and f"`{row['id']}" not in PAGE}
    assert missing - {"Chain"} == set(), "Chain holds the links"


@pytest.mark.parametrize("command", re.findall(r"^meno train (.*?) *(?:#.*)?$", PAGE, re.MULTILINE))
def test_the_commands_on_the_page_choose_what_they_say(command: str) -> None:
    name, *words = command.split()
    method = find(Stage, name)
    for word in words:
        if "=" in word:
            path, _, part = word.partition("=")
            method = swap(method, path, part)
    assert isinstance(method, Reinforce) and isinstance(method.loss, Loss) and isinstance(method, Piece)
    assert method != find(Stage, name) and name in published_names(Stage)
