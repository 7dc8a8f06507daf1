from __future__ import annotations

import itertools
import math
import re
from xml.etree import ElementTree

import pytest

from menolab.reports.chart import GAP, HEIGHT, WIDTH, Line, chart, nice_ticks, spread


def draw(*lines: Line, **options) -> str:
    return chart(lines, describe='a "chart" & more', y_text=lambda v: f"{v:g}", x_ticks=[(0.0, "0"), (1.0, "1")], **options)


@pytest.mark.parametrize(("low", "high"), [(0, 1), (0.31, 0.34), (-5, 3), (1e-9, 2e-9), (0, 123456), (7, 7), (0, 0), (-1, -1)])
def test_ticks_cover_the_range_in_round_steps(low: float, high: float):
    ticks = nice_ticks(low, high)
    assert ticks[0] <= low and ticks[-1] >= high and 2 <= len(ticks) <= 8
    steps = {round((b - a) / (ticks[1] - ticks[0]), 6) for a, b in itertools.pairwise(ticks)}
    assert steps == {1.0}


def test_a_chart_is_well_formed_and_points_lie_where_they_should():
    svg = ElementTree.fromstring(draw(Line("it", "trained", [0, 1], [0.0, 1.0], [0.0, 0.5], [0.5, 1.0]), y_low=0.0, y_high=1.0))
    assert svg.get("aria-label") == 'a "chart" & more'
    stroke = next(e for e in svg if e.get("class") == "stroke trained")
    (x0, y0), (x1, y1) = ([float(v) for v in p.split(",")] for p in stroke.get("points", "").split())
    assert 0 < x0 < x1 < WIDTH and HEIGHT > y0 > y1 > 0  # up is more
    assert len([e for e in svg if e.get("class") == "band trained"]) == 1
    assert [e.text for e in svg if e.get("class") == "label trained"] == ["it"]


def test_gaps_break_the_line_and_lone_points_are_dots():
    svg = draw(Line("", "ink", [0, 1, 2, 3, 4], [1.0, 2.0, None, 3.0, math.nan]))
    assert svg.count("<polyline") == 1 and svg.count("<circle") == 1
    assert "nan" not in svg and "None" not in svg


def test_nothing_finite_is_said():
    assert "no finite values" in draw(Line("", "ink", [0, 1], [None, math.inf]))


def test_one_point_and_a_constant_line_do_not_divide_by_zero():
    for svg in (draw(Line("a", "ink", [5.0], [2.0])), draw(Line("a", "ink", [0.0, 1.0], [2.0, 2.0]))):
        numbers = [float(v) for v in re.findall(r'[xy12]="([-\d.]+)"', svg)]
        assert numbers and all(math.isfinite(v) for v in numbers)


def test_labels_are_escaped():
    assert "<script>" not in draw(Line("<script>", "ink", [0, 1], [0.0, 1.0]))


@pytest.mark.parametrize("heights", [[50, 50, 50], [10, 11, 180], [188, 188, 188], [0, 60, 120], [95, 96, 97, 98], [5]])
def test_labels_keep_their_distance_and_stay_inside(heights: list[float]):
    placed = spread(heights, 14, 188)
    assert all(b - a >= GAP - 1e-9 for a, b in itertools.pairwise(placed))
    assert min(placed) >= 14 - 1e-9 and max(placed) <= 188 + 1e-9


def test_labels_that_do_not_touch_stay_where_they_are():
    assert spread([20, 60, 120], 14, 188) == [20, 60, 120]
