"""Every known escape and cheat, for real, at every level that this machine has."""

from __future__ import annotations

import dataclasses

import pytest

from menolab.sandbox import selftest
from menolab.sandbox.host import Sandbox

SLOW = ("endless", "ignored", "left running", "for ever", "ten times", "no answer", "huge", "recursion")
"""Cases that wait for a limit; tried at the strongest level only."""
WITHOUT_PROTECTION = (
    *("read a file outside", "read through a symbolic link", "write a file outside", "truncate a file outside", "rename or remove outside", "speak TCP"),
    *("speak UDP", "speak to an abstract socket", "send from a datagram pair to other sockets", "run a shell", "fork", "leave a daemon behind"),
    *("signal the parent", "run a file from memory", "change modes and times outside"),
)


@pytest.mark.parametrize("case", selftest.CASES, ids=lambda case: case.name)
def test_holds(case: selftest.Case, sandbox: Sandbox) -> None:
    if sandbox.level != sandbox.offer.level and any(word in case.name for word in SLOW):
        pytest.skip("waits for a limit; tried at the strongest level only")
    (row,) = selftest.run(sandbox, (case,))
    if row.result == "not applicable":
        pytest.skip(row.detail)
    assert row.result == "held", row.detail


@pytest.mark.parametrize("name", WITHOUT_PROTECTION)
def test_an_attempt_succeeds_where_nothing_is_promised(name: str, plain: Sandbox) -> None:
    """Else "held" would mean nothing."""
    (case,) = (dataclasses.replace(case, least="process") for case in selftest.CASES if case.name == name)
    (row,) = selftest.run(plain, (case,))
    assert row.result == "escaped", row


def test_names_are_unique_and_levels_real() -> None:
    names = [case.name for case in selftest.CASES]
    assert len(set(names)) == len(names) > 80
    assert {case.least for case in selftest.CASES} == {"process", "filtered", "contained"}
