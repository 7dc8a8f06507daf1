"""What another mathematics verifier says: Hugging Face's math-verify, asked in a process that is killed when it takes too long.

It builds sympy objects from text and bounds its own time by signals, so it never runs here; and its word is an opinion, listed where it differs.
"""

from __future__ import annotations

import functools
import importlib.util
from collections.abc import Iterable
from typing import Any

from menolab.errors import BadInput
from menolab.verifiers.audit import Case
from menolab.verifiers.child import Child, NoAnswer

_MEMORY = 4 << 30


def check_installed() -> None:
    """Raise `BadInput` where math-verify is not installed."""
    if importlib.util.find_spec("math_verify") is None:
        raise BadInput("second_opinion", True, "needs math-verify: pip install 'menolab[audit]'")


def compare(cases: Iterable[Case], verdicts: Iterable[dict[str, Any]], seconds: float = 5.0) -> dict[str, Any]:
    """Counts of what math-verify says of the same answers, and each case on which it says otherwise.

    It is given the answer that our verifier found, so that the two differ on mathematics and not on where an answer stands; a response in which
    ours found none is given whole. "undecided" is what it cannot read or not in time.

    Args:
        verdicts: one a case, with "verdict", "stage", "reason" and "extracted".
        seconds: for one case.
    """
    counts: dict[str, Any] = {"n": 0, "right": 0, "wrong": 0, "undecided": 0, "timeouts": 0}
    disagreements = []
    for case, ours in zip(cases, verdicts, strict=True):
        said, why = ask(case.gold, ours["extracted"], case.text, seconds)
        counts["n"] += 1
        counts[said] += 1
        counts["timeouts"] += why == "timeout"
        if said != ours["verdict"]:
            disagreements.append({"id": case.id, "gold": case.gold, "text": case.text, "ours": ours["verdict"], "theirs": said, "expected": case.expected,
                                  "stage": ours["stage"], "reason": ours["reason"], "note": case.note})  # fmt: skip
    return {**counts, "disagreements": disagreements}


def ask(gold: str, answer: str | None, text: str, seconds: float) -> tuple[str, str]:
    """math-verify's verdict, and why it is undecided: "unread", "timeout", "crash" or empty."""
    try:
        said = _worker().ask([gold, text if answer is None else f"\\boxed{{{answer}}}"], seconds)
    except NoAnswer as error:
        return "undecided", error.stage
    return said, "unread" if said == "undecided" else ""


@functools.cache
def _worker() -> Child:
    return Child(f"{__name__}:opinion", "math_verify")


@functools.cache
def _bound_memory() -> None:
    """Once a process, where the system can: some answers make sympy ask for all there is."""
    try:
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    except (ImportError, ValueError, OSError):
        pass


def opinion(question: list[str]) -> str:
    """Carried out in a child: right, wrong, or undecided where math-verify reads no gold or no answer."""
    _bound_memory()
    import math_verify  # pyright: ignore[reportMissingImports]

    gold, text = question
    wanted = math_verify.parse(f"\\boxed{{{gold}}}", parsing_timeout=0)
    found = math_verify.parse(text, parsing_timeout=0)
    if not wanted or not found:
        return "undecided" if not wanted else "wrong"
    return "right" if math_verify.verify(wanted, found, timeout_seconds=0) else "wrong"
