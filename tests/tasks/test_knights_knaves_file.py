from __future__ import annotations

from pathlib import Path

import pytest

from menolab.errors import BadInput
from menolab.keys import Key
from menolab.tasks.knights_knaves_file import KnightsKnavesFile


def test_the_published_files(shared_data: Path) -> None:
    import pyarrow.parquet as pq

    for path in sorted((shared_data / "knights_and_knaves").glob("*.parquet")):
        task = KnightsKnavesFile(str(path))
        rows = pq.read_table(path, columns=["quiz", "solution_text", "solution_text_format"]).to_pylist()
        problems = task.listed()
        assert len(problems) == len(rows) >= 100
        for problem, row in zip(problems, rows, strict=True):
            assert problem.prompt.startswith(row["quiz"])
            for gold in (row["solution_text_format"], row["solution_text"], problem.answer):
                assert task.verify(problem, f"<think>x</think><answer>{gold}</answer>").right
            turned = row["solution_text"].replace("knight", "knave", 1)
            assert task.verify(problem, f"<answer>{turned}</answer>").right == (turned == row["solution_text"])
        assert task.verify(problems[0], task.demonstrate(problems[0], Key.root(0)).text).right


def test_a_wrong_gold_is_refused(tmp_path: Path) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    row = {"quiz": "?", "names": ["A", "B"], "statements": "(('lying', 1), ('and', ('lying', 0), ('lying', 1)))", "solution": [True, True]}
    pq.write_table(pa.Table.from_pylist([row]), tmp_path / "k.parquet")
    with pytest.raises(BadInput, match="one solution is"):
        KnightsKnavesFile(str(tmp_path / "k.parquet")).listed()
