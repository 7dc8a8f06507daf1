"""MBPP: short Python tasks with three assertions each."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import ClassVar

from menolab.errors import BadInput, unknown
from menolab.records import Problem
from menolab.tasks.programs import ProgramFile, defined, parsed
from menolab.tasks.published import text_of, texts_of
from menolab.tasks.rows import Row

SPLITS = {"prompt": (1, 10), "test": (11, 510), "validation": (511, 600), "train": (601, 974), "all": (1, 974)}
"""First and last task_id of each part, as its authors divide it."""
TASK = "You are an expert Python programmer, and here is your task: {task} Your code should pass these tests:\n\n{tests}"


@dataclass(frozen=True)
class MBPP(ProgramFile):
    """974 tasks for beginners, 500 of them (task_id 11 to 510) the test part.

    Reads text, code, test_list, test_setup_code, challenge_test_list and task_id. Prompt, as in the paper without its worked examples: "You are an expert
    Python programmer, and here is your task: ... Your code should pass these tests:" with all three assertions; the challenge tests, where there are
    any, are run too but not shown.
    Known defects: lines end in CR LF inside the fields (made LF here); task names are misspelt in places, and the assertions alone say what a function is
    called; some descriptions contradict their assertions. Tasks 367 and 927 need the class Node of the reference solution.
    Source: Austin et al. 2021, "Program Synthesis with Large Language Models" (arXiv:2108.07732).
    """

    paper = "arXiv:2108.07732"
    kind: ClassVar[str] = "mbpp"
    source: ClassVar[str] = "deepseek-ai/DeepSeek-Coder @ 2f9fd85927c669dae3c0fbb2d607274023af243e"
    licence: ClassVar[str] = "MIT (the copy's repository); CC-BY-4.0 (the data set)"
    columns: ClassVar[tuple[str, ...]] = ("text", "code", "task_id", "test_list")

    path: str = "hub:google-research-datasets/mbpp/full:test"
    split: str = "test"
    """Which part: prompt, test, validation, train, or all."""

    def __post_init__(self) -> None:
        if self.split not in SPLITS:
            raise unknown("split", self.split, SPLITS)

    def problem(self, row: Row, where: str) -> Problem | None:
        """The problem of a row; None outside of the split.

        Raises:
            BadInput: a missing text, or tests that call nothing that the code defines.
        """
        number, (first, last) = row["task_id"], SPLITS[self.split]
        if not isinstance(number, int):
            raise BadInput(f"{where}: task_id", number, "must be a whole number")
        if not first <= number <= last:
            return None
        task, code = text_of(row, "text", where).strip(), text_of(row, "code", where).replace("\r\n", "\n")
        tests = [test.replace("\r\n", "\n") for test in texts_of(row, "test_list", where)]
        hidden = [test.replace("\r\n", "\n") for test in row.get("challenge_test_list") or []]
        setup = str(row.get("test_setup_code") or "").replace("\r\n", "\n")
        facts = {"tests": tests, "hidden": hidden, "setup": setup, "entry": _entry(code, tests[0], where), "task_id": number}
        return self.posed(task + "\n" + tests[0], TASK.format(task=task, tests="\n".join(tests)), code, facts)


def _entry(code: str, test: str, where: str) -> str:
    """The function under test: the first that the test calls and the code defines."""
    own = defined(parsed(code, f"{where}: code"))
    nodes = ast.walk(parsed(test, f"{where}: test_list"))
    called = [node.func.id for node in nodes if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)]
    found = next((name for name in called if name in own), None)
    if found is None:
        raise BadInput(f"{where}: test_list", test[:80], "calls no function that the code defines")
    return found
