"""The ledger's picture is a well-formed SVG with a row a method."""

from __future__ import annotations

import xml.etree.ElementTree as ET

from ledger.ledgers import entry, trial
from menolab.ledger.picture import COLOURS, forest
from menolab.ledger.table import SEEN, lines

SVG = "{http://www.w3.org/2000/svg}"


def test_a_dot_and_a_bar_a_method() -> None:
    table = lines([entry("dapo", trial(0, 0.5, 0.60), trial(1, 0.5, 0.62)), entry("gspo", trial(0, 0.5, 0.45), trial(1, 0.5, 0.46))])
    root = ET.fromstring(forest(table, "a < b"))
    texts = [t.text for t in root.iter(f"{SVG}text")]
    assert "a < b" in texts and "dapo" in texts and "gspo" in texts
    bars = [e for e in root.iter(f"{SVG}line") if e.get("stroke-width") == "3"]
    assert len(bars) == 2 and bars[0].get("stroke") == COLOURS[SEEN]
    zero = next(float(e.get("x1", "")) for e in root.iter(f"{SVG}line") if e.get("stroke") == "#22211f")
    assert float(bars[0].get("x1", "")) > zero > float(bars[1].get("x2", "")), "better lies to the right of zero, worse to the left"


def test_one_seed_has_no_bar() -> None:
    root = ET.fromstring(forest(lines([entry("dapo", trial(0, 0.5, 0.60))]), "t"))
    assert not [e for e in root.iter(f"{SVG}line") if e.get("stroke-width") == "3"]
