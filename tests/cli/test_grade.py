from __future__ import annotations

import json
from pathlib import Path

import pytest

from menolab.cli import grade
from menolab.cli.grade import Args, kinds
from menolab.cli.main import main
from menolab.pieces import plain_name
from menolab.records import undecided

ROWS = [
    {"id": "a", "gold": "42", "response": "<think>41</think><answer>42</answer>", "kind": "numeric"},
    {"id": "b", "gold": 42, "answer": 41, "kind": "Numeric"},
    {"id": 3, "gold": "B", "response": "The answer is (B).", "kind": "choice"},
    {"id": "d", "gold": "", "answer": "4*6", "kind": "countdown", "numbers": [4, 6], "target": 24},
    {"id": "e", "gold": "4*6", "answer": "6*4", "kind": "expression"},
    {"id": "f", "gold": "Ann is a knight, Bo is a knave", "answer": "Bo: knave, Ann: knight", "kind": "knights_knaves"},
    {"id": "g", "gold": "yes", "response": "<think> yes", "kind": "exact"},
    {"id": "h", "gold": "x", "answer": "3", "kind": "numeric"},
    {"id": "i", "gold": "7", "answer": "\\boxed{7}", "kind": "numeric"},
]
WANTED = ["right", "wrong", "right", "right", "right", "right", "wrong", "undecided", "right"]


def write(folder: Path, text: str) -> str:
    (folder / "r.jsonl").write_text(text, encoding="utf-8")
    return str(folder / "r.jsonl")


def test_one_row_a_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = write(tmp_path, "".join(json.dumps(r) + "\n" for r in ROWS))
    assert main(["grade", path]) == 0
    found = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [row["verdict"] for row in found] == WANTED
    assert [row["id"] for row in found] == [str(r["id"]) for r in ROWS]
    assert all(set(row) == {"id", "verdict", "score", "stage", "reason", "extracted"} for row in found)
    assert found[6]["stage"] == "extract" and found[6]["extracted"] is None
    assert main(["grade", path, "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == found


def test_modes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows = [{"id": 1, "gold": "28\\%", "answer": "28"}, {"id": 2, "gold": "1/2", "response": "The answer is 0.5"}, {"id": 3, "gold": "1/2",
    "response": "\\boxed{0.5}"}]
    path = write(tmp_path, "".join(json.dumps(r) + "\n" for r in rows))
    for mode, wanted in (("lenient", ["right"] * 3), ("strict", ["wrong", "wrong", "right"])):
        assert main(["grade", path, "--kind", "math", "--mode", mode]) == 0
        assert [json.loads(line)["verdict"] for line in capsys.readouterr().out.splitlines()] == wanted
    assert main(["grade", path, "--kind", "numeric", "--mode", "strict"]) == 0
    assert [json.loads(line)["verdict"] for line in capsys.readouterr().out.splitlines()] == ["right", "wrong", "wrong"], "other verifiers want tags alone"


def test_kind_for_rows_without_one(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = write(tmp_path, '{"id": 1, "gold": "1/2", "answer": "0.5"}\n')
    assert main(["grade", path]) == 2
    assert "--kind" in capsys.readouterr().err
    assert main(["grade", path, "--kind", "numeric"]) == 0
    assert json.loads(capsys.readouterr().out)["verdict"] == "right"


@pytest.mark.parametrize(
    ("bad", "said"),
    [
        ('{"gold": "1", "answer": "1", "kind": "exact"}', "has no 'id'"),
        ('{"id": 1, "answer": "1", "kind": "exact"}', "has no 'gold'"),
        ('{"id": 1, "gold": "1", "answer": "1", "kind": 3}', "kind = 3: must be text"),
        ('{"id": 1, "gold": ["1"], "answer": "1", "kind": "exact"}', "gold"),
        ('{"id": 1, "answer": "x", "kind": "code"}', "'tests', or 'inputs' and 'outputs'"),
        ('{"id": 1, "answer": "x", "kind": "code", "inputs": ["1"], "outputs": []}', "1 inputs and 0 outputs"),
        ('{"id": 1, "answer": "x", "kind": "sql", "gold": "SELECT 1"}', "'database'"),
        ('{"id": 1, "answer": "x", "kind": "sudoku", "puzzle": "12"}', "puzzle"),
        ('{"id": 1, "answer": "x", "kind": "constraints", "instruction_id_list": ["a"]}', "no constraint is called 'a'"),
        ('{"id": 1, "answer": "1", "kind": "json"}', "give a gold"),
        ('{"id": 1, "gold": [1995, "95"], "answer": "1995", "kind": "short_answer"}', "a list of golds holds texts"),
        ('{"id": 1, "gold": {"a": 1}, "answer": "1", "kind": "short_answer"}', "must be text or a number or a list"),
        ('{"id": true, "gold": "1", "answer": "1", "kind": "exact"}', "id"),
        ('{"id": 1, "gold": "1", "kind": "exact"}', "either"),
        ('{"id": 1, "gold": "1", "answer": "1", "response": "1", "kind": "exact"}', "not both"),
        ('{"id": 1, "gold": "1", "answer": "1", "kind": "nummeric"}', "numeric"),
        ('{"id": 1, "gold": "1", "response": 5, "kind": "exact"}', "must be text"),
        ('{"id": 1, "gold": "1", "answer": "1", "kind": 4}', "kind"),
        ('{"id": 1, "gold": "1"', "not valid JSON"),
        ("[]", "JSON object"),
    ],
)
def test_bad_rows_stop_before_any_output(tmp_path: Path, capsys: pytest.CaptureFixture[str], bad: str, said: str) -> None:
    good = json.dumps(ROWS[0])
    assert main(["grade", write(tmp_path, f"{good}\n\n{bad}\n{good}\n")]) == 2
    out, err = capsys.readouterr()
    assert not out and "line 3" in err and said in err


MORE = [
    ({"kind": "json", "gold": {"a": [1, None]}, "answer": {"a": [1.0, None]}}, "right"),
    ({"kind": "json", "gold": None, "answer": "0"}, "wrong"),
    ({"kind": "json", "required": ["a"], "response": "```json\n{\"a\": 1}\n```"}, "right"),
    ({"kind": "text", "gold": "Paris", "answer": "paris"}, "right"),
    ({"kind": "number", "gold": 0.5, "answer": "1/2"}, "right"),
    ({"kind": "constraints", "response": "<<T>> no comma", "instruction_id_list": ["detectable_format:title", "punctuation:no_comma"]}, "right"),
    ({"kind": "mathif", "response": "a, b", "constraint_name": ["punctuation:no_comma"], "constraint_args": [None]}, "wrong"),
    ({"kind": "sudoku", "puzzle": "3102200002100320", "answer": "3142243142131324"}, "right"),
    ({"kind": "short_answer", "gold": ["14 December 1972 UTC", "December 1972"], "answer": "The December 1972"}, "right"),
    ({"kind": "lp", "gold": 11, "response": "```\nmax 3 x + 2 y\nst\nx + y <= 4\nx + 3 y <= 6\nbounds\nx <= 3\n```"}, "right"),
]


def test_kinds_and_their_fields_and_workers_agree(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows = [{"id": n, **row} for n, (row, _) in enumerate(MORE)]
    path = write(tmp_path, "".join(json.dumps(r) + "\n" for r in rows))
    assert main(["grade", path, "--json"]) == 0
    here = json.loads(capsys.readouterr().out)
    assert [row["verdict"] for row in here] == [label for _, label in MORE]
    assert main(["grade", path, "--json", "--workers", "2"]) == 0
    out, err = capsys.readouterr()
    assert json.loads(out) == here and not err


def test_code_rows(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from menolab.sandbox.host import probe

    if probe().level == "process":
        pytest.skip(f"this machine cannot close programs in: {probe().notes}")
    program = "```python\nprint(int(input()) ** 2)\n```"
    rows = [{"id": 1, "response": program, "inputs": ["3\n", "4\n"], "outputs": ["9\n", "16\n"]}, {"id": 2, "response": program, "tests": [{"input": "3\n",
        "output": "8"}]}]
    assert main(["grade", write(tmp_path, "".join(json.dumps(r) + "\n" for r in rows)), "--kind", "code"]) == 0
    assert [json.loads(line)["verdict"] for line in capsys.readouterr().out.splitlines()] == ["right", "wrong"]


def test_lost_verdicts_are_counted(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    path = write(tmp_path, json.dumps({"id": 1, "kind": "exact", "gold": "1", "answer": "1"}) + "\n")
    # As if every verdict came too late: a real quick one may be there before its time limit is looked at.
    monkeypatch.setattr(grade, "verify_all", lambda jobs, *rest: [undecided("timeout", "no verdict in time") for _ in jobs])
    assert main(["grade", path, "--workers", "1", "--seconds", "1e-9"]) == 0
    out, err = capsys.readouterr()
    assert (json.loads(out)["verdict"], json.loads(out)["stage"]) == ("undecided", "timeout")
    assert "1 of 1 verdicts were lost" in err
    monkeypatch.undo()
    assert main(["grade", path, "--workers", "-1"]) == 2


def test_the_help_names_every_kind() -> None:
    text = (Args.__doc__ or "").partition("(in brackets: if wanted):")[2]
    named = {plain_name(kind.strip()) for line in text.split("\n") if ":" in line for kind in line.partition(":")[0].split(",")}
    own = {verifier for verifier in kinds().values() if type(verifier).__module__.startswith("menolab.")}
    assert named <= set(kinds()) and {kinds()[name] for name in named} == own


def test_bad_files(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["grade", write(tmp_path, "")]) == 2
    assert "no rows" in capsys.readouterr().err
    assert main(["grade", str(tmp_path / "s.jsonl")]) == 2
    assert "r.jsonl" in capsys.readouterr().err
