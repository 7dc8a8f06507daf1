"""How cost grows along an axis."""

from __future__ import annotations

import math
from typing import Any

import pytest

from menolab.bench import child
from menolab.bench.scale import AXES, PHASES, compare, counted, exponent, measure_of, point
from menolab.bench.work import Shapes
from menolab.bench.workload import Workload

TINY = Workload(lengths="fixed", prompts=2, group=2, max_tokens=4, device="cpu", threads=1)


def test_the_exponent_of_a_power() -> None:
    assert exponent([1, 2, 4, 8], [3 * x**1.5 for x in (1, 2, 4, 8)]) == pytest.approx(1.5)
    assert math.isnan(exponent([1, 2], [0.0, 1.0])) and math.isnan(exponent([2, 2], [1.0, 1.0]))


@pytest.mark.parametrize("phase", PHASES)
def test_a_point_is_measured(phase: str) -> None:
    found = point(TINY.data, phase)
    assert found["seconds"] > 0 and found["bytes"] >= 0


def test_the_axes_hold_workloads() -> None:
    base = Workload()
    for axis, values in AXES.items():
        sizes = [measure_of(Workload(**{**base.data, axis: value}), axis) for value in values]
        assert sizes == sorted(set(sizes)) and len(sizes) >= 3
    assert measure_of(base, "size") == Shapes.of(base).trunk + Shapes.of(base).head


def test_compare_along_an_axis(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []

    def call(name: str, load: dict[str, Any], phase: str) -> dict[str, float]:
        asked.append((load["group"], load["prompts"], phase))
        return {"seconds": load["group"] ** 2.0, "others": 0.0, "bytes": 0.0}

    monkeypatch.setattr(child, "call", call)
    group, prompts = compare(TINY, {"group": (2, 4, 8), "prompts": (2,)})
    assert len(asked) == 6, "a workload that two axes share is measured once"
    assert [p["value"] for p in group["points"]] == [2, 4, 8] and group["axis"] == "group"
    assert group["exponents"]["sample"]["seconds"] == pytest.approx(2.0) and 0 < group["exponents"]["update"]["flops"] < 1.1
    assert math.isnan(group["exponents"]["sample"]["bytes"]) and math.isnan(prompts["exponents"]["update"]["seconds"])


@pytest.mark.parametrize("phase", PHASES)
def test_what_is_counted_grows_in_proportion_to_prompts(phase: str) -> None:
    one, two = (counted(Workload(**{**TINY.data, "prompts": n}), phase) for n in (8, 16))
    assert two["flops"] == pytest.approx(2 * one["flops"])
    assert one["held"] < two["held"] <= 2 * one["held"]
