"""What the tests of killable processes carry out in them."""

from __future__ import annotations

import os
import re
import signal
from dataclasses import dataclass
from typing import Any

from menolab.records import Problem, Verdict, right
from menolab.verifiers.verifier import Verifier


def act(question: dict[str, Any]) -> Any:
    """Do what is asked."""
    kind = question["do"]
    if kind == "raise":
        return 1 // 0
    if kind == "hang":
        re.fullmatch("(a+)+b", "a" * 60)  # holds the interpreter's lock all the while
    if kind == "die":
        os.kill(os.getpid(), signal.SIGSEGV)
    if kind == "print":
        os.write(1, b"an answer?\n")
        return "printed"
    return os.getpid() if kind == "pid" else question["what"]


@dataclass(frozen=True)
class Trouble(Verifier):
    """Does what the response says."""

    say: str = "fine"

    def __call__(self, problem: Problem, text: str) -> Verdict:
        return right("said", self.say, str(act({"do": text, "what": problem.facts["what"]})))
