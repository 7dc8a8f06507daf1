from __future__ import annotations

from menolab.sandbox.attempts import CHEATS, ESCAPES, LIMITS, read


def test_titles_are_read() -> None:
    (first, second, third) = read("\n## a b\nx\ny\n\n## c [process]\nz\n## d [contained: slow]\n", "filtered")
    assert first == ("a b", "filtered", "", "x\ny\n\n") and second[:3] == ("c", "process", "") and third[:3] == ("d", "contained", "slow")


def test_every_attempt_compiles_and_says_what_it_wants() -> None:
    for attempt in (*read(ESCAPES, "filtered"), *read(LIMITS, "process"), *read(CHEATS, "process")):
        compile(attempt.code, attempt.name, "exec")
    assert all("attempt(" in attempt.code for attempt in read(ESCAPES, "filtered"))
    assert {attempt.sign for attempt in read(LIMITS, "process")} == {"slow", "held", "cut", "replaced", "trouble"}
