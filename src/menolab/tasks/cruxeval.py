"""CRUXEval: what does this function return, and for which arguments does it return that?"""

from __future__ import annotations

import ast
from dataclasses import dataclass, replace
from typing import ClassVar

from menolab.errors import BadInput
from menolab.records import Problem, Verdict, right, undecided, wrong
from menolab.tasks.programs import FAMILY
from menolab.tasks.published import PublishedFile, content_id, text_of
from menolab.tasks.rows import Row
from menolab.verifiers.code import CodeTests
from menolab.verifiers.code_tests import Unreadable, read_literal, same_value
from menolab.verifiers.extract import extract, response
from menolab.verifiers.verifier import Verifier

OUTPUT = (
    "You are given a Python function and an assertion containing an input to the function. Complete the assertion with a literal (no unsimplified "
    "expressions, no function calls) containing the output when executing the provided code on the given input, even if the function is incorrect or "
    "incomplete. Give the literal as your final answer.\n\n{code}\nassert f({input}) == ??"
)
INPUT = (
    "You will be given a function f and an output in the form f(??) == output. Find any input such that executing f on the input leads to the given output. "
    "There may be multiple answers, but you should only output one: the arguments as they stand between the brackets of the call. Give them as "
    "your final answer.\n\n{code}\nassert f(??) == {output}"
)


@dataclass(frozen=True)
class CRUXEval(PublishedFile):
    """800 short functions, each with one call: predict the output (CRUXEval-O) or an input (CRUXEval-I).

    Reads code, input, output and id. Prompts follow the paper's direct ones, but for the answer's tags. A predicted output is a literal that equals the
    gold in value and type; a predicted input is run in the sandbox: any that gives the output is right. Both may be written as the whole assertion.
    Known defects: the functions were written by a language model and make little sense. Twelve gold inputs are expressions ("dict(did=0)"), so a predicted
    input may be one; it is run with the function, in the sandbox.
    Source: Gu et al. 2024, "CRUXEval" (arXiv:2401.03065).
    """

    paper = "arXiv:2401.03065"
    kind: ClassVar[str] = "cruxeval"
    source: ClassVar[str] = "facebookresearch/cruxeval @ 190faf16d175b5847b0af05d937872b1fb395942"
    licence: ClassVar[str] = "MIT"
    columns: ClassVar[tuple[str, ...]] = ("code", "input", "output", "id")

    path: str = "hub:cruxeval-org/cruxeval:test"
    verifier: Verifier = CodeTests()
    """Runs the function on a predicted input."""
    predict: str = "output"

    def __post_init__(self) -> None:
        if self.predict not in ("output", "input"):
            raise BadInput("predict", self.predict, "output or input")

    @property
    def name(self) -> str:
        return f"{self.kind}-{self.predict}"

    def problem(self, row: Row, where: str) -> Problem:
        """The problem of a row.

        Raises:
            BadInput: a missing text, or an output that is no literal.
        """
        code, given, output = text_of(row, "code", where), text_of(row, "input", where, may_be_empty=True), text_of(row, "output", where)
        try:
            read_literal(output)
        except Unreadable as error:
            raise BadInput(f"{where}: output", output, "must be a Python literal") from error
        prompt = (OUTPUT if self.predict == "output" else INPUT).format(code=code, input=given, output=output)
        answer = output if self.predict == "output" else given or "()"
        return Problem(content_id(self.predict, code, given, output), FAMILY, prompt, answer, facts={"code": code, "input": given, "output": output})

    def verify(self, problem: Problem, text: str) -> Verdict:
        """The verdict on a whole response."""
        found = extract(text)
        if found.answer is None:
            return wrong("extract", found.reason)
        side = _side(found.answer, self.predict)
        if self.predict == "input":
            if not _is_one_call(f"f({side})"):
                return wrong("parse", "not the arguments of one call", found.answer)
            program = f"{problem.facts['code']}\n\ndef called():\n    return f({side})"
            tests = [{"call": "called()", "returns": problem.facts["output"]}]
            return replace(self.verifier(replace(problem, facts={"tests": tests}), response("", program)), extracted=found.answer)
        return _literal(problem.facts["output"], side, found.answer)


def _literal(gold: str, side: str, answer: str) -> Verdict:
    try:
        wanted = read_literal(gold)
    except Unreadable as error:
        return undecided("gold", str(error), answer)
    try:
        given = read_literal(side)
    except Unreadable as error:
        return wrong("parse", str(error), answer)
    return right("compare", "the same value", answer) if same_value(wanted, given, 0.0) else wrong("compare", "another value", answer)


def _side(answer: str, predict: str) -> str:
    """Of ``assert f(1) == 2`` the wanted side; anything else as it is."""
    text = answer.strip().strip("`").strip()
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, MemoryError, RecursionError):
        return text
    statement = tree.body[0] if len(tree.body) == 1 else None
    test = statement.test if isinstance(statement, ast.Assert) else statement.value if isinstance(statement, ast.Expr) else None
    if isinstance(test, ast.Compare) and len(test.ops) == 1 and isinstance(test.ops[0], ast.Eq) and _is_call(test.left):
        if predict == "output":
            return ast.get_source_segment(text, test.comparators[0]) or text
        test = test.left
    if predict == "input" and test is not None and _is_call(test):
        return (ast.get_source_segment(text, test) or text).partition("(")[2].rpartition(")")[0] .strip()
    return "" if predict == "input" and text == "()" else text


def _is_one_call(source: str) -> bool:
    """Whether a text is one call of f: "1) or (2" would be two things, of which the second decides."""
    try:
        return _is_call(ast.parse(source, mode="eval").body)
    except (SyntaxError, ValueError, MemoryError, RecursionError):
        return False


def _is_call(node: ast.expr) -> bool:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "f"
