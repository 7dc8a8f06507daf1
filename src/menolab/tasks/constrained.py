"""What tasks of published prompts with checkable instructions share: the verifier, and that the instructions can be read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from menolab.errors import BadInput
from menolab.records import Problem
from menolab.tasks.published import PublishedFile, content_id
from menolab.tasks.rows import Row
from menolab.verifiers.constraints.kind import Unreadable
from menolab.verifiers.constraints.verifier import Constraints, read_constraints
from menolab.verifiers.verifier import Verifier


@dataclass(frozen=True)
class ConstrainedFile(PublishedFile):
    """Prompts that ask for a form: right is a response that follows every instruction, read strictly. Such a problem has no gold: its answer is empty."""

    verifier: Verifier = Constraints()

    def asked(self, prompt: str, row: Row, names: str, settings: str, where: str, facts: dict[str, Any]) -> Problem:
        """The problem of a prompt, its difficulty the number of instructions.

        Args:
            names: the field that lists the kinds of the instructions.
            settings: the field that lists the settings of each.

        Raises:
            BadInput: lists of different lengths, an unknown kind, or settings that are not of that kind.
        """
        given = {names: row[names], settings: row[settings]}
        try:
            found = read_constraints(given)
        except Unreadable as error:
            remedy = f"{error}; the two are parallel lists, of the kinds and settings that the code of IFEval and MathIF has"
            raise BadInput(f"{where}: {names}, {settings}", given, remedy) from error
        return Problem(content_id(prompt), self.name, prompt, "", float(len(found)), {**given, **facts})
