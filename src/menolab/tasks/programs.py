"""What tasks of published programming benchmarks share: the wording, the tests as facts, the reference solution as the gold."""

from __future__ import annotations

import ast
import warnings
from dataclasses import dataclass
from typing import Any, ClassVar

from menolab.errors import BadInput
from menolab.keys import Key
from menolab.records import Demonstration, Problem
from menolab.tasks.published import PublishedFile, content_id
from menolab.verifiers.code import CodeTests
from menolab.verifiers.extract import ANSWER, END_ANSWER, END_THINK, THINK
from menolab.verifiers.verifier import Verifier

FAMILY = "programs"
"""Under which they give ids, so that HumanEval and HumanEval+ have the same problems."""
COMPLETE = "Complete the following Python function. Answer with the whole function in one block of code."


@dataclass(frozen=True)
class ProgramFile(PublishedFile):
    """Programming problems with tests. The gold is the reference solution; the verifier runs the tests in the sandbox."""

    styles: ClassVar[tuple[str, ...]] = ("own",)

    verifier: Verifier = CodeTests()

    @staticmethod
    def posed(identity: str, prompt: str, solution: str, facts: dict[str, Any]) -> Problem:
        """The problem whose content is `identity`."""
        return Problem(content_id(identity), FAMILY, prompt, solution.strip("\r\n"), facts=facts)

    def demonstrate(self, problem: Problem, key: Key) -> Demonstration:
        """The reference solution after an empty thought."""
        return Demonstration(f"{THINK}{END_THINK}{ANSWER}\n```python\n{problem.answer}\n```\n{END_ANSWER}", "own")


def fenced(instruction: str, code: str) -> str:
    """An instruction, and code in a block."""
    return f"{instruction}\n\n```python\n{code.strip()}\n```"


def parsed(code: str, where: str) -> ast.Module:
    """The syntax tree of a file's own code. Nothing is run here.

    Raises:
        BadInput: it is not Python.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of doubtful escapes in the file's own strings
            return ast.parse(code.replace("\r\n", "\n"))
    except (SyntaxError, ValueError, RecursionError) as error:
        raise BadInput(where, code[:80], f"is not Python ({error})") from error


def defined(tree: ast.Module) -> set[str]:
    """The names of the functions and classes that code defines at its top."""
    return {node.name for node in tree.body if isinstance(node, (ast.FunctionDef, ast.ClassDef))}
