"""meno solve: prints, JSON, and errors that say what to do."""

from __future__ import annotations

import json

import pytest

from menolab.cli.main import main
from menolab.cli.solve import parts, styled
from menolab.keys import Key
from menolab.models.fresh import Fresh


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    path = tmp_path_factory.mktemp("solve") / "model"
    Fresh(width=16, layers=1, heads=2, kv_heads=1, head_width=8, mlp=16, context=64)(Key.root(0)).save(path)
    return path


def test_json_is_one_document_and_repeats(folder, capsys):
    words = ["solve", str(folder), "1+1=", "--max-tokens", "8", "--samples", "3", "--json"]
    assert main(words) == 0
    first = json.loads(capsys.readouterr().out)
    assert main(words) == 0
    again = json.loads(capsys.readouterr().out)
    assert first["responses"] == again["responses"]
    assert first["prompt_tokens"] == 5
    assert len(first["responses"]) == 3
    assert all(r["tokens"] <= 8 and r["finish"] in ("stop", "length") and r["logprob"] < 0 for r in first["responses"])
    assert main([*words, "--seed", "1"]) == 0
    assert json.loads(capsys.readouterr().out)["responses"] != first["responses"]


def test_people_see_the_response_and_that_it_was_cut(folder, capsys):
    assert main(["solve", str(folder), "1+1=", "--max-tokens", "4", "--temperature", "0"]) == 0
    assert "cut off after 4 tokens; --max-tokens allows more" in capsys.readouterr().out


def test_where_the_context_is_full_more_tokens_are_no_remedy(folder, capsys):
    assert main(["solve", str(folder), "1" * 60, "--max-tokens", "50", "--seed", "1"]) == 0
    said = " ".join(capsys.readouterr().out.split())
    assert "the model's context of 64 tokens is full" in said and "--max-tokens" not in said


@pytest.mark.parametrize(
    ("words", "match"),
    [
        (["./nowhere", "1"], "no such folder"),
        (["FOLDER", "1", "--temperature", "-1"], "temperature"),
        (["FOLDER", "1", "--samples", "0"], "samples"),
        (["FOLDER", "x" * 100], "too long for the context of 64 tokens"),
    ],
)
def test_bad_input_exits_with_2(folder, capsys, words, match):
    assert main(["solve", *[str(folder) if w == "FOLDER" else w for w in words], "--json"]) == 2
    captured = capsys.readouterr()
    assert match in captured.err
    assert captured.out == ""


@pytest.mark.parametrize(
    ("text", "thinking", "answer"),
    [
        ("<think>a b</think> <answer> 3 </answer>", "a b", "3"),
        ("opened before</think><answer>3", "opened before", "3"),
        ("<think>never ends", "never ends", None),
        ("3", None, None),
        ("<think>is it <answer>2</answer>?</think><answer>3</answer>", "is it <answer>2</answer>?", "3"),
        ("<think>is it <answer>2</answer>?", "is it <answer>2</answer>?", None),
        ("<think>a</think>b</think><answer>2</answer> no, <answer>3</answer>", "a</think>b", "3"),
        ("</think> odd <think>", "", None),
    ],
)
def test_parts(text, thinking, answer):
    assert parts(text) == {"text": text, "thinking": thinking, "answer": answer}


def test_markup_in_a_response_is_only_text():
    text = styled("<think>[bold]x[/b]</think><answer>[/x]</answer>")
    assert text.plain == "<think>[bold]x[/b]</think><answer>[/x]</answer>"
    assert {(s.start, s.end, str(s.style)) for s in text.spans} == {(7, 18, "dim"), (34, 38, "bold")}
