"""Short answers: SQuAD's normalisation, exact match and token F1."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from menolab.errors import BadInput
from menolab.records import Problem
from menolab.tasks.rows import jsonl_lines
from menolab.verifiers.short_answer import ShortAnswer, normalise, read_golds, token_f1


def judge(gold: object, answer: str, measure: str = "em", **fields: float):
    text = gold if isinstance(gold, str) else json.dumps(gold)
    return ShortAnswer(measure=measure, **fields)(Problem("p", "t", "", text), f"<answer>{answer}</answer>")  # type: ignore[arg-type]


def test_normalisation() -> None:
    wanted = {"The  U.S.A.": "usa", "a cat, an Owl & the DOG!": "cat owl dog", "theatre": "theatre", "'s-Hertogenbosch": "shertogenbosch", "the": "",
        "“Ça”": "“ça”", "x-the-y": "xthey"}
    for text, normal in wanted.items():
        assert normalise(text) == normal, text


def oracle(gold: str, found: str) -> float:
    """Token F1, counted word by word."""
    left, right = normalise(gold).split(), normalise(found).split()
    if left == right:
        return 1.0
    if any(" ".join(side) in ("yes", "no", "noanswer") for side in (left, right)):
        return 0.0
    same, rest = 0, list(right)
    for word in left:
        if word in rest:
            rest.remove(word)
            same += 1
    if not same:
        return 0.0
    precision, recall = same / len(right), same / len(left)
    return 2 * precision * recall / (precision + recall)


CASES = [("the cat sat", "a cat", 2 / 3), ("cat cat dog", "cat dog dog", 2 / 3), ("yes", "yes it is", 0.0), ("no", "no!", 1.0), ("x", "y", 0.0), ("the", "a",
    1.0), ("the", "cat", 0.0)]


@pytest.mark.parametrize(("gold", "found", "f1"), CASES)
def test_f1(gold: str, found: str, f1: float) -> None:
    assert token_f1(gold, found) == pytest.approx(f1) == oracle(gold, found)


WORDS = st.lists(st.sampled_from(["a", "b", "c", "the", "yes", "no"]), max_size=5).map(" ".join)


@given(gold=WORDS, found=WORDS)
@settings(max_examples=200, deadline=None, derandomize=True, database=None)
def test_f1_is_the_oracles(gold: str, found: str) -> None:
    assert token_f1(gold, found) == pytest.approx(oracle(gold, found))
    assert token_f1(gold, found) == pytest.approx(token_f1(found, gold))


def test_measures_and_scores() -> None:
    assert judge(["14 December 1972 UTC", "December 1972"], "the December, 1972").right
    verdict = judge("Bobby Scott", "Bobby Q Scott")
    assert (verdict.label, verdict.score, verdict.reason) == ("wrong", 0.0, "not equal after normalisation; F1 0.80")
    verdict = judge("Bobby Scott", "Bobby Q Scott", "f1")
    assert (verdict.label, verdict.score) == ("right", 0.8)
    verdict = judge("Bobby Scott", "Scott", "f1")
    assert (verdict.label, round(verdict.score, 3)) == ("wrong", 0.667)
    assert judge("Bobby Scott", "Scott", "f1", threshold=0.5).right
    assert judge("the", "x").label == "undecided" and not ShortAnswer().readable("the") and not ShortAnswer().readable("[]")
    assert read_golds('["a", 1]') == ('["a", 1]',) and read_golds("[x]") == ("[x]",) and read_golds('["a", "b"]') == ("a", "b")
    for bad in ({"measure": "bleu"}, {"threshold": 0.0}):
        with pytest.raises(BadInput):
            ShortAnswer(**bad)  # type: ignore[arg-type]


def test_every_gold_of_the_published_questions_is_right(shared_data: Path) -> None:
    rows = [(str(n), row["answer"]) for n, row in jsonl_lines(shared_data / "nq_open" / "NQ-open.dev.jsonl")]
    rows += [(str(n), [row["answer"]]) for n, row in jsonl_lines(shared_data / "hotpotqa" / "hotpotqa_500.jsonl")]
    assert len(rows) == 4110
    unreadable = [golds for _, golds in rows if not ShortAnswer().readable(json.dumps(golds))]
    assert unreadable == [["---"], [")"]], "two golds are nothing but a sign"
    for number, golds in rows:
        asked = Problem(number, "t", "", json.dumps(golds))
        if golds in unreadable:
            assert ShortAnswer().judge(asked, golds[0]).label == "undecided"
            continue
        for gold in filter(normalise, golds):  # "A+" is nothing but an article
            assert ShortAnswer().judge(asked, gold.upper() + ".").right, golds
        assert not ShortAnswer().judge(asked, "zebra " + golds[0]).right


@given(gold=st.text(max_size=20), text=st.text(max_size=40))
@settings(max_examples=150, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck))
def test_any_text_gets_a_verdict(gold: str, text: str) -> None:
    for measure in ("em", "f1"):
        verdict = judge(gold, text, measure)
        assert verdict.label in ("right", "wrong", "undecided") and 0.0 <= verdict.score <= 1.0
