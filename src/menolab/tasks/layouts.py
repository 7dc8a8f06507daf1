"""From a file of problems to its task: published layouts are recognised by their columns."""

from __future__ import annotations

import re

from menolab.errors import unknown
from menolab.tasks.countdown_file import CountdownFile
from menolab.tasks.file import Problems
from menolab.tasks.game24_file import Game24File
from menolab.tasks.knights_knaves_file import KnightsKnavesFile
from menolab.tasks.rows import Row, read_rows
from menolab.tasks.task import Task
from menolab.verifiers.exact import Exact
from menolab.verifiers.verifier import Verifier

PUBLISHED = {"countdown": CountdownFile, "knights-knaves": KnightsKnavesFile, "game24": Game24File}
KINDS = ("auto", "problems", *PUBLISHED)


def file_task(
    path: str,
    kind: str = "auto",
    *,
    prompt_field: str = "prompt",
    answer_field: str = "answer",
    id_field: str = "",
    demonstration_field: str = "",
    verifier: Verifier = Exact(),
) -> Task:
    """The task of a file or Hub data set.

    Args:
        path: JSONL, JSON, CSV, TSV, Parquet, or ``hub:owner/name:split``.
        kind: "problems" for prompts with answers, the name of a published layout, or "auto" to tell by the columns.
        prompt_field, answer_field, id_field, demonstration_field, verifier: of a file of prompts with answers.

    Raises:
        BadInput: unknown kind, or a file that cannot be read.
    """
    if kind not in KINDS:
        raise unknown("kind", kind, KINDS)
    if kind == "auto":
        kind = "problems" if path.startswith("hub:") else layout(read_rows(path)[0], prompt_field)
    if kind in PUBLISHED:
        return PUBLISHED[kind](path)
    return Problems(path, prompt_field, answer_field, verifier, id_field, demonstration_field)


def layout(row: Row, prompt_field: str) -> str:
    """Which layout a row has. Logic-RL's rows hold a "prompt" too (chat messages), so they are told apart first."""
    if {"quiz", "statements", "names"} <= set(row):
        return "knights-knaves"
    if prompt_field in row:
        return "problems"
    if {"input", "output"} <= set(row) and re.fullmatch(r"\s*\d+(\s*,\s*\d+)+\s*", str(row["input"])):
        return "countdown"
    return "game24" if {"Rank", "Puzzles"} <= set(row) else "problems"
