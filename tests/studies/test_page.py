from __future__ import annotations

import re

from menolab.studies.findings import Findings, Plot, Series, number
from menolab.studies.page import cell, page, svg


def test_ticks_follow_the_axis():
    log = svg(Plot("p", (Series("a", (1, 2, 32), (0.1, 0.2, 0.9)),), x_log=True, unit="share"))
    assert [t for t in ("1", "4", "16") if f">{t}</text>" in log] == ["1"] or ">2</text>" in log
    names = svg(Plot("p", (Series("a", (0, 1), (1.0, 2.0)),), x_names=("before", "after")))
    assert ">before</text>" in names and ">after</text>" in names
    assert "nothing to draw" in svg(Plot("p", ()))


def test_known_states_keep_their_colours():
    lines = svg(Plot("p", tuple(Series(name, (0, 1), (0.0, float(i))) for i, name in enumerate(("x", "trained", "base")))))
    styles = re.findall(r'class="label ([\w]+)"[^>]*>([^<]*)<', lines)
    assert {text: style for style, text in styles}["trained"] == "trained" and len({style for style, _ in styles}) == 3


def test_cells_and_escaping():
    assert cell(None) == "" and cell(0.123456) == "0.1235" and cell(number(0.5, "share")) == "50.0 %" and cell(3) == "3"
    text = page(Findings("<t>", "<script>x</script>", {"a&b": number(1.0)}, warnings=("w<",)))
    assert "<script>" not in text and "&lt;t&gt;" in text and "a&amp;b" in text


def test_the_page_names_the_paper_that_asked():
    known = {"arXiv:2504.13837": "https://arxiv.org/abs/2504.13837", "https://x.example/y": "https://x.example/y", "javascript:alert(1)": ""}
    for paper, address in known.items():
        text = page(Findings("t", "v", {}, facts={"paper": paper}))
        assert (f'href="{address}"' in text) == bool(address) and 'href="javascript' not in text
