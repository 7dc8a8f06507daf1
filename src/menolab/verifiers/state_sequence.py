"""Every state of a procedure, in order."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from menolab.records import Verdict, right, wrong
from menolab.verifiers.answer import DataVerifier, Unreadable

_FENCE = re.compile(r"```\w*")


def read_states(text: str) -> list[Any]:
    """The states of ``{"intermediate": [...], "final": ...}``: the intermediate ones, then the final one.

    Raises:
        Unreadable: no such JSON object.
    """
    try:
        data = json.loads(_FENCE.sub("", text).strip())
    except (ValueError, RecursionError) as error:
        raise Unreadable("not JSON") from error
    if not isinstance(data, dict) or not isinstance(data.get("intermediate"), list) or "final" not in data:
        raise Unreadable('not an object {"intermediate": [...], "final": ...}')
    return [*data["intermediate"], data["final"]]


def write_states(states: Sequence[Any]) -> str:
    """States after the first as an answer."""
    return json.dumps({"intermediate": list(states[:-1]), "final": states[-1]})


def prefix_match(gold: Sequence[Any], found: Sequence[Any]) -> int:
    """How many states agree before the first that does not; 5 and "5" agree, as in the authors' code."""
    return next((i for i, (a, b) in enumerate(zip(gold, found, strict=False)) if str(a) != str(b)), min(len(gold), len(found)))


@dataclass(frozen=True)
class StateSequence(DataVerifier):
    """Right if all states agree (sequential match); a wrong answer scores its prefix accuracy, and the reason says whether the final state agrees.

    Prefix accuracy: states that agree before the first that does not, over the number of states of the longer sequence, the final one included.
    Source: Fujisawa et al. 2024, "ProcBench" (arXiv:2410.03117); the definitions of the authors' evaluate.py and evaluator.py.
    """

    kinds: ClassVar[tuple[str, ...]] = ("states", "procbench")
    longest: ClassVar[int] = 50_000
    partial: bool = True
    """Whether wrong answers score their prefix accuracy; otherwise 0."""

    def read(self, text: str) -> list[Any]:
        return read_states(text)

    def compare(self, gold: list[Any], found: list[Any], answer: str) -> Verdict:
        """How many states agree before the first that does not, and whether the final ones do."""
        agree = prefix_match(gold, found)
        said = f"{agree} of {len(gold)} states, the final state is {'right' if str(found[-1]) == str(gold[-1]) else 'wrong'}"
        if agree == len(gold) == len(found):
            return right("compare", said, answer)
        return wrong("compare", said, answer, agree / max(len(gold), len(found)) if self.partial else 0.0)
