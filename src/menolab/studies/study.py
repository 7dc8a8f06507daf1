"""What a study is: models or their samples in, findings out."""

from __future__ import annotations

import abc
import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import ClassVar

from menolab.errors import BadInput
from menolab.evaluation import facts
from menolab.files import locked, make_folder, remove_scratch, write_json, write_text
from menolab.pieces import Piece, to_data
from menolab.reports.run import FINDINGS as RECORD
from menolab.reports.run import STUDY_PAGE as PAGE
from menolab.studies.desk import Desk
from menolab.studies.findings import Findings
from menolab.studies.page import page
from menolab.studies.subject import Subject


class Study(Piece):
    """A question about models, asked as a paper asks it: `study(subjects, desk) -> Findings`. Its fields are the question's settings.

    Samples come through `desk.results` (stored ones, or drawn and kept) and `desk.draw`, so that a study that was killed goes on where it was. Numbers come
    from pure functions in the study's own file, each with its oracle.
    """

    least: ClassVar[int] = 1
    """Subjects that it needs."""

    @abc.abstractmethod
    def __call__(self, subjects: Sequence[Subject], desk: Desk) -> Findings:
        """Look, and say what was found.

        Raises:
            BadInput: the subjects lack what the study needs.
        """


def carry_out(study: Study, subjects: Sequence[Subject], desk: Desk) -> Findings:
    """Run a study and leave ``findings.json``, one page ``study.html`` and the samples it drew in the desk's folder.

    Raises:
        BadInput: too few subjects, or the folder holds another study.
        RunFailed: the disk refused.
    """
    if len(subjects) < study.least:
        labels = [subject.label for subject in subjects]
        raise BadInput("MODEL", labels, f"{type(study).__name__} needs {study.least} models or records; a run stands for its states")
    what = _what(study, subjects)
    if not free(desk.folder, study, subjects):
        raise BadInput("--out", str(desk.folder), "holds the findings of another study; choose another folder")
    make_folder(desk.folder)
    with locked(desk.folder):
        remove_scratch(desk.folder)
        found = study(subjects, desk)
        paper = getattr(study, "paper", "")
        found = replace(found, facts={**what, "paper": paper, **found.facts, "versions": facts.versions(), "hardware": facts.hardware()})
        write_text(desk.folder / PAGE, page(found))
        write_json(desk.folder / RECORD, found.to_data())
    return found


def _what(study: Study, subjects: Sequence[Subject]) -> dict[str, object]:
    return {"study": to_data(study), "subjects": [subject.label for subject in subjects]}


def free(folder: Path, study: Study, subjects: Sequence[Subject]) -> bool:
    """Whether a folder is without findings, or has those of this very study of these subjects."""
    path = folder / RECORD
    if not path.is_file():
        return True
    try:
        stored = json.loads(path.read_bytes())["facts"]
    except (ValueError, KeyError, TypeError) as error:
        raise BadInput("--out", str(path), f"is not the findings of a study ({type(error).__name__}: {error}); remove it or choose another folder") from error
    what = json.loads(json.dumps(_what(study, subjects)))
    return {name: stored.get(name) for name in what} == what
