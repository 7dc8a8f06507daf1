"""Linear and mixed-integer models, solved by HiGHS in a process that can be killed."""

from __future__ import annotations

import dataclasses
import functools
import math
from dataclasses import dataclass
from typing import Any, Literal, cast

from menolab.verifiers.child import Child, NoAnswer
from menolab.verifiers.linear_model import LinearModel

_GRACE = 10.0
"""Seconds by which the solver may pass its own limit before it is killed."""


@dataclass(frozen=True)
class Solved:
    """What the solver says of a model."""

    status: Literal["optimal", "infeasible", "unbounded", "unknown"]
    value: float = math.nan
    """Of the objective, where it is optimal."""
    reason: str = ""
    """Why nobody knows."""


def solve(model: LinearModel, seconds: float) -> Solved:
    """The optimum of a model, to a relative gap of 0. "unknown" where time ran out or the solver failed; never raises for that, never hangs."""
    sent = {**dataclasses.asdict(model), "integers": sorted(model.integers), "seconds": seconds}
    try:
        return Solved(**_worker().ask(sent, seconds + _GRACE))
    except NoAnswer as error:
        return Solved("unknown", reason=str(error))


@functools.cache
def _worker() -> Child:
    return Child(f"{__name__}:milp", "scipy.optimize", "scipy.sparse")


def milp(sent: dict[str, Any]) -> dict[str, Any]:
    """Carried out in a child: `Solved` as data, from a `LinearModel` as data."""
    import numpy as np
    from scipy.optimize import Bounds, LinearConstraint
    from scipy.optimize import milp as highs
    from scipy.sparse import csr_array

    model = LinearModel(**{name: value for name, value in sent.items() if name != "seconds"})
    names = model.variables()
    place = {name: n for n, name in enumerate(names)}
    sign = -1.0 if model.sense == "max" else 1.0
    cost = np.zeros(len(names))
    for name, value in model.objective.items():
        cost[place[name]] = sign * value
    pairs = [(row, place[name], value) for row, (terms, _, _) in enumerate(model.rows) for name, value in terms.items()]
    bounds = np.array([model.bounds.get(name, (0.0, math.inf)) for name in names])
    ends = np.array([(low, high) for _, low, high in model.rows]).reshape(-1, 2)
    if (bounds[:, 0] > bounds[:, 1]).any() or (ends[:, 0] > ends[:, 1]).any():
        return {"status": "infeasible"}
    low, high, least, most = cast(Any, bounds[:, 0]), cast(Any, bounds[:, 1]), cast(Any, ends[:, 0]), cast(Any, ends[:, 1])  # stubs want single floats
    rows, columns, values = (list(part) for part in zip(*pairs, strict=True)) if pairs else ([], [], [])
    matrix = csr_array((values, (rows, columns)), shape=(len(model.rows), len(names)), dtype=float)
    found = highs(
        cost, integrality=np.array([name in model.integers for name in names]), bounds=Bounds(low, high),
        constraints=LinearConstraint(matrix, least, most) if model.rows else (), options={"time_limit": sent["seconds"], "mip_rel_gap": 0.0},
    )  # fmt: skip
    if found.status == 0:
        return {"status": "optimal", "value": float(sign * found.fun + model.constant)}
    status = {2: "infeasible", 3: "unbounded"}.get(found.status, "unknown")
    return {"status": status, "reason": str(found.message)[:200] if status == "unknown" else ""}
