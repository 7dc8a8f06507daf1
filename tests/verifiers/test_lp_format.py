"""The LP format, read into data."""

from __future__ import annotations

import contextlib
import math
import time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from menolab.verifiers.linear_model import LinearModel, Unreadable, from_json
from menolab.verifiers.lp_format import looks_like_lp, read_lp

GUROBI = r"""\ Model diet
\ LP format - for model browsing. Use MPS format to capture full model detail.
Maximize
  3 x[1,2] - y + 2.5e+00 z
  + 10 Constant
Subject To
 c0: x[1,2] + 2 y
   - z <= 4
 R1: - x[1,2] >= -1e1
 range: -5 <= y + z <= 10
 eq: x[1,2] - z = 0
Bounds
 y <= 7
 -2 <= z <= 1e+30
 w free
 v >= -inf
 Constant = 1
Generals
 x[1,2]
 y
Binaries
 b
End
ignored after the end
"""


def test_what_gurobi_writes() -> None:
    model = read_lp(GUROBI)
    assert model.sense == "max" and model.constant == 0.0
    assert model.objective == {"x[1,2]": 3.0, "y": -1.0, "z": 2.5, "Constant": 10.0}
    assert model.rows == [
        ({"x[1,2]": 1.0, "y": 2.0, "z": -1.0}, -math.inf, 4.0), ({"x[1,2]": -1.0}, -10.0, math.inf), ({"y": 1.0, "z": 1.0}, -5.0, 10.0),
        ({"x[1,2]": 1.0, "z": -1.0}, 0.0, 0.0),
    ]  # fmt: skip
    everything = (-math.inf, math.inf)
    assert model.bounds == {"y": (0.0, 7.0), "z": (-2.0, math.inf), "w": everything, "v": everything, "Constant": (1.0, 1.0), "b": (0.0, 1.0)}
    assert model.integers == {"x[1,2]", "y", "b"}


def test_what_people_write() -> None:
    model = read_lp("min: 2*x + 3 y - 4 - -1\ns.t.\nx + y > 2\n2 x <= 3 + y\nx - y = 1\n y >= 1\nint\nx y")
    assert (model.sense, model.objective, model.constant) == ("min", {"x": 2.0, "y": 3.0}, -3.0)
    assert model.rows == [
        ({"x": 1.0, "y": 1.0}, 2.0, math.inf), ({"x": 2.0, "y": -1.0}, -math.inf, 3.0), ({"x": 1.0, "y": -1.0}, 1.0, 1.0), ({"y": 1.0}, 1.0, math.inf),
    ]  # fmt: skip
    assert model.integers == {"x", "y"}


NONE = ["", "x + y", "minimize\nst\n", "min x\nst\nx", "min x\nst\nx <= y <= 3 <= 4", "min x\nst\n1 <= x >= 2", "min [ x ^ 2 ]", "min x\nmax y", "min x x",
    "min 2 3 x",
        "min x\nbounds\nx + y <= 3", "min x\nbounds\nx <= a", "min x\nint\n3", "min 1e16 x", "min x\nst\n: x <= 3", "min x\nst\nx <= 1e999 y", "min é",
            "min x\nst\nx < = 3"]  # fmt: skip


@pytest.mark.parametrize("text", NONE)
def test_what_is_no_model(text: str) -> None:
    with pytest.raises(Unreadable):
        read_lp(text)


def test_what_looks_like_one() -> None:
    assert looks_like_lp("\\ comment\n\n Minimize\n x") and looks_like_lp("max: 3 x") and looks_like_lp("MAX 3x")
    assert not any(looks_like_lp(text) for text in ("", "max = 3", "max(3, 4)", "import math", "maximal x", "min = [1]\n", "subject to", "{}"))


def test_json_models() -> None:
    data = {"sense": "Maximize", "objective": {"x": 3, "y": 2}, "constraints": [{"terms": {"x": 1, "y": 1}, "relation": "<=", "bound": 4}]}
    model = from_json({**data, "variables": {"x": {"high": 10, "kind": "integer"}, "y": {"low": None}, "b": {"kind": "binary"}}})
    assert model == LinearModel("max", {"x": 3.0, "y": 2.0}, 0.0, [({"x": 1.0, "y": 1.0}, -math.inf, 4.0)],
                                {"x": (0.0, 10.0), "y": (-math.inf, math.inf), "b": (0.0, 1.0)}, {"x", "b"})  # fmt: skip
    for bad in ([], {}, {**data, "sense": "best"}, {**data, "objective": [1]}, {**data, "objective": {"x": True}}, {**data, "objective": {"x": 1e16}},
                {**data, "constraints": {}}, {**data, "constraints": [1]}, {**data, "constraints": [{"terms": {}, "relation": "!=", "bound": 1}]},
                {**data, "variables": []}, {**data, "variables": {"x": 1}}, {**data, "variables": {"x": {"kind": "real"}}}, {**data, "extra": 1},
                {"sense": "min"}, {**data, "objective": {f"x{n}": 1 for n in range(3000)}}):  # fmt: skip
        with pytest.raises(Unreadable):
            from_json(bad)


PIECES = ["min", "max", "\n", "st\n", "x", "y", "2", "3.5", "<=", ">=", "=", "+", "-", ":", "bounds\n", "free", "int\n", "end", "inf", "*", "\\", "[",
    "1e30", " "]


@given(text=st.text(max_size=40) | st.lists(st.sampled_from(PIECES), max_size=25).map(" ".join))
@settings(max_examples=300, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck))
def test_any_text_is_read_or_refused(text: str) -> None:
    for source in (text, f"min x\nst\n{text}"):
        looks_like_lp(source)
        try:
            assert read_lp(source).variables()
        except Unreadable as error:
            assert str(error)


def test_rows_of_many_lines() -> None:
    rows = "x\n+ y\n<= 4\nx\n- y >= 1\na: x\n+ 2 y\n<= 9\n2 x <= 3\ny >= 1"
    found = read_lp(f"min x\nst\n{rows}").rows
    assert [(terms, low, high) for terms, low, high in found] == [
        ({"x": 1.0, "y": 1.0}, -math.inf, 4.0), ({"x": 1.0, "y": -1.0}, 1.0, math.inf), ({"x": 1.0, "y": 2.0}, -math.inf, 9.0),
        ({"x": 2.0}, -math.inf, 3.0), ({"y": 1.0}, 1.0, math.inf),
    ]  # fmt: skip


@pytest.mark.parametrize("piece", ["min ", "x <= 3\n", "x + ", "- ", "a: ", "<= ", " ", "\\", "1 ", "subject ", "x <= 1 y ", "x\n", "1\n", "a: x\n"])
def test_long_text_does_not_hang(piece: str) -> None:
    start = time.process_time()
    with contextlib.suppress(Unreadable):  # rows of labels alone are no rows
        read_lp("min x\nst\n" + piece * (150_000 // len(piece)))
    assert time.process_time() - start < 4.0
