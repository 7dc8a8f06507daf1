"""A sandbox for the tests of this room; skipped visibly where the machine cannot close programs in."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from menolab.errors import BadInput
from menolab.sandbox.host import Sandbox, probe


@pytest.fixture(scope="session", params=["contained", "filtered"])
def sandbox(request: pytest.FixtureRequest) -> Iterator[Sandbox]:
    """A sandbox at each level at which untrusted programs may run."""
    try:
        made = Sandbox(request.param)
    except BadInput as error:
        pytest.skip(f"this machine has no level {request.param!r} ({error}; best: {probe().level!r})")
    yield made
    made.close()


@pytest.fixture(scope="session")
def plain() -> Iterator[Sandbox]:
    """A sandbox at the weakest level, which every Linux has, for programs that we wrote."""
    made = Sandbox("process", trusted=True)
    yield made
    made.close()
